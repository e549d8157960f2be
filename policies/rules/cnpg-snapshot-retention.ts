import { archiveOf, SCHEDULED_BACKUP } from "../core/cluster";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";
import { clusterOf } from "../core/scheduled";

export default stackRule({
  id: "cnpg-snapshot-retention",
  title: "Somebody deletes the volume snapshots that a schedule makes.",
  severity: "low",
  tags: ["backup", "cost"],
  why: "CNPG has no retention for volume snapshots: those of a ScheduledBackup stay until somebody deletes them. A retentionPolicy is applied to what Barman keeps, and deletes WAL that older snapshots need.",
  remedy:
    "Delete Backups and their VolumeSnapshots from outside on a schedule, and keep WAL at least as long as the oldest snapshot; or write method: plugin. Exempt the schedule once that is done.",
  url: "https://cloudnative-pg.io/documentation/current/appendixes/backup_volumesnapshot/",
  types: [SCHEDULED_BACKUP],
  judge({ stack, report, part }) {
    for (const backup of stack.ofType(SCHEDULED_BACKUP))
      part(() => {
        const at = backup.view.at("spec", "method");
        if (at.text() !== "volumeSnapshot") return;
        const cluster = clusterOf(backup, stack);
        const retention = cluster && known(() => archiveOf(cluster, stack)?.retention);
        report(
          backup,
          at,
          retention === undefined
            ? `is "volumeSnapshot", and CNPG never deletes a snapshot. Delete old ones by other means.`
            : `is "volumeSnapshot", and retentionPolicy "${retention}" of ${cluster?.called} is for Barman's backups alone: snapshots stay, and their WAL goes after it. Delete old ones by other means.`,
        );
      });
  },
});
