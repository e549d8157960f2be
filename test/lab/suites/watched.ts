import type { Cluster, KubernetesObject } from "../../../lab/cluster";
import { Postgres, type Rendered, render, small } from "./postgres";

/** Namespace of what the suite watches. */
export const namespace = "d-watched";

/** Where backups go. */
interface Stores {
  /** URL of the emulator for pods. */
  readonly emulator: string;
  /** URL of a server that refuses all. */
  readonly refusing: string;
}

/** Limits that a fault of seconds goes beyond. */
const thresholds = {
  backupMargin: "1m",
  walBacklog: 1,
  walBacklogCritical: 2,
  connections: 40,
  connectionsCritical: 60,
  longTransaction: "3s",
  idleInTransaction: "3s",
  deadlocks: 1,
  poolerWait: "2s",
};

const monitoring = {
  backend: "scrapeConfig",
  namespace,
  interval: "2s",
  scrapeTimeout: "1s",
  tls: true,
  alerts: { thresholds },
};

const orders = {
  ...small,
  namespace,
  instances: 2,
  placement: { antiAffinity: "off" },
  parameters: { max_connections: 40 },
  databases: { orders: {} },
  poolers: {
    rw: {
      poolMode: "transaction",
      parameters: { default_pool_size: 1, max_client_conn: 50 },
      resources: { cpu: "50m", memory: "128Mi" },
    },
  },
  monitoring: {
    metricsQueriesTTL: "2s",
    queries: {
      lab_numbers: {
        query: "SELECT 'one' AS which, 1 AS value, 2 AS total, 'good' AS mood",
        columns: {
          which: { usage: "LABEL" },
          value: { usage: "GAUGE", description: "A number" },
          total: { usage: "COUNTER", description: "Another one" },
          mood: { usage: "MAPPEDMETRIC", description: "A word", values: { good: 3 } },
        },
        targetDatabases: ["orders"],
      },
    },
  },
};

/** Two clusters, one of which can't archive, and the ConfigMap for a Prometheus that watches them and a third, which nobody makes. */
export interface Watched {
  readonly healthy: Postgres;
  readonly denied: Postgres;
  readonly rules: KubernetesObject;
}

export async function watchedClusters(cluster: Cluster, { emulator, refusing }: Stores): Promise<Watched> {
  const backups = (host: string) => ({
    bucket: namespace,
    env: { STORAGE_EMULATOR_HOST: host },
    schedule: "0 */10 * * * *",
    sidecar: { cpu: "50m" },
  });
  const denied = { ...small, namespace: `${namespace}-denied`, monitoring: { metricsQueriesTTL: "2s" } };
  const one = (stack: string, host: string, settings: Readonly<Record<string, unknown>>) =>
    Postgres.of(cluster, stack, { backups: backups(host), monitoring, clusters: { [stack]: settings } });
  const all: Rendered = await render("lab", {
    backups: backups(emulator),
    monitoring,
    clusters: {
      "d-healthy": orders,
      "d-denied": denied,
      "d-missing": { ...small, namespace, poolers: { rw: {} } },
    },
  });
  const rules = all.objects.find(
    ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "lab-postgres-alerts",
  );
  if (rules === undefined) throw new Error("the components render no rules");
  return {
    healthy: await one("d-healthy", emulator, orders),
    denied: await one("d-denied", refusing, denied),
    rules,
  };
}
