import { inTreePlaces, releaseWithoutInTree } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";
import removed from "./cnpg-in-tree-backup-removed";

export default resourceRule({
  id: "cnpg-in-tree-backup",
  title: "A Cluster is backed up and recovered by the Barman Cloud plugin and not by barmanObjectStore.",
  severity: "medium",
  tags: ["backup", "upgrade"],
  why: "Barman Cloud in the operator is deprecated since CNPG 1.26. It still works in 1.30, whose webhook warns that 1.31.0 removes it: after that upgrade there are no backups.",
  remedy:
    "Move destinationPath, credentials and retention to an ObjectStore, and name it in spec.plugins with isWALArchiver: true.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
  types: [CLUSTER],
  readsParametersOf: removed,
  judge({ resource, report, parameters }) {
    // Of a release that has it no more, that rule tells.
    if (releaseWithoutInTree(parameters.operatorVersion) !== undefined) return;
    const places = inTreePlaces(resource);
    if (places !== undefined)
      report(
        places.first,
        `is the model that CNPG 1.31 removes${places.besides}. Write an ObjectStore and use it by the plugin barman-cloud.cloudnative-pg.io.`,
      );
  },
});
