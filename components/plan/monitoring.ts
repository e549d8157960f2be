import type { BackupMethod } from "../args/backup";
import type { AlertSeverity, MonitoringBackend } from "../args/monitoring";
import type { Workload } from "../units/workload";

/** Thresholds of alerts as numbers: bytes, seconds, ratios of 1, and counts. */
export interface AlertLimits {
  readonly backupMargin: number;
  readonly walBacklog: number;
  readonly walBacklogCritical: number;
  readonly walArchiveAge: number;
  readonly slotWal: number;
  readonly replicationLagSize: number;
  readonly replicationLag: number;
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
  readonly poolerWait: number;
  readonly certificateLife: number;
  readonly drillAge: number;
}

/** What alerts know of one cluster: all of it declared. */
export interface WatchedCluster {
  readonly workload: Workload;
  readonly instances: number;
  /** Whether it follows another one, and so has no primary of its own. */
  readonly follows: boolean;
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
  readonly backend: MonitoringBackend;
  readonly method: BackupMethod;
  /** Age in days at which the bucket deletes objects; absent if it does not. */
  readonly deleteAgeDays: number | undefined;
  readonly clusters: readonly WatchedCluster[];
  /** Labels of each alert. */
  readonly labels: Readonly<Record<string, string>>;
  readonly runbookUrl: string;
  /** Absent if another stack watches the operator. */
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
