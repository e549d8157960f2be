import { CILIUM_CLUSTERWIDE_POLICY, NETWORK_POLICY, specsOf } from "./network";
import type { Resource } from "./resource";
import type { View } from "./view";

/** A selector of pods or namespaces in a policy. */
export interface PolicySelector {
  readonly at: View;
  /** `policy`: of the pods that the policy is for; `peer`: of the other end; `namespaces`: of namespaces of the other end. */
  readonly of: "policy" | "peer" | "namespaces";
  /** Whether it selects pods of the policy's own namespace alone. */
  readonly ownNamespace: boolean;
}

/** One place of a policy that says who the other end is, and its fields where it is no selector itself. */
export interface PolicyPeer {
  readonly at: View;
  readonly fields: readonly string[];
}

/** Every selector in a policy, as far as it is known. */
export function selectorsOf(policy: Resource): PolicySelector[] {
  const plain = policy.type === NETWORK_POLICY;
  const everywhere = policy.type === CILIUM_CLUSTERWIDE_POLICY;
  const own: PolicySelector[] = specsOf(policy).map((spec) => ({
    at: spec.at(plain ? "podSelector" : "endpointSelector"),
    of: "policy",
    ownNamespace: !everywhere,
  }));
  const others = plain
    ? peersOf(policy).flatMap(({ at }): PolicySelector[] => [
        { at: at.at("podSelector"), of: "peer", ownNamespace: !at.at("namespaceSelector").exists },
        { at: at.at("namespaceSelector"), of: "namespaces", ownNamespace: false },
      ])
    : endpointsOf(policy).map(
        (at): PolicySelector => ({ at, of: "peer", ownNamespace: !everywhere && !asksForNamespace(at) }),
      );
  return [...own, ...others].filter(({ at }) => at.exists);
}

/** The peers of a NetworkPolicy. */
export function peersOf(policy: Resource): PolicyPeer[] {
  if (policy.type !== NETWORK_POLICY) return [];
  const spec = policy.view.at("spec");
  return [
    ...spec.list("ingress").flatMap((rule) => rule.list("from")),
    ...spec.list("egress").flatMap((rule) => rule.list("to")),
  ].map((at) => ({ at, fields: ["podSelector", "namespaceSelector", "ipBlock"] }));
}

function endpointsOf(policy: Resource): View[] {
  return specsOf(policy).flatMap((spec) =>
    (["ingress", "egress", "ingressDeny", "egressDeny"] as const).flatMap((list) =>
      spec.list(list).flatMap((rule) => {
        const way = list.startsWith("ingress") ? "from" : "to";
        return [...rule.list(`${way}Endpoints`), ...rule.list(`${way}Requires`)];
      }),
    ),
  );
}

function asksForNamespace(selector: View): boolean {
  const expressions = selector.list("matchExpressions").flatMap((one) => one.text("key") ?? []);
  return [...selector.knownKeys("matchLabels"), ...expressions].some((key) =>
    /(^|:)io\.kubernetes\.pod\.namespace$|io\.cilium\.k8s\.namespace\.labels/.test(key),
  );
}
