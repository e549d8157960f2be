import type { Allowance, Peer, PodPeer, PodRules } from "../../plan/network";

/** NetworkPolicy (`networking.k8s.io/v1`): it denies what it does not allow, in both directions. */
export function kubernetesPolicy(rules: PodRules): object {
  const of = (direction: Allowance["direction"]) =>
    rules.allows.filter((each) => each.direction === direction);
  const ports = ({ ports }: Allowance) =>
    ports.map(({ number, protocol }) => ({ ...(number !== undefined && { port: number }), protocol }));
  const ingress = of("ingress").map((allowance) => ({
    from: allowance.peers.flatMap((peer) => peerOf(peer, rules.namespace)),
    ports: ports(allowance),
  }));
  const egress = of("egress").map((allowance) => ({
    to: allowance.peers.flatMap((peer) => peerOf(peer, rules.namespace)),
    ports: ports(allowance),
  }));
  return {
    podSelector: selector(rules.labels, rules.oneOf, rules.without),
    policyTypes: ["Ingress", "Egress"],
    ...(ingress.length > 0 && { ingress }),
    ...(egress.length > 0 && { egress }),
  };
}

function peerOf(peer: Peer, own: string): object[] {
  if (peer.kind === "apiServer") return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  if (peer.kind === "addresses") {
    const { cidr, except } = peer;
    return [{ ipBlock: { cidr, ...(except !== undefined && { except }) } }];
  }
  const { namespace, labels = {}, oneOf, having } = peer;
  const some = Object.keys(labels).length > 0 || oneOf !== undefined || having !== undefined;
  const within = namespace === undefined ? {} : { matchLabels: { "kubernetes.io/metadata.name": namespace } };
  return [
    {
      ...(namespace !== own && { namespaceSelector: within }),
      ...((some || namespace === own) && { podSelector: selector(labels, oneOf, undefined, having) }),
    },
  ];
}

function selector(
  labels: Readonly<Record<string, string>>,
  oneOf?: PodPeer["oneOf"],
  without?: string,
  having?: string,
): object {
  const expressions = [
    ...(oneOf === undefined ? [] : [{ key: oneOf[0], operator: "In", values: oneOf[1] }]),
    ...(having === undefined ? [] : [{ key: having, operator: "Exists" }]),
    ...(without === undefined ? [] : [{ key: without, operator: "DoesNotExist" }]),
  ];
  return {
    ...(Object.keys(labels).length > 0 && { matchLabels: labels }),
    ...(expressions.length > 0 && { matchExpressions: expressions }),
  };
}
