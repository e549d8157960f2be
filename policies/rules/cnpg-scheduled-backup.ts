import { archivesWal, follows, takesSnapshots } from "../core/backup";
import { CLUSTER, SCHEDULED_BACKUP } from "../core/cluster";
import { stackRule } from "../core/rule";
import { isPassing, schedulesOf } from "../core/scheduled";

export default stackRule({
  id: "cnpg-scheduled-backup",
  title: "A Cluster with backups has a ScheduledBackup.",
  severity: "high",
  tags: ["backup"],
  why: "WAL alone restores nothing: without a base backup there is no recovery, and CNPG takes none unless a ScheduledBackup or a Backup asks for it.",
  remedy: "Declare a ScheduledBackup with spec.cluster.name, a schedule of six fields and immediate: true.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [CLUSTER],
  judge({ stack, report, part, isProduction }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        // Files that have no ScheduledBackup at all may have them elsewhere; cnpg-scheduled-backup-elsewhere tells of that.
        if (cluster.origin.urn === undefined && stack.ofType(SCHEDULED_BACKUP).length === 0) return;
        if (!archivesWal(cluster) && !takesSnapshots(cluster)) return;
        if (follows(cluster) || (isPassing(cluster) && !isProduction(cluster))) return;
        const schedules = schedulesOf(cluster, stack);
        if (schedules.some(({ view }) => view.flag("spec", "suspend") !== true)) return;
        const at = cluster.view.at("spec", cluster.view.at("spec", "plugins").exists ? "plugins" : "backup");
        report(
          cluster,
          at,
          schedules.length === 0
            ? `no ScheduledBackup names ${cluster.called}, so there is never a base backup to recover from. Declare one.`
            : `the ScheduledBackup of ${cluster.called} is suspended, so there are no new base backups. Set suspend to false.`,
        );
      });
  },
});
