import { BACKUP, CLUSTER, SCHEDULED_BACKUP } from "../core/cluster";
import { namesIn } from "../core/nearby";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-backup-cluster",
  title: "A ScheduledBackup or Backup is for a Cluster in its own namespace.",
  severity: "high",
  tags: ["backup"],
  why: "spec.cluster is a name alone: CNPG looks for it in the backup's own namespace. Where there is none of that name, every Backup stays pending or fails, and the cluster itself shows nothing of it.",
  remedy:
    "Give the ScheduledBackup the cluster's namespace, and write the cluster's name into spec.cluster.name.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [SCHEDULED_BACKUP, BACKUP],
  judge({ stack, report, part }) {
    const named = namesIn(stack, CLUSTER);
    for (const backup of [...stack.ofType(SCHEDULED_BACKUP), ...stack.ofType(BACKUP)])
      part(() => {
        const at = backup.view.at("spec", "cluster", "name");
        const name = at.partial();
        if (name === undefined || stack.find(CLUSTER, backup.namespace, name) !== undefined) return;
        // A Cluster that is nowhere may be in another file; one in another namespace, or of nearly this name, is not.
        const [elsewhere] = stack.allNamed(CLUSTER, name);
        const near = named(backup.namespace)?.nearest(name);
        if (elsewhere === undefined && near === undefined) return;
        report(
          backup,
          near === undefined ? ["metadata", "namespace"] : at,
          near === undefined
            ? `is ${backup.namespace}, and the Cluster "${name}" is in ${elsewhere?.namespace}. Write ${elsewhere?.namespace}.`
            : `there is no Cluster "${name}" in ${backup.namespace ?? "its namespace"}, but "${near}". Write that.`,
          "unless elsewhere",
        );
      });
  },
});
