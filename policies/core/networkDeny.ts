import { labelsByName, type Peer, splitNamespace } from "./networkPeers";
import { meets, type Requirement, requirementsOf } from "./selector";
import type { View } from "./view";

/**
 * Who a rule of Cilium that denies is for: true only where that is certain, other than with rules that allow. Undefined for
 * everybody, where the rule does not say who.
 */
export function surePeer(rule: View, way: "from" | "to", clusterwide: boolean): Peer | undefined {
  const kinds = ["Endpoints", "Entities", "CIDR", "CIDRSet", "Services", "Nodes", "Groups", "Requires"];
  if (!kinds.some((kind) => rule.at(`${way}${kind}`).exists)) return undefined;
  // It narrows what the others say.
  if (rule.at(`${way}Requires`).exists) return () => false;
  const peers: Peer[] = [
    ...rule.list(`${way}Endpoints`).map((one) => surelyPods(requirementsOf(one), clusterwide ? [] : "own")),
    ...rule.texts(`${way}Entities`).map(surelyEntity),
    ...[
      ...rule.texts(`${way}CIDR`),
      ...rule
        .list(`${way}CIDRSet`)
        .flatMap((one) => (one.list("except").length === 0 ? (one.text("cidr") ?? []) : [])),
    ].map(
      (cidr): Peer =>
        ({ kind }) =>
          kind === "internet" && cidr === "0.0.0.0/0",
    ),
  ];
  return (target) => peers.some((isIt) => isIt(target));
}

function surelyPods(required: readonly Requirement[], namespaces: readonly Requirement[] | "own"): Peer {
  const { inNamespace, ofPod } = splitNamespace(required);
  const where = inNamespace.length > 0 ? inNamespace : namespaces;
  return ({ kind, labels, namespace, ownNamespace }) => {
    if (kind !== "pod" || labels === undefined || meets(ofPod, labels) !== "yes") return false;
    return where === "own" ? ownNamespace === true : meets(where, labelsByName(namespace)) === "yes";
  };
}

/** Cilium's words for what is where: https://docs.cilium.io/en/stable/security/policy/language/#entities-based. */
function surelyEntity(entity: string): Peer {
  return ({ kind }) => {
    if (entity === "all") return true;
    if (entity === "world") return kind === "internet";
    if (entity === "cluster") return kind === "pod";
    return entity === "kube-apiserver" && kind === "api";
  };
}
