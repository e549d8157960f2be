import { addTo } from "../core/grouped";
import {
  denialOf,
  instanceLabels,
  judgedClusters,
  neighbour,
  networkPolicyTypes,
  policyFinder,
} from "../core/networkFlows";
import { hasReplicas } from "../core/networkNeeds";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import { clusterIn, meets, requirementsOf } from "../core/selector";
import type { Stack } from "../core/stack";

const monitors = ["PodMonitor.monitoring.coreos.com", "VMPodScrape.operator.victoriametrics.com"];

export default stackRule({
  id: "k8s-network-policy-status-metrics",
  title: "Network policies let instances ask each other's state on port 8000, and monitoring read port 9187.",
  severity: "medium",
  tags: ["network", "monitoring"],
  why: "A primary that can't reach the API server asks the other instances on port 8000 whether it is isolated, and shuts down if none answers: without that rule a short outage of the API server stops it. Metrics are on port 9187.",
  remedy:
    "Allow port 8000 between pods with the cluster's label cnpg.io/cluster, and port 9187 from the namespace of Prometheus.",
  url: "https://cloudnative-pg.io/documentation/current/instance_manager/#primary-isolation",
  types: networkPolicyTypes,
  judge({ stack, report, part }) {
    const find = policyFinder(stack);
    const scraped = scrapers(stack);
    for (const cluster of judgedClusters(stack))
      part(() => {
        const policies = find(cluster);
        if (policies.length === 0) return;
        const pod = instanceLabels(cluster);
        const tell = (
          direction: "ingress" | "egress",
          port: number,
          target: Parameters<typeof denialOf>[2]["target"],
          what: string,
        ) => {
          const denial = denialOf(policies, cluster, { direction, pod, target });
          if (denial === undefined) return;
          const { policy, at, because, advice, sure } = denial;
          report(
            policy.resource,
            at,
            `${cluster.called} ${what}, ${because.replace(/\bit\b/, `port ${port}`)}. ${advice}`,
            sure,
          );
        };
        if (
          hasReplicas(cluster) &&
          cluster.view.flag("spec", "probes", "liveness", "isolationCheck", "enabled") !== false
        )
          for (const direction of ["ingress", "egress"] as const)
            tell(
              direction,
              8000,
              neighbour(cluster, pod, 8000, "status"),
              `needs ${direction} between its instances for the check whether a primary is isolated`,
            );
        if (cluster.view.flag("spec", "monitoring", "enablePodMonitor") === true || scraped(cluster))
          tell(
            "ingress",
            9187,
            { kind: "anyone", protocol: "TCP", ports: [9187], portName: "metrics" },
            "is scraped by a PodMonitor",
          );
      });
  },
});

/** Whether a PodMonitor is for a cluster's instances: looked up by the cluster that it names, or among those that name none. */
function scrapers(stack: Stack): (cluster: Resource) => boolean {
  const byCluster = new Map<string, Resource[]>();
  for (const monitor of monitors.flatMap((type) => stack.ofType(type))) {
    const named = known(() => clusterIn(requirementsOf(monitor.view.at("spec", "selector")))) ?? "";
    addTo(byCluster, named, monitor);
  }
  const reaches = ({ view, namespace }: Resource, cluster: Resource) => {
    const selector = view.at("spec", "namespaceSelector");
    if (!selector.exists) return namespace !== undefined && namespace === cluster.namespace;
    return selector.flag("any") === true || selector.texts("matchNames").includes(cluster.namespace ?? "");
  };
  return (cluster) =>
    [...(byCluster.get(cluster.name ?? "") ?? []), ...(byCluster.get("") ?? [])].some((monitor) =>
      known(
        () =>
          reaches(monitor, cluster) &&
          meets(requirementsOf(monitor.view.at("spec", "selector")), instanceLabels(cluster)) === "yes",
      ),
    );
}
