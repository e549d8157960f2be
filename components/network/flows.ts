import type { NetworkPlan, Peer, Port } from "../plan/network";

/** A line of what policies allow. */
export interface AllowedFlow {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  readonly why: string;
  /** The policy that allows it. */
  readonly policy: string;
}

/** What the policies of a plan allow, in words, in the order of the policies. */
export function allowedFlows({ rules }: NetworkPlan): AllowedFlow[] {
  return rules.flatMap(({ namespace, name, of, allows }) =>
    allows.map(({ direction, peers, ports, why }) => {
      const other = peers.map(inWords).join(", ");
      const [from, to] = direction === "ingress" ? [other, of] : [of, other];
      return { from, to, ports: ports.map(portInWords).join(", "), why, policy: `${namespace}/${name}` };
    }),
  );
}

function inWords(peer: Peer): string {
  if (peer.kind === "apiServer") return "the API server";
  if (peer.kind === "addresses")
    return peer.except === undefined
      ? peer.cidr
      : `addresses that are not private${peer.cidr.includes(":") ? " (IPv6)" : ""}`;
  const { namespace, labels = {}, oneOf, having } = peer;
  const said = [
    ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
    ...(oneOf === undefined ? [] : [`${oneOf[0]} in (${oneOf[1].join(", ")})`]),
    ...(having === undefined ? [] : [having]),
  ];
  const where = namespace === undefined ? "any namespace" : `namespace ${namespace}`;
  return said.length === 0 ? `all pods of ${where}` : `pods ${said.join(", ")} of ${where}`;
}

const portInWords = ({ number, protocol }: Port): string =>
  number === undefined ? `any ${protocol}` : `${number}${protocol === "UDP" ? "/UDP" : ""}`;
