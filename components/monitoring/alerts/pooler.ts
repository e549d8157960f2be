import { AlertSeverity } from "../../args/monitoring";
import type { WatchedCluster } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { compare, declared, names, who } from "./promql";

const hasPooler = ({ poolers }: WatchedCluster) => poolers.length > 0;

const poolers = `${names}, cnpg_pooler`;

/** What the stack declares, one series for each Pooler. */
const record = "pooler:cnpg_pooler:declared";

const pool = (metric: string) =>
  `max by (${poolers}, pod, database, user) (min_over_time(cnpg_pgbouncer_pools_${metric}[5m]))`;

/** Whether poolers are there, and give connections. */
export const pooler: readonly Alert[] = [
  {
    name: "CNPGPoolerMetricsAbsent",
    severity: AlertSeverity.Critical,
    for: "10m",
    summary: `Pooler {{ $labels.cnpg_pooler }} of ${who} has no metrics.`,
    description:
      "The stack declares it and none of its pods is scraped: it may be down, and then applications that connect through it fail.",
    of: hasPooler,
    expr: (environment) =>
      `${declared(environment, record)} unless on (${poolers}) cnpg_pgbouncer_last_collection_error`,
  },
  {
    name: "CNPGPoolerCollectionErrors",
    severity: AlertSeverity.Warning,
    for: "10m",
    summary: `PgBouncer in pod {{ $labels.pod }} of pooler {{ $labels.cnpg_pooler }} of ${who} does not answer its exporter.`,
    description: "It may not answer applications either, and nothing tells how long they wait.",
    of: hasPooler,
    expr: (environment) =>
      `max by (${poolers}, pod) (cnpg_pgbouncer_last_collection_error) == 1 and on (${poolers}) ${declared(environment, record)}`,
  },
  {
    name: "CNPGPoolerWaiting",
    severity: AlertSeverity.Warning,
    for: "5m",
    summary: `Clients of pooler {{ $labels.cnpg_pooler }} of ${who} wait {{ $value | humanizeDuration }} for a connection.`,
    description:
      "User {{ $labels.user }} of database {{ $labels.database }} gets none in time: Postgres refuses, or all of the pool are busy.",
    of: hasPooler,
    expr: (environment) =>
      compare(environment, {
        value: `max by (${poolers}, database, user) (cnpg_pgbouncer_pools_maxwait)`,
        operator: ">",
        limit: "poolerWait",
        scope: declared(environment, record),
      }),
  },
  {
    name: "CNPGPoolerSaturated",
    severity: AlertSeverity.Warning,
    for: "5m",
    summary: `Pooler {{ $labels.cnpg_pooler }} of ${who} has no connection left for {{ $labels.user }} in {{ $labels.database }}.`,
    description:
      "All connections of the pool in pod {{ $labels.pod }} are busy, and for ten minutes at least {{ $value }} clients waited at any time: the pool is too small, or transactions are too long.",
    of: hasPooler,
    expr: (environment) => {
      const same = `on (${poolers}, pod, database, user)`;
      const idle = `max by (${poolers}, pod, database, user) (max_over_time(cnpg_pgbouncer_pools_sv_idle[5m]))`;
      return `${pool("cl_waiting")} > 0 and ${same} (${pool("sv_active")} > 0) and ${same} (${idle} == 0) and on (${poolers}) ${declared(environment, record)}`;
    },
  },
];
