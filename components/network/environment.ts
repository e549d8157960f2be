import { NetworkKind, NetworkPolicies } from "../args/network";
import { environmentObject } from "../environment/objectOf";
import type { NetworkPlan, PodRules } from "../plan/network";
import type { PlannedResource } from "../plan/object";
import { ciliumPolicy } from "./kinds/cilium";
import { kubernetesPolicy } from "./kinds/kubernetes";

/** The network policies as objects: they come after the namespaces and before the pods. */
export function networkResources({ policies, kind, rules }: NetworkPlan): PlannedResource[] {
  const allowing = rules.filter(({ allows }) => allows.length > 0);
  // What only denies comes last, and goes first: for a moment without the others it would cut a running database off.
  return [...allowing, ...rules.filter((rule) => !allowing.includes(rule))].map((rule) => {
    const { dependsOn = [], ...resource } = resourceOf(rule, kind, policies === NetworkPolicies.Enforce);
    const others = allowing.includes(rule)
      ? []
      : allowing.filter(({ namespace }) => namespace === rule.namespace);
    return { ...resource, dependsOn: [...dependsOn, ...others.map((other) => `network/${keyOf(other)}`)] };
  });
}

const keyOf = ({ namespace, name }: PodRules): string => `${namespace}/${name}`;

function resourceOf(rule: PodRules, kind: NetworkKind, denies: boolean): PlannedResource {
  const { namespace, name } = rule;
  const clusterwide = kind === NetworkKind.CiliumClusterwide;
  const [apiVersion, objectKind] = objects[kind];
  const builtIn = kind === NetworkKind.Kubernetes;
  return environmentObject({
    key: `network/${keyOf(rule)}`,
    ...(clusterwide ? { name: `${namespace}-${name}` } : { name, namespace }),
    apiVersion,
    kind: objectKind,
    body: { spec: builtIn ? kubernetesPolicy(rule) : ciliumPolicy(rule, denies, clusterwide) },
    builtIn,
  });
}

const objects: Readonly<Record<NetworkKind, readonly [apiVersion: string, kind: string]>> = {
  [NetworkKind.Kubernetes]: ["networking.k8s.io/v1", "NetworkPolicy"],
  [NetworkKind.Cilium]: ["cilium.io/v2", "CiliumNetworkPolicy"],
  [NetworkKind.CiliumClusterwide]: ["cilium.io/v2", "CiliumClusterwideNetworkPolicy"],
};
