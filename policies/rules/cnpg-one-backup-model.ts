import { barmanPlugin, CLUSTER, inTreeStore } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-one-backup-model",
  title: "A Cluster has one backup model: the Barman Cloud plugin or barmanObjectStore, not both.",
  severity: "high",
  tags: ["backup"],
  why: "With both and isWALArchiver: true the webhook refuses the cluster. Without isWALArchiver it accepts it, and every WAL file is archived twice: two archives, of which the backups are in one.",
  remedy: "Keep the plugin and take spec.backup.barmanObjectStore away.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
  types: [CLUSTER],
  judge({ resource, report }) {
    const store = inTreeStore(resource);
    if (store === undefined || barmanPlugin(resource) === undefined) return;
    report(store, "stands beside the Barman Cloud plugin in spec.plugins. Take barmanObjectStore away.");
  },
});
