import { recoverySource } from "../core/archives";
import { archiveOf, CLUSTER } from "../core/cluster";
import { mayBeOnePlace, placeOf } from "../core/places";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-recovery-in-production",
  title: "A Cluster in production does not keep another one's archive as its beginning.",
  severity: "low",
  tags: ["recovery"],
  why: "bootstrap stays in the manifest for the Cluster's whole life and is read again whenever the Cluster is made again: by a GitOps tool in another place, after a loss, by a rebuild of the environment. Then it comes up with what the other archive held, green, and without what was written since.",
  remedy:
    "When the move is done, let the manifest recover from the Cluster's own archive under its former server name, so that a new life of it begins with its own data.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/",
  productionOnly: true,
  types: [CLUSTER],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const { view } = cluster;
        // A replica cluster follows its source for as long as it is one.
        if (view.at("spec", "replica").exists) return;
        const source = recoverySource(cluster, stack);
        const own = archiveOf(cluster, stack);
        if (source?.store === undefined || own === undefined) return;
        const [from, to] = [source.store, own.store].map((store) => placeOf(store, cluster.namespace));
        if (from === undefined || to === undefined || mayBeOnePlace(from, to)) return;
        report(
          cluster,
          ["spec", "bootstrap", "recovery", "source"],
          `reads another archive than the Cluster's own (externalClusters "${source.name}"): made again, it would begin with what that one holds. Recover from its own archive from the next life on.`,
        );
      });
  },
});
