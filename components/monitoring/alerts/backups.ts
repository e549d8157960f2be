import { BackupMethod } from "../../args/backup";
import { AlertSeverity } from "../../args/monitoring";
import type { WatchedCluster, WatchedEnvironment } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { backedUp, days, declared, duration, names, on, plusLimit, who } from "./promql";

type Time = "first_recoverability_point" | "last_available_backup_timestamp" | "last_failed_backup_timestamp";

const metric = ({ method }: WatchedEnvironment, time: Time) =>
  `${method === BackupMethod.Plugin ? "barman_cloud_cloudnative_pg_io" : "cnpg_collector"}_${time}`;

/** Every instance tells the same, 0 where there is none: the newest is right, and a sum is nothing. */
const newest = (environment: WatchedEnvironment, time: Time, narrowed = "") =>
  `max by (${names}) (${metric(environment, time)}${narrowed})`;

const withBackups = ({ backups }: WatchedCluster) => backups !== undefined;

/**
 * A Prometheus that keeps what it has scraped for 15 days, as it does by default, can't tell whether a cluster is older than that: so
 * nobody waits longer for the first base backup.
 */
const LONGEST_WAIT = days(14);

/** How long a cluster may be without a base backup at first, in seconds; declared where clusters differ. */
export const firstBackupRecord = "cluster:cnpg_first_backup_seconds:declared";

/** Clusters with backups, to how long they may be without one at first. */
export const firstBackups = ({ clusters }: WatchedEnvironment): ReadonlyMap<WatchedCluster, number> =>
  new Map(
    clusters.flatMap((cluster): [WatchedCluster, number][] => {
      const { backups, limits } = cluster;
      return backups === undefined
        ? []
        : [
            [
              cluster,
              Math.min(limits.backupMargin + (backups.immediate ? 0 : backups.interval), LONGEST_WAIT),
            ],
          ];
    }),
  );

/**
 * When somebody is told that the bucket is about to delete, in seconds of a backup's age: so many days before, but where a backup in
 * health becomes nearly as old, half of the time that is left between.
 *
 * @param healthy the age that it has in health, in seconds, by what a cluster declares
 */
function beforeDeletion(
  { clusters, deleteAgeDays = 0 }: WatchedEnvironment,
  daysBefore: number,
  healthy: (backups: NonNullable<WatchedCluster["backups"]>) => number,
): number {
  const age = days(deleteAgeDays);
  const oldest = Math.max(0, ...clusters.flatMap(({ backups }) => (backups ? [healthy(backups)] : [])));
  return Math.round(age - Math.min(days(daysBefore), age / 2, Math.max(age - oldest, 0) / 2));
}

/** Whether there are base backups, new enough, and still there. */
export const backups: readonly Alert[] = [
  {
    name: "CNPGFirstBackupMissing",
    severity: AlertSeverity.Critical,
    for: "15m",
    summary: `${who} has no base backup.`,
    description:
      "None was made when one was due, or all of them are gone: nothing of this cluster can be restored.",
    of: withBackups,
    expr: (environment) => {
      const last = metric(environment, "last_available_backup_timestamp");
      const waits = [...new Set(firstBackups(environment).values())];
      const known = (wait: number) => `${last} offset ${duration(wait)}`;
      const own = declared(environment, firstBackupRecord);
      const due =
        waits.length === 1
          ? `${known(waits[0] ?? 0)} and ${on} ${backedUp(environment)}`
          : waits.map((wait) => `${known(wait)} and ${on} (${own} == ${wait})`).join(" or ");
      return `max by (${names}) (${last}) == 0 and ${on} (${due})`;
    },
  },
  {
    name: "CNPGBackupTooOld",
    severity: AlertSeverity.Critical,
    for: "15m",
    summary: `The last base backup of ${who} is {{ $value | humanizeDuration }} old.`,
    description:
      "By its schedule there should be a newer one: restores take longer with each day, and end when retention deletes what is left.",
    of: withBackups,
    expr: (environment) => {
      const last = newest(environment, "last_available_backup_timestamp", " > 0");
      return `(time() - ${last}) > ${on} group_left () (${plusLimit(environment, backedUp(environment), "backupMargin")})`;
    },
  },
  {
    name: "CNPGBackupFailed",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `The last base backup of ${who} failed.`,
    description: "The one before is still there; if the next one fails too, CNPGBackupTooOld fires.",
    of: withBackups,
    expr: (environment) =>
      `${newest(environment, "last_failed_backup_timestamp")} > ${newest(environment, "last_available_backup_timestamp")} and ${on} ${backedUp(environment)}`,
  },
  {
    name: "CNPGBackupMetricsAbsent",
    severity: AlertSeverity.Critical,
    for: "30m",
    summary: `Nothing tells of the backups of ${who}.`,
    description:
      "Its instances have metrics and the plugin's are not among them: nobody would be told if base backups had stopped.",
    of: ({ backups }, { method }) => backups !== undefined && method === BackupMethod.Plugin,
    expr: (environment) =>
      `${backedUp(environment)} unless ${on} ${metric(environment, "last_available_backup_timestamp")} and ${on} cnpg_collector_up`,
  },
  {
    name: "CNPGRecoveryPointJumped",
    severity: AlertSeverity.Critical,
    for: "15m",
    summary: `${who} can no longer be restored to times that it could be restored to yesterday.`,
    description:
      "The first moment to which it can be restored has moved by {{ $value | humanizeDuration }} in a day, more than retention explains: somebody, the bucket or another cluster deletes its backups.",
    of: withBackups,
    expr: (environment) => {
      const first = (narrowed: string) => newest(environment, "first_recoverability_point", narrowed);
      return `(${first("")} - ${first(" offset 1d > 0")}) > ${on} group_left () (${backedUp(environment)} + ${days(1)})`;
    },
  },
  {
    name: "CNPGLifecycleMarginSmall",
    severity: AlertSeverity.Critical,
    for: "1h",
    summary: `The bucket is about to delete the oldest backup of ${who}.`,
    description:
      "Retention has not deleted it, and at {{ $value | humanizeDuration }} the bucket's lifecycle does so within two days: a backup is then listed of which parts are missing.",
    of: ({ backups }, { deleteAgeDays }) => backups !== undefined && deleteAgeDays !== undefined,
    expr: (environment) => {
      const limit = beforeDeletion(environment, 2, (backup) => days(backup.retentionDays) + backup.interval);
      const first = newest(environment, "first_recoverability_point", " > 0");
      return `(time() - ${first}) > ${limit} and ${on} ${backedUp(environment)}`;
    },
  },
  {
    name: "CNPGLastBackupExpiring",
    severity: AlertSeverity.Critical,
    for: "1h",
    summary: `The bucket is about to delete the last base backup of ${who}.`,
    description:
      "It is {{ $value | humanizeDuration }} old, and no newer one is there: when the bucket's lifecycle has deleted it, nothing can be restored.",
    of: ({ backups }, { deleteAgeDays }) => backups !== undefined && deleteAgeDays !== undefined,
    expr: (environment) => {
      const limit = beforeDeletion(environment, 7, (backup) => backup.interval);
      const last = newest(environment, "last_available_backup_timestamp", " > 0");
      return `(time() - ${last}) > ${limit} and ${on} ${backedUp(environment)}`;
    },
  },
];
