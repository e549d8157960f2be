import type { NetworkPeerArgs } from "../args/network";
import type { Check } from "../check";
import type { AddressPeer, Peer, PodPeer, Port } from "../plan/network";
import { bad, good, labelKey, labelValue, namespaceName, type Parsed } from "../units";

export const tcp = (...numbers: number[]): Port[] => numbers.map((number) => ({ number, protocol: "TCP" }));

/** Pods of a namespace. */
export const pods = (namespace: string, labels?: PodPeer["labels"]): PodPeer => ({
  kind: "pods",
  namespace,
  ...(labels !== undefined && { labels }),
});

export const addresses = (...cidrs: string[]): AddressPeer[] =>
  cidrs.map((cidr) => ({ kind: "addresses", cidr }));

/** Addresses that are no private ones, and not of a link: those of pods, nodes and metadata servers are not among them. */
export const internet: readonly AddressPeer[] = [
  {
    kind: "addresses",
    cidr: "0.0.0.0/0",
    except: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  },
  { kind: "addresses", cidr: "::/0", except: ["fc00::/7", "fe80::/10"] },
];

/** Checks what settings say of who is at the other end. */
export function checkPeer(check: Check, { cidr, namespace, labels }: NetworkPeerArgs): void {
  check.require(
    cidr === undefined || (namespace === undefined && labels === undefined),
    "cidr",
    cidr,
    "remove it, or namespace and labels: it is addresses, or pods",
  );
  check.parse("namespace", namespace, namespaceName);
  for (const [name, value] of Object.entries(labels ?? {})) {
    const at = check.at("labels");
    at.require(labelKey.test(name), name, name, "a label key such as app or app.kubernetes.io/name");
    at.parse(name, value, labelValue);
  }
  check.parse("cidr", cidr, cidrOf);
}

/** Who is at the other end, as settings say it: pods of a namespace of their own, or of this one. */
export const peerOf = ({ cidr, namespace: own, labels }: NetworkPeerArgs, namespace: string): Peer =>
  cidr === undefined ? pods(own ?? namespace, labels) : { kind: "addresses", cidr };

/** A range of addresses, as Kubernetes and Cilium take it: of a network, without bits of a host. */
export function cidrOf(text: string): Parsed<string> {
  const ip: typeof import("ipaddr.js") = require("ipaddr.js");
  const example = "a range of addresses such as 10.8.0.0/16, or of one, 10.8.0.7/32";
  if (!ip.isValidCIDR(text) || !/^[0-9a-f.:]+\/\d+$/i.test(text)) return bad(example);
  const [address, bits] = ip.parseCIDR(text);
  const of = address.kind() === "ipv4" ? ip.IPv4 : ip.IPv6;
  const network = of.networkAddressFromCIDR(text).toString();
  if (address.kind() === "ipv4" && text.split("/")[0]?.split(".").length !== 4) return bad(example);
  if (network !== address.toString()) return bad(`${network}/${bits}, the network that it is in`);
  if (bits === 0) return bad("a narrower range: this one is every address");
  return address.range() === "loopback" ? bad("another address: this one is each pod itself") : good(text);
}
