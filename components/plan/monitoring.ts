import type { BackupMethod } from "../args/backup";
import type { AlertSettings, AlertSeverity, MetricsQueryArgs, MonitoringBackend } from "../args/monitoring";
import type { ClusterSpec } from "../crds/types";
import type { Workload } from "../units/workload";
import type { PlannedObject } from "./object";

/** Thresholds of alerts as numbers: bytes, seconds, ratios of 1, and counts. */
export interface AlertLimits {
  readonly backupMargin: number;
  readonly walBacklog: number;
  readonly walBacklogCritical: number;
  readonly walArchiveAge: number;
  readonly slotWal: number;
  readonly replicationLagSize: number;
  readonly replicationLag: number;
  readonly replicaClusterLag: number;
  readonly volumeUsage: number;
  readonly volumeUsageCritical: number;
  readonly connections: number;
  readonly connectionsCritical: number;
  readonly longTransaction: number;
  readonly idleInTransaction: number;
  readonly transactionIdAge: number;
  readonly transactionIdAgeCritical: number;
  readonly deadlocks: number;
  readonly forcedCheckpoints: number;
  readonly checkpointSync: number;
  readonly poolerWait: number;
  readonly certificateLife: number;
}

/** What alerts know of one cluster: all of it declared. */
export interface WatchedCluster {
  readonly workload: Workload;
  readonly instances: number;
  /** Whether it follows another one, and so has no primary of its own. */
  readonly follows: boolean;
  /** Whether it streams from a server of that one, and does not read its archive alone. */
  readonly streams: boolean;
  /** Standbys that a commit waits for, and whether it waits for ever; absent without synchronous replication. */
  readonly synchronous?: { readonly standbys: number; readonly required: boolean };
  /** Absent without backups. */
  readonly backups?: {
    /** The longest time between two base backups, in seconds. */
    readonly interval: number;
    /** Whether the first base backup begins at once. */
    readonly immediate: boolean;
    readonly retentionDays: number;
  };
  /** Whether WAL has a volume of its own. */
  readonly walVolume: boolean;
  /** Bytes of a WAL file. */
  readonly walSegment: number;
  /** Names of its Poolers. */
  readonly poolers: readonly string[];
  /** Names of its Certificates of cert-manager. */
  readonly certificates: readonly string[];
  readonly limits: AlertLimits;
  /** Alerts that are left out for it. */
  readonly off: readonly string[];
  readonly severities: Readonly<Record<string, AlertSeverity>>;
}

/** What alerts know of an environment. */
export interface WatchedEnvironment {
  readonly environment: string;
  readonly method: BackupMethod;
  /** Age in days at which the bucket deletes objects; absent if it does not. */
  readonly deleteAgeDays: number | undefined;
  readonly clusters: readonly WatchedCluster[];
  /** Labels of each alert. */
  readonly labels: Readonly<Record<string, string>>;
  readonly runbookUrl: string;
  /** What is said of alerts that are about no cluster: left out, and how urgent. */
  readonly off: readonly string[];
  readonly severities: Readonly<Record<string, AlertSeverity>>;
  /** Absent if another stack watches the operator, or nobody is to be told of it. */
  readonly operator: { readonly namespace: string; readonly plugin: boolean } | undefined;
}

/** A rule of Prometheus that keeps a number. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A rule of Prometheus that alerts. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A group of rules, which are evaluated one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** How metrics are served and scraped. */
export interface Metrics {
  readonly interval: string;
  readonly scrapeTimeout: string;
  readonly tls: boolean;
  readonly queries: Readonly<Record<string, MetricsQueryArgs>>;
  readonly disableDefaultQueries: boolean;
  /** Absent if the operator's own holds. */
  readonly metricsQueriesTTL: string | undefined;
}

/** What a cluster is told of monitoring by its environment, checked already. */
export interface MonitoringContext {
  readonly backend: MonitoringBackend;
  readonly environment: string;
  readonly metrics: Metrics;
  /** Whether targets have the cluster's name in a label `cluster` too. */
  readonly clusterLabel: boolean;
  /** Settings of Postgres whose values are kept as metrics; absent if all are. */
  readonly postgresSettings: readonly string[] | undefined;
  readonly selectorLabels: Readonly<Record<string, string>>;
  readonly alerts: AlertSettings;
}

/** Pods that are scraped alike: the instances of a cluster, or one of its poolers. */
export interface ScrapeTarget {
  /** Key of its monitor among the cluster's objects, and name of that. */
  readonly key: string;
  readonly name: string;
  readonly workload: Workload;
  /** Name of the Pooler; absent for instances. */
  readonly pooler?: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly interval: string;
  readonly scrapeTimeout: string;
  /** Absent without TLS. */
  readonly tls?: {
    /** Secret of the cluster's namespace whose `ca.crt` the server is verified with. */
    readonly caSecret: string;
    readonly serverName: string;
  };
}

/** What watches one cluster. */
export interface ClusterMonitoringPlan {
  readonly clusterSpec: Pick<ClusterSpec, "monitoring">;
  /** What the Cluster names, and so comes before it. */
  readonly before: readonly PlannedObject[];
  readonly targets: readonly ScrapeTarget[];
  /** A monitor for each target, where the backend has such objects. */
  readonly monitors: readonly PlannedObject[];
  /** What alerts know of it; absent if it has none. */
  readonly watched: WatchedCluster | undefined;
}
