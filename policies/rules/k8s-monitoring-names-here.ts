import { alertingResources, alertingTypes, rulesIn } from "../core/alerting";
import { CLUSTER } from "../core/cluster";
import { looksInto, podMonitors, podMonitorTypes, podsOf } from "../core/monitors";
import { namesIn } from "../core/nearby";
import { hasPlaceholder } from "../core/placeholder";
import { type Selector, selectorsIn } from "../core/promql";
import { stackRule } from "../core/rule";
import { clusterIn } from "../core/selector";

export default stackRule({
  id: "k8s-monitoring-names-here",
  title: "Monitors and alerts name Clusters that are there, in a namespace that has Clusters.",
  severity: "low",
  tags: ["monitoring"],
  why: "A selector for a Cluster that is not there selects nothing: its alerts are silent, as they are when all is well. Where a namespace has Clusters and not the one that is named, the name is often out of date.",
  remedy: "Correct the name, declare the Cluster here too, or exempt the resource with where the Cluster is.",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: [...podMonitorTypes, ...alertingTypes],
  judge({ stack, report, part }) {
    const clusters = namesIn(stack, CLUSTER);
    const isAway = (name: string, namespace: string | undefined) =>
      namespace !== undefined &&
      !hasPlaceholder(name) &&
      clusters(namespace) !== undefined &&
      stack.allNamed(CLUSTER, name).length === 0 &&
      stack.ofType(CLUSTER).every((cluster) => cluster.name !== undefined && !hasPlaceholder(cluster.name));
    for (const monitor of podMonitors(stack))
      part(() => {
        const name = clusterIn(podsOf(monitor));
        const namespace = monitor.namespace;
        if (name === undefined || !looksInto(monitor, namespace) || !isAway(name, namespace)) return;
        // One that looks into other namespaces may mean a Cluster of those.
        if (monitor.view.at("spec", "namespaceSelector").exists || /^ClusterPod/.test(monitor.type)) return;
        report(
          monitor,
          ["spec", "selector"],
          `there is no Cluster "${name}" here. Check the name.`,
          "unless elsewhere",
        );
      });
    for (const resource of alertingResources(stack))
      part(() => {
        for (const rule of rulesIn(resource))
          part(() => {
            const wrong = selectorsIn(rule.scalar("expr") ?? "")
              .map(namedIn)
              .find(({ name, namespace }) => name !== undefined && isAway(name, namespace));
            if (wrong !== undefined)
              report(
                resource,
                rule.at("expr"),
                `selects the Cluster "${wrong.name}" of "${wrong.namespace}", which has Clusters and none of that name. Check the name.`,
                "unless elsewhere",
              );
          });
      });
  },
});

/** The one Cluster and namespace that a selector of instances' metrics asks for; `cluster` may be that of Kubernetes. */
function namedIn({ metric, matchers }: Selector): { name?: string; namespace?: string } {
  if (!/^(?:cnpg|barman)_(?!pgbouncer_)/.test(metric)) return {};
  const equal = (labels: readonly string[]) =>
    matchers.find(({ label, operator }) => labels.includes(label) && operator === "=")?.value;
  const pod = matchers.find(({ label, operator }) => label === "pod" && operator === "=~")?.value ?? "";
  const ofPod = /^([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)-(?:\[(?:0-9|1-9)\]\+?(?:\[0-9\]\*)?|\\\\?d\+)\$?$/.exec(
    pod,
  )?.[1];
  const name = equal(["cnpg_cluster", "cnpg_io_cluster"]) ?? ofPod;
  const namespace = equal(["namespace"]);
  return { ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) };
}
