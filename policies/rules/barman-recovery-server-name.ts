import { objectStoreOf, recoverySource } from "../core/archives";
import { barmanPlugin, CLUSTER } from "../core/cluster";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "barman-recovery-server-name",
  title: "A Cluster that is recovered through the plugin says under which server name the backups lie.",
  severity: "high",
  tags: ["recovery"],
  why: "Without serverName the plugin looks for backups under the NEW cluster's name, and not under the name of the entry in externalClusters as the in-tree model did: there are none, and the recovery fails.",
  remedy: "Set parameters.serverName of the entry to the server name that the source archives under.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const source = recoverySource(cluster, stack);
        if (source === undefined || source.method !== "plugin" || source.said) return;
        // A cluster made again under its old name does find its backups, and says itself where the new ones go.
        const own = barmanPlugin(cluster)?.text("parameters", "serverName");
        if (source.name === cluster.name || (own !== undefined && own !== cluster.name)) return;
        // From another ObjectStore it may be the old cluster of this name.
        if (
          own === undefined &&
          objectStoreOf(cluster) !== undefined &&
          objectStoreOf(cluster) !== source.objectStore
        )
          return;
        report(
          cluster,
          source.serverNameAt,
          `is not said, so the plugin looks for backups of "${cluster.name}", this new cluster. Write the server name of the source.`,
        );
      });
  },
});
