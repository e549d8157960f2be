import { GMP_CLUSTER_RULES, GMP_RULES, rulesIn } from "../core/alerting";
import { metricsIn } from "../core/metrics";
import { placedClusters } from "../core/monitors";
import { hasPlaceholder } from "../core/placeholder";
import { selectorsIn } from "../core/promql";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";

/** Labels that Google's operator puts on each rule and into each selector, by the kind that holds them. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  [GMP_RULES]: ["project_id", "location", "cluster", "namespace"],
  [GMP_CLUSTER_RULES]: ["project_id", "location", "cluster"],
};

export default stackRule({
  id: "k8s-gmp-rules-scope",
  title: "Rules of Google's Managed Prometheus leave to it the labels that it sets itself.",
  severity: "high",
  tags: ["monitoring"],
  why: "Google's operator adds project_id, location and cluster, in Rules the namespace too, to every selector and to every result. It refuses a rule that has such a label of its own, and a selector that has another condition on it than equality; the object's status alone says so, and none of its alerts exists. Rules see the series of their own namespace and no others.",
  remedy:
    "Take the label away; where a rule is about several namespaces, write ClusterRules, and GlobalRules for several clusters.",
  url: "https://cloud.google.com/stackdriver/docs/managed-prometheus/rules-managed",
  types: [GMP_RULES, GMP_CLUSTER_RULES],
  judge({ stack, report, part }) {
    const clusters = placedClusters(stack);
    const sees = (resource: Resource) =>
      resource.type !== GMP_RULES ||
      clusters === undefined ||
      resource.namespace === undefined ||
      [resource.namespace, ...clusters.map(({ namespace = "" }) => namespace)].some(hasPlaceholder) ||
      clusters.some(({ namespace }) => namespace === resource.namespace);
    for (const resource of [GMP_RULES, GMP_CLUSTER_RULES].flatMap((type) => stack.ofType(type)))
      part(() => {
        const scope = scopes[resource.type] ?? [];
        const kind = resource.type.replace(/\..*/, "");
        for (const rule of rulesIn(resource)) {
          part(() => {
            for (const label of rule.knownKeys("labels"))
              if (scope.includes(label))
                report(
                  resource,
                  rule.at("labels", label),
                  `${kind} of Google's Managed Prometheus must not set "${label}", which it sets itself: the object is refused. Take it away.`,
                );
          });
          part(() => {
            const expression = rule.scalar("expr") ?? "";
            const refused = selectorsIn(expression)
              .flatMap(({ matchers }) => matchers)
              .find(
                ({ label, operator, value }) =>
                  scope.includes(label) &&
                  (operator !== "=" ||
                    (label === "namespace" &&
                      resource.namespace !== undefined &&
                      ![value, resource.namespace].some(hasPlaceholder) &&
                      value !== resource.namespace)),
              );
            if (refused !== undefined)
              report(
                resource,
                rule.at("expr"),
                `the selector ${refused.label}${refused.operator}"${refused.value}" is refused in ${kind} of Google's Managed Prometheus, which adds ${refused.label} itself. ${refused.label === "namespace" ? "Take it away, or write ClusterRules" : "Take it away"}.`,
              );
            else if (metricsIn(expression).length > 0 && !sees(resource))
              report(
                resource,
                ["metadata", "namespace"],
                `Rules see the series of their own namespace, and no Cluster here is in "${resource.namespace}". Write ClusterRules, or put it beside the Cluster.`,
                "advisory",
              );
          });
        }
      });
  },
});
