import { CILIUM_CLUSTERWIDE_POLICY, CILIUM_POLICY } from "../core/network";
import {
  absentClusters,
  denialOf,
  instanceLabels,
  isFor,
  judgedClusters,
  policyFinder,
} from "../core/networkFlows";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";

const types = [CILIUM_POLICY, CILIUM_CLUSTERWIDE_POLICY];

export default stackRule({
  id: "k8s-cilium-dns-rule",
  title: "Where a Cilium policy allows egress to names, a policy for the same pods has a DNS rule.",
  severity: "high",
  tags: ["network", "availability"],
  why: "Cilium learns the addresses of toFQDNs from the answers that its DNS proxy sees, and only what a rule with rules.dns selects goes through the proxy. Without one toFQDNs allows nothing: names are resolved, every connection to them is dropped, and no WAL is archived.",
  remedy:
    'Add rules: {dns: [{matchPattern: "*"}]} to the port 53 of the rule that allows DNS, beside its ports.',
  url: "https://docs.cilium.io/en/stable/security/policy/language/#dns-based",
  types,
  judge({ stack, report, part }) {
    const find = policyFinder(stack);
    const reported = new Set<string>();
    for (const cluster of clustersOf(stack))
      part(() => {
        const pod = instanceLabels(cluster);
        const policies = find(cluster).filter((policy) => policy.selects(pod) !== "no");
        if (policies.some(({ seesLookups }) => seesLookups)) return;
        // Where it is allowed anyway, names are not needed.
        const others = policies.map((policy) => ({
          ...policy,
          allows: { ...policy.allows, egress: policy.allows.egress.filter(({ byName }) => !byName) },
        }));
        const target = { kind: "internet", protocol: "TCP", ports: [443] } as const;
        if (denialOf(others, cluster, { direction: "egress", pod, target }) === undefined) return;
        const policy = policies.find(
          (one) => one.toNames.length > 0 && isFor(one, cluster) && one.selects(pod) === "yes",
        );
        const [at] = policy?.toNames ?? [];
        if (policy === undefined || at === undefined) return;
        const { resource } = policy;
        // Once, for however many Clusters it is.
        const key = `${resource.type} ${resource.namespace}/${resource.name}`;
        if (reported.has(key)) return;
        reported.add(key);
        report(
          resource,
          at,
          `allows names whose addresses Cilium never learns: no policy for the instances of ${cluster.name === "" ? "the Cluster" : cluster.called} has a rule with rules.dns. Add one to the rule for port 53.`,
          "unless elsewhere",
        );
      });
  },
});

const clustersOf = (stack: Stack) => [...judgedClusters(stack), ...absentClusters(stack)];
