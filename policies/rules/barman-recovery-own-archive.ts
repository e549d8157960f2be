import { objectStoreOf, recoverySource } from "../core/archives";
import { archiveOf, barmanPlugin, CLUSTER, inTreeStore } from "../core/cluster";
import { placeText } from "../core/halves";
import { folderOf, GOOGLE, placeOf } from "../core/places";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";
import type { View } from "../core/view";

export default stackRule({
  id: "barman-recovery-own-archive",
  title: "A Cluster does not archive into the folder that it is recovered from.",
  severity: "high",
  tags: ["backup", "recovery"],
  why: "CNPG looks for an empty archive before it restores: the recovery fails with `Expected empty archive`. With that check skipped, the new cluster writes its WAL among the old one's, and the only good backups are spoiled. Server names that are not said count too: the plugin takes the new cluster's name for both.",
  remedy:
    "Give the new cluster's own archive another serverName than its source, such as orders-db-g2 after orders-db-g1. A cluster that runs already has no base backup under the new name: take one at once, and keep the old folder as long as you may want to go back.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/",
  types: [CLUSTER],
  compares: true,
  judge({ stack, report, part, compare }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const source = recoverySource(cluster, stack);
        if (source?.serverName === undefined) return;
        const plugin = barmanPlugin(cluster);
        const said = plugin?.at("parameters", "serverName") ?? inTreeStore(cluster)?.at("serverName");
        const ownName = said?.partial() ?? cluster.name;
        const own = known(() => archiveOf(cluster, stack));
        const ownStore = objectStoreOf(cluster);
        // The same ObjectStore is the same place, whether it can be seen here or not.
        const sameStore = ownStore !== undefined && ownStore === source.objectStore;
        const [home, origin] = [own, source].map((one) =>
          known(() => (one?.store === undefined ? undefined : placeOf(one.store, cluster.namespace))),
        );
        const sameServer = home !== undefined && origin !== undefined && home.store === origin.store;
        const inPlace = sameStore || (sameServer && home.path === origin.path);
        const archives = `archives as ${own === undefined ? `server ${ownName}` : placeText(own.store, ownName)}`;
        if (inPlace)
          compare(cluster, {
            what: "own archive ≠ former generation",
            cloud: `server ${source.serverName}`,
            cluster: archives,
          });
        else if (own !== undefined && source.store !== undefined && origin?.store !== GOOGLE)
          compare(cluster, {
            what: "source can't be written to",
            cloud: `${sameKeys(own.store, source.store) ? "the same keys or role" : "keys of its own"}: the store's policy decides`,
            cluster: archives,
            verdict: "unknown",
          });
        // Keys that may write below its own path may write there too.
        if (sameServer && !inPlace && home.store !== GOOGLE)
          if (`${origin.path}/${source.serverName}/`.startsWith(`${home.path}/`))
            report(
              cluster,
              source.entry,
              `recovers from "${source.serverName}" below ${source.store?.text("destinationPath")}, which lies inside of where this cluster archives. Write destinationPaths that lie apart.`,
              "advisory",
            );
        // Another server's folder, wherever the two stores are.
        if (ownName !== source.serverName) return;
        const sameFolder = () => {
          const archive = archiveOf(cluster, stack);
          if (archive?.serverName === undefined || source.store === undefined) return false;
          const folder = folderOf(archive.store, archive.serverName, cluster.namespace);
          return (
            folder !== undefined &&
            folder === folderOf(source.store, source.serverName ?? "", cluster.namespace)
          );
        };
        if (!sameStore && !sameFolder()) return;
        report(
          cluster,
          own?.serverNameAt ?? plugin?.at("parameters", "serverName") ?? ["spec", "plugins"],
          `"${ownName}" is also where this cluster recovers from (externalClusters "${source.name}"). Write another name, such as "${nextGeneration(ownName ?? "")}"; where this cluster runs already, take a base backup right after.`,
        );
      });
  },
});

/** Whether two object stores are opened with one key, or as the role of the pods. */
function sameKeys(one: View, other: View): boolean {
  const keyOf = (store: View) =>
    known(() => {
      const s3 = store.at("s3Credentials");
      if (s3.flag("inheritFromIAMRole") === true) return "the role";
      const [name, key] = ["name", "key"].map((field) => s3.text("accessKeyId", field));
      return name === undefined ? undefined : `${name}/${key}`;
    });
  return keyOf(one) !== undefined && keyOf(one) === keyOf(other);
}

function nextGeneration(name: string): string {
  const [, stem = name, number = "1"] = /^(.*)-g(\d+)$/.exec(name) ?? [];
  return `${stem}-g${Number(number) + 1}`;
}
