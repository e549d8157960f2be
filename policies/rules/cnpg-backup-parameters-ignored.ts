import { BACKUP, BARMAN_PLUGIN, barmanPlugin, SCHEDULED_BACKUP } from "../core/cluster";
import { stackRule } from "../core/rule";
import { clusterOf } from "../core/scheduled";

export default stackRule({
  id: "cnpg-backup-parameters-ignored",
  title: "A backup goes where its Cluster archives: its own parameters name no other place.",
  severity: "high",
  tags: ["backup"],
  why: "The Barman Cloud plugin takes barmanObjectName and serverName from the Cluster's spec.plugins, and reads nothing of pluginConfiguration.parameters. A second ScheduledBackup with another ObjectStore puts its base backups beside the first one's, and the other bucket stays empty.",
  remedy:
    "Remove pluginConfiguration.parameters. For a second copy replicate the bucket: a Cluster archives into one store.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
  types: [SCHEDULED_BACKUP, BACKUP],
  judge({ stack, report, part }) {
    for (const backup of [...stack.ofType(SCHEDULED_BACKUP), ...stack.ofType(BACKUP)])
      part(() => {
        const plugin = backup.view.at("spec", "pluginConfiguration");
        const parameters = plugin.at("parameters");
        // Another plugin may well read its own.
        if (!parameters.exists || plugin.text("name") !== BARMAN_PLUGIN) return;
        const cluster = clusterOf(backup, stack);
        const own = cluster === undefined ? undefined : barmanPlugin(cluster)?.at("parameters");
        const differs = ["barmanObjectName", "serverName"].find(
          (key) => parameters.at(key).exists && own !== undefined && !own.at(key).is(parameters.partial(key)),
        );
        if (differs !== undefined)
          report(
            backup,
            parameters.at(differs),
            `"${parameters.at(differs).partial()}" is not read: this backup goes to "${own?.partial(differs) ?? cluster?.name}", where ${cluster?.called} archives. Remove it.`,
          );
        else {
          const [first] = parameters.knownKeys();
          if (first !== undefined)
            report(
              backup,
              parameters.at(first),
              "is not read: the plugin takes its parameters from spec.plugins of the Cluster. Remove pluginConfiguration.parameters.",
              "advisory",
            );
        }
      });
  },
});
