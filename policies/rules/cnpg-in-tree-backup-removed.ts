import { inTreePlaces, releaseWithoutInTree } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-in-tree-backup-removed",
  title: "With CNPG 1.31 or newer nothing uses barmanObjectStore any more.",
  severity: "critical",
  tags: ["backup", "upgrade"],
  why: "CNPG 1.30 announces that 1.31.0 removes Barman Cloud from the operator completely. A Cluster that still relies on it has no WAL archive and no backups after the upgrade.",
  remedy: "Move to the Barman Cloud plugin before the operator is upgraded.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
  types: [CLUSTER],
  parameters: {
    operatorVersion: {
      type: "string",
      default: "1.30",
      description: "Version of the CNPG operator that runs, or that is next, such as 1.31.",
    },
  },
  judge({ resource, parameters, report }) {
    const release = releaseWithoutInTree(parameters.operatorVersion);
    if (release === undefined) return;
    const places = inTreePlaces(resource);
    if (places !== undefined)
      report(
        places.first,
        `is not in CNPG ${release} any more${places.besides}. Write an ObjectStore and use it by the plugin barman-cloud.cloudnative-pg.io.`,
      );
  },
});
