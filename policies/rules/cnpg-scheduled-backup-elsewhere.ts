import { archivesWal, follows, takesSnapshots } from "../core/backup";
import { CLUSTER, SCHEDULED_BACKUP } from "../core/cluster";
import { stackRule } from "../core/rule";
import { schedulesOf } from "../core/scheduled";

export default stackRule({
  id: "cnpg-scheduled-backup-elsewhere",
  title: "The ScheduledBackup of a Cluster is among the resources, also where it follows another one.",
  severity: "low",
  tags: ["backup"],
  why: "Without a ScheduledBackup there is no base backup to recover from. It may be in another file; a cluster that follows another one needs none until it is promoted.",
  remedy: "Judge the file with the ScheduledBackup together with this one, or declare one.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [CLUSTER],
  judge({ stack, report, part, isDevelopment }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        if (!archivesWal(cluster) && !takesSnapshots(cluster)) return;
        const aside = follows(cluster) && !isDevelopment(cluster);
        if (follows(cluster) && !aside) return;
        const alone = cluster.origin.urn === undefined && stack.ofType(SCHEDULED_BACKUP).length === 0;
        if (!(aside || alone) || schedulesOf(cluster, stack).length > 0) return;
        const at = cluster.view.at("spec", cluster.view.at("spec", "plugins").exists ? "plugins" : "backup");
        report(
          cluster,
          at,
          `there is no ScheduledBackup for ${cluster.called} here, and WAL without a base backup restores nothing. Declare one, or judge the file that has it together with this one.`,
          "unless elsewhere",
        );
      });
  },
});
