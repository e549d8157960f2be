import { archivesWal, follows, takesSnapshots } from "../core/backup";
import { CLUSTER, SCHEDULED_BACKUP } from "../core/cluster";
import { nothing } from "../core/comparison";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";
import { parseSchedule } from "../core/schedule";
import { schedulesOf } from "../core/scheduled";

export default stackRule({
  id: "cnpg-scheduled-backup",
  title: "A Cluster with backups has a ScheduledBackup.",
  severity: "high",
  tags: ["backup"],
  why: "WAL alone restores nothing: without a base backup there is no recovery, and CNPG takes none unless a ScheduledBackup or a Backup asks for it.",
  remedy: "Declare a ScheduledBackup with spec.cluster.name, a schedule of six fields and immediate: true.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [CLUSTER],
  compares: true,
  judge({ stack, report, part, isDevelopment, compare }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        // Files that have no ScheduledBackup at all may have them elsewhere; cnpg-scheduled-backup-elsewhere tells of that.
        const elsewhere = cluster.origin.urn === undefined && stack.ofType(SCHEDULED_BACKUP).length === 0;
        const ask: <T>(read: () => T) => T | undefined = elsewhere ? known : (read) => read();
        const kept = ask(() => archivesWal(cluster) || takesSnapshots(cluster));
        if (kept !== true)
          return compare(cluster, {
            what: "backups",
            cloud: nothing,
            cluster: "none",
            verdict: "unknown",
            ...(kept === false && { note: "is not backed up: what it holds is lost with its volume" }),
          });
        const needless = elsewhere || follows(cluster) || isDevelopment(cluster);
        const schedules = (needless ? known : ask)(() => schedulesOf(cluster, stack)) ?? [];
        const active = schedules.find(({ view }) => view.flag("spec", "suspend") !== true);
        const shown = active ?? schedules[0];
        const text = known(() => shown?.view.text("spec", "schedule"));
        const row = { what: "schedule", cloud: nothing, cluster: text ?? nothing } as const;
        if (active !== undefined) {
          // What can't be read is cnpg-schedule-readable's finding.
          const verdict = text === undefined ? "unknown" : parseSchedule(text).ok ? "agrees" : "disagrees";
          return compare(cluster, { ...row, verdict });
        }
        if (shown === undefined)
          compare(cluster, { ...row, cluster: "none", ...(needless && { verdict: "unknown" }) });
        if (!needless)
          report(
            cluster,
            cluster.view.at("spec", cluster.view.at("spec", "plugins").exists ? "plugins" : "backup"),
            shown === undefined
              ? `no ScheduledBackup names ${cluster.called}, so there is never a base backup to recover from. Declare one.`
              : `the ScheduledBackup of ${cluster.called} is suspended, so there are no new base backups. Set suspend to false.`,
            "unless elsewhere",
          );
        // Somebody means it: nothing disagrees.
        if (shown !== undefined)
          compare(cluster, {
            ...row,
            cluster: `${row.cluster}, suspended`,
            verdict: "unknown",
            note: "makes no base backups: its schedule is suspended",
          });
      });
  },
});
