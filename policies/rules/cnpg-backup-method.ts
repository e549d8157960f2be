import { takesSnapshots } from "../core/backup";
import { BACKUP, BARMAN_PLUGIN, barmanPlugin, inTreeStore, SCHEDULED_BACKUP } from "../core/cluster";
import type { Resource } from "../core/resource";
import { type Fix, stackRule } from "../core/rule";
import { clusterOf } from "../core/scheduled";

export default stackRule({
  id: "cnpg-backup-method",
  title: "The method of a ScheduledBackup or Backup is one that its Cluster is set up for.",
  severity: "critical",
  tags: ["backup"],
  why: "The default is barmanObjectStore, the in-tree model. With a cluster that uses the plugin every Backup fails with `no backup section`; plugin without pluginConfiguration is accepted in a ScheduledBackup, and every Backup that it makes is refused.",
  remedy:
    "For the plugin write method: plugin and pluginConfiguration.name: barman-cloud.cloudnative-pg.io; for snapshots method: volumeSnapshot, with spec.backup.volumeSnapshot in the Cluster.",
  url: "https://cloudnative-pg.io/documentation/current/backup/",
  types: [SCHEDULED_BACKUP, BACKUP],
  judge({ stack, report, part }) {
    for (const backup of [...stack.ofType(SCHEDULED_BACKUP), ...stack.ofType(BACKUP)])
      part(() => {
        const { view } = backup;
        const method = view.text("spec", "method") ?? "barmanObjectStore";
        const plugin = view.text("spec", "pluginConfiguration", "name");
        if (method === "plugin" && (plugin ?? "") === "") {
          report(
            backup,
            view.at("spec", "pluginConfiguration"),
            `is missing, so every Backup is refused. Write name: ${BARMAN_PLUGIN}.`,
            undefined,
            [pluginName],
          );
          return;
        }
        const cluster = clusterOf(backup, stack);
        // Whatever its Cluster is, which is not here: the default is a model that CNPG 1.31 removes.
        if (
          cluster === undefined &&
          !view.at("spec", "method").exists &&
          view.at("spec", "cluster", "name").exists
        )
          report(
            backup,
            view.at("spec", "method"),
            `is not said, so it is "barmanObjectStore", with which every backup of a Cluster that uses the plugin fails. Write the Cluster's method.`,
            "advisory",
          );
        const problem = cluster && misfit(cluster, method, plugin ?? "", view.at("spec", "method").exists);
        if (problem === undefined) return;
        const byPlugin = cluster && method === "barmanObjectStore" && barmanPlugin(cluster) !== undefined;
        const fixes: Fix[] = byPlugin ? [{ path: ["spec", "method"], value: "plugin" }, pluginName] : [];
        report(backup, view.at("spec", "method"), problem, undefined, fixes);
      });
  },
});

const pluginName: Fix = { path: ["spec", "pluginConfiguration", "name"], value: BARMAN_PLUGIN };

function misfit(cluster: Resource, method: string, plugin: string, said: boolean): string | undefined {
  const shown = said ? `"${method}"` : `is not said, so it is "${method}":`;
  if (method === "barmanObjectStore" && inTreeStore(cluster) === undefined)
    return barmanPlugin(cluster) === undefined
      ? `${shown} ${cluster.called} has no spec.backup.barmanObjectStore. Write a method that it is set up for.`
      : `${shown} ${cluster.called} backs up through the plugin. Write plugin, and pluginConfiguration.name: ${BARMAN_PLUGIN}.`;
  if (method === "plugin") {
    const enabled = cluster.view
      .list("spec", "plugins")
      .some((one) => one.text("name") === plugin && one.flag("enabled") !== false);
    if (!enabled)
      return `${shown} ${cluster.called} does not have the plugin "${plugin}". Add it to spec.plugins.`;
  }
  if (method === "volumeSnapshot" && !takesSnapshots(cluster))
    return `${shown} ${cluster.called} has no spec.backup.volumeSnapshot. Add it, or write another method.`;
  return undefined;
}
