import { AlertSeverity } from "../../args/monitoring";
import type { WatchedCluster } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { backedUp, compare, duration, names, on, who } from "./promql";

const withBackups = ({ backups }: WatchedCluster) => backups !== undefined;

/** WAL files that wait to be archived. */
const ready = `max by (${names}) (cnpg_collector_pg_wal_archive_status{value="ready"})`;

/** Whether WAL reaches the archive. */
export const archive: readonly Alert[] = [
  {
    name: "CNPGWALArchivingFailing",
    severity: AlertSeverity.Critical,
    for: "10m",
    summary: `${who} can't archive its WAL.`,
    description:
      "The last attempt failed, and none has succeeded since: nothing that was written after the last archived file can be restored, and the volume fills.",
    of: withBackups,
    expr: (environment) => {
      const time = (which: string) => `max by (${names}, pod) (cnpg_pg_stat_archiver_last_${which}_time)`;
      return `${time("failed")} > ${time("archived")} and ${on} ${backedUp(environment)}`;
    },
  },
  {
    name: "CNPGWALArchiveStale",
    severity: AlertSeverity.Critical,
    for: "10m",
    summary: `${who} writes, and archives no WAL.`,
    description:
      "{{ if gt $value 1e9 }}It never did{{ else }}The last file was archived {{ $value | humanizeDuration }} ago{{ end }}. If no attempt fails, the archiver hangs or is off: a restore ends at the last archived file.",
    of: withBackups,
    expr: (environment) => {
      const age = compare(environment, {
        value: `(time() - max by (${names}) (cnpg_pg_stat_archiver_last_archived_time))`,
        operator: ">",
        limit: "walArchiveAge",
        scope: backedUp(environment),
      });
      // Within the shortest age, as nobody is to be told of what was written before theirs; and more than the largest file holds,
      // so that one was filled since.
      const shortest = Math.min(...environment.clusters.map(({ limits }) => limits.walArchiveAge));
      const file = Math.max(64 * 2 ** 20, ...environment.clusters.map(({ walSegment }) => walSegment));
      const written = `max by (${names}) (increase(cnpg_collector_wal_bytes[${duration(shortest)}]))`;
      return `${age} and ${on} (${ready} > 0 or ${written} > ${file})`;
    },
  },
  {
    name: "CNPGWALBacklog",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `{{ $value }} WAL files of ${who} wait to be archived.`,
    description:
      "It writes faster than it archives: the volume fills, and a restore ends where the archive does.",
    of: withBackups,
    expr: (environment) =>
      compare(environment, {
        value: ready,
        operator: ">=",
        limit: "walBacklog",
        scope: backedUp(environment),
      }),
  },
  {
    name: "CNPGWALBacklogCritical",
    severity: AlertSeverity.Critical,
    for: "15m",
    summary: `{{ $value }} WAL files of ${who} wait to be archived.`,
    description:
      "They are lost with the volume, and Postgres stops when they have filled it; a switchover waits until they are archived.",
    of: withBackups,
    expr: (environment) =>
      compare(environment, {
        value: ready,
        operator: ">=",
        limit: "walBacklogCritical",
        scope: backedUp(environment),
      }),
  },
];
