import { archivesWal, follows, takesSnapshots } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-backup-in-production",
  title: "A Cluster in production has a backup.",
  severity: "high",
  tags: ["backup"],
  why: "Without a backup configured CNPG's archive_command succeeds and WAL is discarded: ContinuousArchiving is true, everything is green, and there is nothing to restore from.",
  remedy:
    "Add the plugin barman-cloud.cloudnative-pg.io with isWALArchiver: true and an ObjectStore, and a ScheduledBackup.",
  url: "https://cloudnative-pg.io/documentation/current/backup/",
  types: [CLUSTER],
  productionOnly: true,
  judge({ resource, report, isProduction }) {
    // Where nobody knows, cnpg-backup advises.
    if (!isProduction(resource)) return;
    if (archivesWal(resource) || takesSnapshots(resource) || follows(resource)) return;
    report(
      ["spec", "plugins"],
      "has no WAL archiver, and there is no spec.backup either. Add barman-cloud.cloudnative-pg.io with isWALArchiver: true.",
    );
  },
});
