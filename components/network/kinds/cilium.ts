import type { Allowance, Peer, PodPeer, PodRules } from "../../plan/network";

/** Cilium's label of a pod's namespace. */
const namespaceLabel = "io.kubernetes.pod.namespace";

/**
 * `spec` of a CiliumNetworkPolicy or a CiliumClusterwideNetworkPolicy (`cilium.io/v2`). A direction without any allowance is `[{}]`:
 * the agent refuses a policy that says nothing, and then nothing is isolated.
 *
 * @param denies whether what is not allowed is denied; otherwise it is only looked at
 */
export function ciliumPolicy(rules: PodRules, denies: boolean, clusterwide: boolean): object {
  const of = (direction: Allowance["direction"]) => {
    const found = rules.allows.filter((each) => each.direction === direction).flatMap(ruleOf);
    return found.length > 0 ? found : [{}];
  };
  return {
    endpointSelector: selector(
      {
        kind: "pods",
        labels: { ...rules.labels, ...(clusterwide && { [namespaceLabel]: rules.namespace }) },
        ...(rules.oneOf !== undefined && { oneOf: rules.oneOf }),
      },
      rules.without,
    ),
    enableDefaultDeny: { ingress: denies, egress: denies },
    ingress: of("ingress"),
    egress: of("egress"),
  };
}

/** Pods, addresses and the API server stand in rules of their own: within one rule they would have to hold together. */
function ruleOf({ direction, peers, ports }: Allowance): object[] {
  const [endpoints, ranges, entities] =
    direction === "ingress"
      ? (["fromEndpoints", "fromCIDRSet", "fromEntities"] as const)
      : (["toEndpoints", "toCIDRSet", "toEntities"] as const);
  const numbered = ports.filter(({ number }) => number !== undefined);
  const toPorts =
    numbered.length === 0
      ? {}
      : {
          toPorts: [{ ports: numbered.map(({ number, protocol }) => ({ port: String(number), protocol })) }],
        };
  const ofKind = <K extends Peer["kind"]>(kind: K) =>
    peers.filter((peer): peer is Extract<Peer, { kind: K }> => peer.kind === kind);
  const pods = ofKind("pods");
  const addresses = ofKind("addresses");
  return [
    ...(pods.length > 0
      ? [{ [endpoints]: pods.map((peer) => selector(peer, undefined, true)), ...toPorts }]
      : []),
    ...(addresses.length > 0
      ? [
          {
            [ranges]: addresses.map(({ cidr, except }) => ({
              cidr,
              ...(except !== undefined && { except }),
            })),
            ...toPorts,
          },
        ]
      : []),
    ...(ofKind("apiServer").length > 0 ? [{ [entities]: ["kube-apiserver"], ...toPorts }] : []),
  ];
}

/** @param peer whether it is one at the other end, where a namespace has to be said, or that it may be any */
function selector(
  { namespace, labels = {}, oneOf, having }: PodPeer,
  without?: string,
  peer = false,
): object {
  const all = { ...labels, ...(peer && namespace !== undefined && { [namespaceLabel]: namespace }) };
  const expressions = [
    ...(oneOf === undefined ? [] : [{ key: oneOf[0], operator: "In", values: oneOf[1] }]),
    ...(having === undefined ? [] : [{ key: having, operator: "Exists" }]),
    ...(without === undefined ? [] : [{ key: without, operator: "DoesNotExist" }]),
    ...(peer && namespace === undefined ? [{ key: namespaceLabel, operator: "Exists" }] : []),
  ];
  return {
    ...(Object.keys(all).length > 0 && { matchLabels: all }),
    ...(expressions.length > 0 && { matchExpressions: expressions }),
  };
}
