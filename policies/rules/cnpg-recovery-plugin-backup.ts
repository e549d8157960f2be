import { BACKUP, CLUSTER } from "../core/cluster";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-recovery-plugin-backup",
  title: "A Cluster is not recovered from a Backup that the plugin made.",
  severity: "high",
  tags: ["recovery"],
  why: "recovery.backup reads the store and its credentials from status of the Backup, and a Backup of the plugin has none of them: the recovery job fails.",
  remedy:
    "Write recovery.source with an entry of externalClusters that names the plugin, its ObjectStore and serverName; recoveryTarget.backupID picks the backup.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/#restoring-a-cluster",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const at = cluster.view.at("spec", "bootstrap", "recovery", "backup", "name");
        const name = at.partial();
        const backup = name === undefined ? undefined : stack.find(BACKUP, cluster.namespace, name);
        if (backup?.view.text("spec", "method") !== "plugin") return;
        report(
          cluster,
          at,
          `"${name}" is a Backup of the plugin, which holds no place to restore from. Write recovery.source instead.`,
        );
      });
  },
});
