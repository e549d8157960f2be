import { CLUSTER } from "./cluster";
import { CILIUM_CLUSTERWIDE_POLICY, podSelectorOf } from "./network";
import { known, type Resource } from "./resource";
import { type Labels, labels, requirementsOf } from "./selector";
import type { Stack } from "./stack";
import type { View } from "./view";

/** What tells the operator's pods, by CloudNativePG's manifest and by its chart. */
export const OPERATOR_LABEL = ["app.kubernetes.io/name", "cloudnative-pg"] as const;

/** What tells the Barman Cloud plugin's pods: by its manifest, and by its chart. */
export const PLUGIN_LABELS = [
  ["app", "barman-cloud"],
  ["app.kubernetes.io/name", "plugin-barman-cloud"],
] as const;

/** Labels of a pod that is told by one of them, and is none of a cluster. */
export const labelledAs = ([key, value]: readonly [string, string]): Labels => ({
  ...labels({ [key]: value }, true),
  never: "cnpg.io/",
});

/** Whether a selector asks for a label with this value. */
export function asksFor(selector: View, [key, value]: readonly [string, string]): boolean {
  return (
    known(() => requirementsOf(selector))?.some(
      (one) => one.key === key && one.operator === "In" && one.values.includes(value),
    ) === true
  );
}

/** Tells whether a policy is for pods of CNPG: it says so, or is for all pods of a namespace with a Cluster. */
export function concernsCnpg(stack: Stack): (policy: Resource) => boolean {
  const clusters = stack.ofType(CLUSTER);
  const withClusters = new Set(clusters.flatMap(({ namespace }) => namespace ?? []));
  return (policy) => {
    if (/cnpg|cloudnative-?pg/.test(`${policy.name} ${policy.namespace}`)) return true;
    const selector = podSelectorOf(policy);
    const required = requirementsOf(selector);
    if (required.some(({ key }) => key.startsWith("cnpg.io/"))) return true;
    if ([OPERATOR_LABEL, ...PLUGIN_LABELS].some((label) => asksFor(selector, label))) return true;
    if (required.length > 0) return false;
    return policy.type === CILIUM_CLUSTERWIDE_POLICY
      ? clusters.length > 0
      : withClusters.has(policy.namespace ?? "");
  };
}
