import { archivesWal, follows, takesSnapshots } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-volume-snapshot-wal",
  title: "A Cluster that is backed up by volume snapshots archives its WAL as well.",
  severity: "medium",
  tags: ["backup", "recovery"],
  why: "A snapshot is one moment. Without a WAL archive there is no way to any other one (no point-in-time recovery), and a restore loses everything since the last snapshot.",
  remedy: "Add the plugin barman-cloud.cloudnative-pg.io with isWALArchiver: true and an ObjectStore.",
  url: "https://cloudnative-pg.io/documentation/current/appendixes/backup_volumesnapshot/",
  types: [CLUSTER],
  judge({ resource, report }) {
    if (!takesSnapshots(resource) || archivesWal(resource) || follows(resource)) return;
    report(
      ["spec", "backup", "volumeSnapshot"],
      "is the only backup: without a WAL archive there is no point-in-time recovery. Add a WAL archiver to spec.plugins.",
    );
  },
});
