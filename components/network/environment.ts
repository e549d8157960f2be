import { NetworkKind, NetworkPolicies } from "../args/network";
import type { NetworkPlan, PodRules } from "../plan/network";
import type { PlannedResource } from "../plan/object";
import { ciliumPolicy } from "./kinds/cilium";
import { kubernetesPolicy } from "./kinds/kubernetes";

/** The network policies as objects: they come after the namespaces and before the pods. */
export function networkResources({ policies, kind, rules }: NetworkPlan): PlannedResource[] {
  return rules.map((rule) => resourceOf(rule, kind, policies === NetworkPolicies.Enforce));
}

function resourceOf(rule: PodRules, kind: NetworkKind, denies: boolean): PlannedResource {
  const clusterwide = kind === NetworkKind.CiliumClusterwide;
  const key = `${rule.namespace}/${rule.name}`;
  const [apiVersion, objectKind] = objects[kind];
  return {
    key: `network/${key}`,
    name: `/network/${key}`,
    type: `kubernetes:${apiVersion}:${objectKind}`,
    inputs: {
      apiVersion,
      kind: objectKind,
      metadata: {
        name: clusterwide ? `${rule.namespace}-${rule.name}` : rule.name,
        ...(!clusterwide && { namespace: rule.namespace }),
        labels: { "app.kubernetes.io/part-of": "databases" },
      },
      spec:
        kind === NetworkKind.Kubernetes ? kubernetesPolicy(rule) : ciliumPolicy(rule, denies, clusterwide),
    },
    dependsOn: clusterwide ? [] : [`namespace/${rule.namespace}`],
    hooks: { advice: true, ...(kind !== NetworkKind.Kubernetes && { beforeCreate: ["servedKind"] }) },
  };
}

const objects: Readonly<Record<NetworkKind, readonly [apiVersion: string, kind: string]>> = {
  [NetworkKind.Kubernetes]: ["networking.k8s.io/v1", "NetworkPolicy"],
  [NetworkKind.Cilium]: ["cilium.io/v2", "CiliumNetworkPolicy"],
  [NetworkKind.CiliumClusterwide]: ["cilium.io/v2", "CiliumClusterwideNetworkPolicy"],
};
