import { archivesWal, follows, takesSnapshots } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-backup",
  title: "A Cluster has a backup, unless its data can be made again.",
  severity: "low",
  tags: ["backup"],
  why: "Without a backup configured CNPG discards WAL and still reports ContinuousArchiving as true.",
  remedy:
    "Add the plugin barman-cloud.cloudnative-pg.io with isWALArchiver: true and an ObjectStore, or exempt the cluster with the reason.",
  url: "https://cloudnative-pg.io/documentation/current/backup/",
  types: [CLUSTER],
  judge({ resource, report, isProduction }) {
    if (isProduction(resource)) return;
    if (archivesWal(resource) || takesSnapshots(resource) || follows(resource)) return;
    report(
      ["spec", "plugins"],
      "has no WAL archiver, and there is no spec.backup either: nothing is kept of what this cluster holds. Add barman-cloud.cloudnative-pg.io with isWALArchiver: true and an ObjectStore.",
    );
  },
});
