import { BackupMethod } from "../../components/args/backup";
import type { AlertLimits, WatchedCluster, WatchedEnvironment } from "../../components/plan/monitoring";
import { Workload } from "../../components/units/workload";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Limits as the settings' defaults are. */
export const limits: AlertLimits = {
  backupMargin: 2 * HOUR,
  walBacklog: 10,
  walBacklogCritical: 100,
  walArchiveAge: 1800,
  slotWal: 2 ** 30,
  replicationLagSize: 256 * 2 ** 20,
  replicationLag: 300,
  replicaClusterLag: DAY,
  volumeUsage: 0.8,
  volumeUsageCritical: 0.95,
  connections: 0.8,
  connectionsCritical: 0.95,
  longTransaction: HOUR,
  idleInTransaction: 900,
  transactionIdAge: 500e6,
  transactionIdAgeCritical: 1.2e9,
  deadlocks: 5,
  forcedCheckpoints: 0.5,
  checkpointSync: 0.1,
  poolerWait: 10,
  certificateLife: 21 * DAY,
};

/** A cluster as three instances with all that there is; `name` is `<namespace>/<cluster>`. */
export function watched(name: string, change: Partial<WatchedCluster> = {}): WatchedCluster {
  const [namespace = "", cluster = ""] = name.split("/");
  return {
    workload: new Workload(namespace, cluster),
    instances: 3,
    follows: false,
    streams: false,
    synchronous: { standbys: 1, required: false },
    backups: { interval: DAY, immediate: true, retentionDays: 30 },
    walVolume: true,
    walSegment: 16 * 2 ** 20,
    poolers: [`${cluster}-rw`],
    certificates: [`${cluster}-server`],
    limits,
    off: [],
    severities: {},
    ...change,
  };
}

/** A cluster of one instance with nothing beside it. */
export function small(name: string, change: Partial<WatchedCluster> = {}): WatchedCluster {
  const {
    synchronous: _,
    backups: __,
    ...rest
  } = watched(name, {
    instances: 1,
    walVolume: false,
    walSegment: 16 * 2 ** 20,
    poolers: [],
    certificates: [],
  });
  return { ...rest, ...change };
}

/** An environment of such clusters. */
export function environmentOf(
  clusters: readonly WatchedCluster[],
  change: Partial<WatchedEnvironment> = {},
): WatchedEnvironment {
  return {
    environment: "prod",
    method: BackupMethod.Plugin,
    deleteAgeDays: 37,
    clusters,
    labels: {},
    runbookUrl: "https://example.com/runbooks.md",
    off: [],
    severities: {},
    operator: { namespace: "cnpg-system", plugin: true },
    ...change,
  };
}
