import { POOLER } from "../core/cluster";
import { addTo } from "../core/grouped";
import {
  absentClusters,
  type Denial,
  denialOf,
  judgedClusters,
  networkPolicyTypes,
  notHere,
  operatorNamespaceOf,
  policyFinder,
} from "../core/networkFlows";
import { instanceNeeds, type Need } from "../core/networkNeeds";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-network-policy-flows",
  title:
    "Where network policies deny by default, a cluster's instances have the connections that CNPG needs.",
  severity: "high",
  tags: ["network", "availability"],
  why: "A policy that isolates the instances denies whatever no policy allows. Without the operator on port 8000, the API server, DNS, the other instances, the object store or GKE's metadata server a cluster looks broken or stops archiving, and nothing says that it is the network.",
  remedy:
    "Allow ingress from the operator to 8000 and from instances, poolers and applications to 5432; egress to DNS, the API server, the other instances, the object store, and on GKE to the metadata server. Select pods by the label cnpg.io/cluster.",
  url: "https://cloudnative-pg.io/documentation/current/networking/",
  types: networkPolicyTypes,
  parameters: {
    operatorNamespace: {
      type: "string",
      default: "cnpg-system",
      description:
        "Namespace of the operator, where no Helm release or Deployment among the resources tells.",
    },
  },
  judge({ stack, report, part, parameters }) {
    const find = policyFinder(stack);
    const operator = operatorNamespaceOf(stack, String(parameters.operatorNamespace));
    const poolers = poolersByCluster(stack.ofType(POOLER));
    for (const cluster of judgedClusters(stack))
      part(() => {
        const policies = find(cluster);
        if (policies.length === 0) return;
        const own = (poolers.get(cluster.name ?? "") ?? []).filter(
          (pooler) => pooler.namespace === cluster.namespace,
        );
        for (const need of instanceNeeds(cluster, own, operator, stack)) {
          const denial = denialOf(policies, cluster, need);
          if (denial === undefined) continue;
          const { policy, at, sure } = denial;
          report(policy.resource, at, `${cluster.called} ${lacks(need, denial)}`, sure);
        }
      });
    for (const cluster of absentClusters(stack))
      part(() => {
        const policies = find(cluster);
        for (const need of instanceNeeds(cluster, [], operator, stack)) {
          const denial = denialOf(policies, cluster, need);
          if (denial === undefined) continue;
          const { policy, at } = denial;
          report(policy.resource, at, `${notHere(cluster)} ${lacks(need, denial)}`, "advisory");
        }
      });
  },
});

const lacks = ({ called, without }: Need, { because, advice }: Denial): string =>
  `needs ${called}, ${because}: ${without}. ${advice}`;

function poolersByCluster(poolers: readonly Resource[]): Map<string, Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const pooler of poolers) {
    const name = known(() => pooler.view.partial("spec", "cluster", "name"));
    if (name !== undefined) addTo(found, name, pooler);
  }
  return found;
}
