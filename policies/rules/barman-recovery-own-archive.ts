import { objectStoreOf, recoverySource } from "../core/archives";
import { archiveOf, barmanPlugin, CLUSTER, inTreeStore } from "../core/cluster";
import { folderOf } from "../core/places";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "barman-recovery-own-archive",
  title: "A Cluster does not archive into the folder that it is recovered from.",
  severity: "high",
  tags: ["backup", "recovery"],
  why: "CNPG looks for an empty archive before it restores: the recovery fails with `Expected empty archive`. With that check skipped, the new cluster writes its WAL among the old one's, and the only good backups are spoiled. Server names that are not said count too: the plugin takes the new cluster's name for both.",
  remedy:
    "Give the new cluster's own archive another serverName than its source, such as orders-db-g2 after orders-db-g1.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const source = recoverySource(cluster, stack);
        if (source?.serverName === undefined) return;
        const plugin = barmanPlugin(cluster);
        const said = plugin?.at("parameters", "serverName") ?? inTreeStore(cluster)?.at("serverName");
        const ownName = said?.text() ?? cluster.name;
        // Another server's folder, wherever the two stores are.
        if (ownName !== source.serverName) return;
        const own = archiveOf(cluster, stack);
        const ownStore = objectStoreOf(cluster);
        // The same ObjectStore is the same place, whether it can be seen here or not.
        const sameStore = ownStore !== undefined && ownStore === source.objectStore;
        const sameFolder = () => {
          if (own?.serverName === undefined || source.store === undefined) return false;
          const folder = folderOf(own.store, own.serverName, cluster.namespace);
          return (
            folder !== undefined &&
            folder === folderOf(source.store, source.serverName ?? "", cluster.namespace)
          );
        };
        if (!sameStore && !sameFolder()) return;
        report(
          cluster,
          own?.serverNameAt ?? plugin?.at("parameters", "serverName") ?? ["spec", "plugins"],
          `"${ownName}" is also where this cluster recovers from (externalClusters "${source.name}"). Write another name, such as "${nextGeneration(ownName ?? "")}".`,
        );
      });
  },
});

function nextGeneration(name: string): string {
  const [, stem = name, number = "1"] = /^(.*)-g(\d+)$/.exec(name) ?? [];
  return `${stem}-g${Number(number) + 1}`;
}
