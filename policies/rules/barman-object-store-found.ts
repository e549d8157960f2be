import { objectStoreOf } from "../core/archives";
import { BARMAN_PLUGIN, barmanPlugin, CLUSTER, OBJECT_STORE } from "../core/cluster";
import { namesIn } from "../core/nearby";
import { hasPlaceholder, mayBeSame } from "../core/placeholder";
import { stackRule } from "../core/rule";
import type { View } from "../core/view";

export default stackRule({
  id: "barman-object-store-found",
  title: "barmanObjectName is the name of an ObjectStore in the Cluster's own namespace.",
  severity: "critical",
  tags: ["backup", "recovery"],
  why: "The plugin looks for the ObjectStore in the cluster's namespace and under exactly this name. The webhook does not check it; while there is none, the cluster is not reconciled, and only the operator's log says why.",
  remedy: "Give the ObjectStore the cluster's namespace and the name in barmanObjectName.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
  types: [CLUSTER],
  compares: true,
  judge({ stack, report, part, compare }) {
    const named = namesIn(stack, OBJECT_STORE);
    for (const cluster of stack.ofType(CLUSTER)) {
      const judged = (name: string | undefined, at: View | undefined) => {
        if (name === undefined || at === undefined) return;
        if (hasPlaceholder(name) && stack.find(OBJECT_STORE, cluster.namespace, name) === undefined) return;
        if (stack.find(OBJECT_STORE, cluster.namespace, name) !== undefined) return;
        // A missing ObjectStore may well be in another file; one that is elsewhere or of nearly this name is a mistake.
        compare(cluster, {
          what: "ObjectStore ⇄ barmanObjectName",
          cloud: "not declared here",
          cluster: name,
          verdict: "unknown",
        });
        // One whose name has a placeholder may be this one: `garage-${APP}`.
        if (
          stack
            .ofType(OBJECT_STORE)
            .some((one) => hasPlaceholder(one.name ?? "") && mayBeSame(one.name ?? "", name))
        )
          return;
        const [elsewhere] = stack.allNamed(OBJECT_STORE, name);
        const near = named(cluster.namespace)?.nearest(name);
        if (elsewhere === undefined && near === undefined) return;
        report(
          cluster,
          at,
          near === undefined
            ? `the ObjectStore "${name}" is in the namespace ${elsewhere?.namespace}, and this cluster in ${cluster.namespace}. Put both into one.`
            : `there is no ObjectStore "${name}" in ${cluster.namespace ?? "its namespace"}, but "${near}". Write the same name.`,
          "unless elsewhere",
        );
      };
      part(() => judged(objectStoreOf(cluster), barmanPlugin(cluster)?.at("parameters", "barmanObjectName")));
      part(() => {
        for (const entry of cluster.view.list("spec", "externalClusters"))
          part(() => {
            const plugin = entry.at("plugin");
            if (!plugin.exists || plugin.text("name") !== BARMAN_PLUGIN) return;
            const at = plugin.at("parameters", "barmanObjectName");
            judged(at.partial(), at);
          });
      });
    }
  },
});
