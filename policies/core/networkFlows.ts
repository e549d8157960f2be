import { CLUSTER } from "./cluster";
import { addTo } from "./grouped";
import {
  type Allowance,
  CILIUM_CLUSTERWIDE_POLICY,
  CILIUM_POLICY,
  type Direction,
  NETWORK_POLICY,
  type NetworkPolicy,
  podSelectorOf,
  readPolicies,
} from "./network";
import { labelledAs, OPERATOR_LABEL } from "./networkConcern";
import { labelsOfNamespace, type Target } from "./networkPeers";
import { known, Resource } from "./resource";
import { clusterIn, type Labels, labels, requirementsOf } from "./selector";
import type { Stack } from "./stack";
import type { View } from "./view";

export const networkPolicyTypes = [NETWORK_POLICY, CILIUM_POLICY, CILIUM_CLUSTERWIDE_POLICY];

/** Policies that can let through what others deny, and are not read here. */
const otherPolicies = [
  "NetworkPolicy.crd.projectcalico.org",
  "NetworkPolicy.projectcalico.org",
  "GlobalNetworkPolicy.crd.projectcalico.org",
  "GlobalNetworkPolicy.projectcalico.org",
  "AdminNetworkPolicy.policy.networking.k8s.io",
  "ClusterNetworkPolicy.policy.networking.k8s.io",
  "ClusterNetworkPolicy.crd.antrea.io",
];

/** A connection that a pod of a cluster needs. */
export interface Flow {
  readonly direction: Direction;
  /** The pod that is judged: whoever it is connects to the target, or is connected to by it. */
  readonly pod: Labels;
  readonly target: Target;
}

/** Finds the policies that may concern the pods of a cluster, without looking at all of them for each. */
export function policyFinder(stack: Stack): (cluster: Resource) => NetworkPolicy[] {
  if (otherPolicies.some((type) => stack.ofType(type).length > 0)) return () => [];
  const general = new Map<string, Resource[]>();
  const ofCluster = new Map<string, Resource[]>();
  // One of all namespaces is asked about every cluster, and read once.
  const done = new Map<Resource, NetworkPolicy[]>();
  const read = (resource: Resource): NetworkPolicy[] => {
    const policies = done.get(resource) ?? readPolicies(resource);
    done.set(resource, policies);
    return policies;
  };
  for (const type of networkPolicyTypes)
    for (const resource of stack.ofType(type)) {
      const named = known(() => clusterIn(requirementsOf(podSelectorOf(resource))));
      const everywhere = type === CILIUM_CLUSTERWIDE_POLICY;
      const [index, key] =
        named === undefined ? [general, everywhere ? "*" : (resource.namespace ?? "")] : [ofCluster, named];
      addTo(index, key, resource);
    }
  return (cluster) => {
    const own = (ofCluster.get(cluster.name ?? "") ?? []).filter(
      (policy) =>
        policy.type === CILIUM_CLUSTERWIDE_POLICY ||
        policy.namespace === undefined ||
        cluster.namespace === undefined ||
        policy.namespace === cluster.namespace,
    );
    const shared = new Set([cluster.namespace ?? "", "", "*"]);
    return [...own, ...[...shared].flatMap((key) => general.get(key) ?? [])].flatMap(read);
  };
}

/** What denies a connection. */
export interface Denial {
  readonly policy: NetworkPolicy;
  /** Where that stands in its resource. */
  readonly at: View;
  /** Such as "and no policy allows it". */
  readonly because: string;
  /** What to do, as a sentence. */
  readonly advice: string;
  /** Another policy can allow what none allows, and nothing what one forbids. */
  readonly sure: "unless elsewhere" | undefined;
}

/** What denies a connection; undefined where a policy lets it through, or where that is not certain. */
export function denialOf(
  policies: readonly NetworkPolicy[],
  cluster: Resource,
  { direction, pod, target }: Flow,
): Denial | undefined {
  const selecting = policies.filter((policy) => isFor(policy, cluster) && policy.selects(pod) === "yes");
  for (const policy of selecting) {
    const forbidding = policy.denies[direction].find((rule) => rule.forbids(target, direction));
    if (forbidding !== undefined)
      return {
        policy,
        at: forbidding.at,
        because: "and this rule denies it, which goes before every rule that allows",
        advice: "Narrow the rule, or take it out.",
        sure: undefined,
      };
  }
  const isolating = selecting.find((policy) => policy.isolates[direction]);
  if (isolating === undefined) return undefined;
  const allowed = policies.some(
    (policy) =>
      policy.selects(pod) !== "no" && policy.allows[direction].some((rule) => lets(rule, target, direction)),
  );
  if (allowed) return undefined;
  return {
    policy: isolating,
    at: isolating.at[direction],
    because: "and no policy allows it",
    advice: "Add a rule for it.",
    sure: "unless elsewhere",
  };
}

/** Whether a policy is surely for the namespace of a cluster. */
export function isFor({ resource }: NetworkPolicy, cluster: Resource): boolean {
  if (resource.type === CILIUM_CLUSTERWIDE_POLICY) return true;
  if (resource.namespace !== cluster.namespace) return false;
  if (cluster.namespace !== undefined) return true;
  // Without a namespace in either, what is in one file or speaks of the cluster belongs together.
  const { file } = cluster.origin;
  if (file !== undefined && file === resource.origin.file) return true;
  return requirementsOf(podSelectorOf(resource)).some(({ key }) => key === "cnpg.io/cluster");
}

function lets({ peers, ports }: Allowance, target: Target, direction: Direction): boolean {
  const onPort =
    ports === undefined ||
    ports.some(({ protocol, from, to }) => {
      if (protocol !== "ANY" && protocol !== target.protocol) return false;
      if (from === undefined) return true;
      // A port's name is the one in the pod that is connected to; of pods of others it is not known.
      if (typeof from === "string")
        return (
          direction === "egress" || from.toLowerCase() === target.portName || target.portName === undefined
        );
      return target.ports.some((port) => port >= from && port <= to);
    });
  return onPort && (peers === undefined || peers.some((could) => could(target)));
}

/** Labels of a cluster's instances. */
export function instanceLabels(cluster: Resource): Labels {
  return podLabels(cluster, { "cnpg.io/podRole": "instance", "cnpg.io/instanceRole": null, role: null });
}

/** Labels of the jobs that create, restore and join a cluster's instances: they have no `cnpg.io/podRole`. */
export function jobLabels(cluster: Resource): Labels {
  return podLabels(cluster, { "cnpg.io/jobRole": null });
}

function podLabels(cluster: Resource, own: Readonly<Record<string, string | null>>): Labels {
  const name = cluster.name ?? null;
  const fixed: Record<string, string | null> = {
    "cnpg.io/cluster": name,
    "cnpg.io/instanceName": null,
    "app.kubernetes.io/name": "postgresql",
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/component": "database",
    "app.kubernetes.io/managed-by": "cloudnative-pg",
    "app.kubernetes.io/version": null,
    ...own,
  };
  // The operator can be told to hand the cluster's own labels down; what a pod ends up with is not certain then.
  for (const key of cluster.view.keys("metadata", "labels"))
    if (!Object.hasOwn(fixed, key)) fixed[key] = null;
  for (const key of cluster.view.keys("spec", "inheritedMetadata", "labels"))
    fixed[key] = Object.hasOwn(fixed, key)
      ? null
      : (cluster.view.scalar("spec", "inheritedMetadata", "labels", key) ?? null);
  return labels(fixed);
}

/** Another pod of the same namespace. */
export function neighbour(cluster: Resource, pod: Labels, port: number, portName: string): Target {
  const { namespace } = cluster;
  return {
    kind: "pod",
    labels: pod,
    namespace,
    ownNamespace: true,
    protocol: "TCP",
    ports: [port],
    portName,
  };
}

/** The operator's pod, which is in a namespace of its own, as a rule. */
export function operatorTarget(
  cluster: Resource,
  operatorNamespace: string | undefined,
  stack: Stack,
): Target {
  const own =
    operatorNamespace === undefined || cluster.namespace === undefined
      ? undefined
      : cluster.namespace === operatorNamespace;
  const [object] = operatorNamespace === undefined ? [] : stack.allNamed("Namespace", operatorNamespace);
  return {
    kind: "pod",
    labels: labelledAs(OPERATOR_LABEL),
    namespaceLabels: object && labelsOfNamespace(object),
    ownNamespace: own,
    protocol: "TCP",
    ports: [8000],
    portName: "status",
  };
}

const CHART = /(^|\/)cloudnative-pg$/;

/** Where the operator is installed: what a chart among the resources says, or what is assumed; undefined if it may be anywhere. */
export function operatorNamespaceOf(stack: Stack, assumed: string): string | undefined {
  for (const [type, ...path] of [
    ["HelmRelease.helm.toolkit.fluxcd.io", "spec", "chart", "spec", "chart"],
    ["HelmChart.helm.cattle.io", "spec", "chart"],
    ["Application.argoproj.io", "spec", "source", "chart"],
    ["Release.helm.sh", "chart"],
  ] as const)
    for (const release of stack.ofType(type)) {
      const chart = known(() => release.view.text(...path));
      if (chart === undefined ? (release.name ?? "").includes("cloudnative-pg") : CHART.test(chart)) {
        const { view, namespace } = release;
        return known(
          () =>
            view.text("spec", "targetNamespace") ??
            view.text("spec", "destination", "namespace") ??
            view.text("namespace") ??
            namespace,
        );
      }
    }
  const deployed = stack
    .ofType("Deployment.apps")
    .find(
      (one) =>
        known(() => one.view.text("spec", "template", "metadata", "labels", "app.kubernetes.io/name")) ===
        "cloudnative-pg",
    );
  return deployed === undefined ? assumed : deployed.namespace;
}

/** Clusters to judge: those whose name is known. */
export function judgedClusters(stack: Stack): Resource[] {
  return stack.ofType(CLUSTER).filter(({ name }) => name !== undefined);
}

/**
 * Clusters that are not here, and whose pods policies select: as far as is known of them, their names and namespaces. None
 * where there are other Clusters, for then it is more likely that the policy selects nothing.
 */
export function absentClusters(stack: Stack): Resource[] {
  const found = new Map<string, Resource>();
  const present = new Set(stack.ofType(CLUSTER).map(({ namespace }) => namespace));
  for (const policy of networkPolicyTypes.flatMap((type) => stack.ofType(type))) {
    const required = known(() => requirementsOf(podSelectorOf(policy))) ?? [];
    const asked = required.filter(
      ({ key, operator }) => key.startsWith("cnpg.io/") && (operator === "In" || operator === "Exists"),
    );
    if (asked.length === 0) continue;
    const { namespace, origin, place } = policy;
    // Without a name: any one will do.
    const name = asked.find(({ key }) => key === "cnpg.io/cluster")?.values[0] ?? "";
    const everywhere = policy.type === CILIUM_CLUSTERWIDE_POLICY || namespace === undefined;
    const instead = everywhere ? present.size > 0 : present.has(namespace) || present.has(undefined);
    if (instead || stack.allNamed(CLUSTER, name).length > 0) continue;
    const metadata = { name, ...(namespace !== undefined && { namespace }) };
    const key = `${namespace ?? ""}/${name}`;
    if (!found.has(key)) found.set(key, new Resource({ type: CLUSTER, value: { metadata }, origin, place }));
  }
  return [...found.values()];
}

/** How a message begins on a Cluster that is not here. */
export const notHere = ({ name, called }: Resource): string =>
  name === ""
    ? "No Cluster is here whose pods this policy selects; as far as is known without, it"
    : `${called} is not here; as far as is known without, it`;
