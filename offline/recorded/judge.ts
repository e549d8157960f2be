import { BlockList, isIPv4, isIPv6 } from "node:net";
import { NetworkKind } from "../../components/args/network";
import type { Allowance, NetworkPlan, Peer, PodPeer, PodRules, Port } from "../../components/plan/network";
import { type Connection, type End, type RecordedPod, unmapped } from "./connection";

/** What policies that are in force say of a connection. */
export type Judgement =
  /** Neither end is a pod that has one of the stack's policies. */
  | { readonly verdict: "none of the stack's" }
  | { readonly verdict: "allowed"; readonly why: string }
  /** `by` has the policies that do not allow it, such as `orders/orders-db-postgres`. */
  | {
      readonly verdict: "denied";
      readonly direction: Allowance["direction"];
      readonly by: readonly string[];
      readonly of: string;
      /** Whether `destinations` allow every protocol. */
      readonly anyProtocol: boolean;
      /** What is not known of the pod, where other policies may be about it too. */
      readonly lacking?: string;
    }
  | { readonly verdict: "unknown"; readonly why: string };

type Answer = "yes" | "no" | "unknown";

const both = (answers: readonly Answer[]): Answer =>
  answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";

/**
 * Judges a connection by a plan's policies as if they were enforced: it has to be allowed out where its first end has policies, and in
 * where its second has. As Cilium and Dataplane V2 do it, ranges of addresses are for what is no pod.
 */
export function judgeConnection(
  plan: Pick<NetworkPlan, "rules" | "kind">,
  connection: Connection,
): Judgement {
  const { from, to } = connection;
  for (const [key, end] of [
    ["from", from],
    ["to", to],
  ] as const)
    if (end.among !== undefined) return judgeAmong(plan, connection, key, end.among);
  const sides = [
    judgeSide(plan, connection, "egress", from, to),
    judgeSide(plan, connection, "ingress", to, from),
  ];
  const found = (verdict: Judgement["verdict"]) => sides.find((side) => side.verdict === verdict);
  return (
    found("denied") ??
    found("unknown") ??
    found("allowed") ?? {
      verdict: "none of the stack's",
    }
  );
}

/** Of an end that is one of several pods it can't be told, unless the policies are about none of them. */
function judgeAmong(
  plan: Pick<NetworkPlan, "rules" | "kind">,
  connection: Connection,
  key: "from" | "to",
  pods: readonly RecordedPod[],
): Judgement {
  const { among, ...end } = connection[key];
  const judged = pods.map((pod) => judgeConnection(plan, { ...connection, [key]: { ...end, pod } }));
  return judged.every(({ verdict }) => verdict === "none of the stack's")
    ? { verdict: "none of the stack's" }
    : { verdict: "unknown", why: `several pods of --pods have the address ${end.address}` };
}

function judgeSide(
  { rules, kind }: Pick<NetworkPlan, "rules" | "kind">,
  connection: Connection,
  direction: Allowance["direction"],
  own: End,
  other: End,
): Judgement {
  const { pod } = own;
  if (pod === undefined || (direction === "ingress" && other.host === true))
    return { verdict: "none of the stack's" };
  const selecting = rules.map((rule) => [rule, selects(rule, pod)] as const).filter(([, is]) => is !== "no");
  const sure = selecting.filter(([, is]) => is === "yes").map(([rule]) => rule);
  const answers = selecting.flatMap(([rule, is]) =>
    rule.allows
      .filter((allowance) => allowance.direction === direction && atPort(allowance.ports, connection, kind))
      .map((allowance) => ({
        is: both([is, allowance.peers.map((peer) => meets(peer, other, kind)).reduce(either, "no")]),
        why: allowance.why,
      })),
  );
  const allowed = answers.find(({ is }) => is === "yes");
  if (allowed !== undefined) return { verdict: "allowed", why: allowed.why };
  if (selecting.length === 0) return { verdict: "none of the stack's" };
  if (sure.length === 0) return { verdict: "unknown", why: lacking(own) };
  // A Service leads to other ports too.
  if (other.service !== undefined) return { verdict: "unknown", why: lacking(other) };
  if (answers.some(({ is }) => is === "unknown"))
    return { verdict: "unknown", why: sure.length < selecting.length ? lacking(own) : lacking(other) };
  return {
    verdict: "denied",
    direction,
    by: sure.map(({ namespace, name }) => `${namespace}/${name}`),
    of: sure[0]?.of ?? "",
    anyProtocol: kind !== NetworkKind.Kubernetes,
    ...(sure.length < selecting.length && { lacking: lacking(own) }),
  };
}

const either = (a: Answer, b: Answer): Answer =>
  a === "yes" || b === "yes" ? "yes" : a === "unknown" || b === "unknown" ? "unknown" : "no";

const lacking = ({ pod, service, address, node }: End): string =>
  service !== undefined
    ? `${address} is the address of Service ${service}, and policies see the pod behind it`
    : node === true
      ? `${address} is a node's: Cilium looks at ranges of addresses for nodes only with policy-cidr-match-mode: nodes`
      : `the labels of pod ${pod === undefined ? address : `${pod.namespace}/${pod.name ?? "?"}`} are not known: say them by --pods`;

/** Whether a policy is for a pod. */
function selects(rule: PodRules, pod: RecordedPod): Answer {
  if (rule.namespace !== pod.namespace) return "no";
  const needs = Object.keys(rule.labels).length > 0 || rule.oneOf !== undefined || rule.without !== undefined;
  if (!needs) return "yes";
  if (pod.labels === undefined) return "unknown";
  const without = rule.without === undefined || !Object.hasOwn(pod.labels, rule.without);
  return without && hasLabels(rule, pod.labels) ? "yes" : "no";
}

interface Labelled {
  readonly labels?: PodPeer["labels"] | undefined;
  readonly oneOf?: PodPeer["oneOf"] | undefined;
  readonly having?: string;
}

function hasLabels({ labels = {}, oneOf, having }: Labelled, of: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(labels).every(([label, value]) => of[label] === value) &&
    (oneOf === undefined || oneOf[1].includes(of[oneOf[0]] ?? "")) &&
    (having === undefined || Object.hasOwn(of, having))
  );
}

/** Whether the other end is one that is allowed. */
function meets(peer: Peer, end: End, kind: NetworkKind): Answer {
  if (peer.kind === "pods") {
    const { pod } = end;
    if (pod === undefined) return end.service === undefined ? "no" : "unknown";
    if (peer.namespace !== undefined && peer.namespace !== pod.namespace) return "no";
    const needs =
      Object.keys(peer.labels ?? {}).length > 0 || peer.oneOf !== undefined || peer.having !== undefined;
    if (!needs) return "yes";
    if (pod.labels === undefined) return "unknown";
    return hasLabels(peer, pod.labels) ? "yes" : "no";
  }
  if (end.pod !== undefined) return "no";
  if (end.service !== undefined) return "unknown";
  if (peer.kind === "addresses") return inRanges(end, [peer.cidr], peer.except);
  // To a NetworkPolicy the API server is addresses like others. Cilium's entity is no address, but who has it where Cilium said nothing.
  if (kind === NetworkKind.Kubernetes) return inRanges(end, peer.cidrs);
  const { address, apiServer = address !== undefined && peer.cidrs.some((cidr) => within(cidr, address)) } =
    end;
  return apiServer ? "yes" : "no";
}

/** Whether a range of addresses is about an end that is no pod: Cilium's are about the world, and about nodes only where it is told so. */
function inRanges(
  { address, node, inside }: End,
  cidrs: readonly string[],
  except: readonly string[] = [],
): Answer {
  if (inside === true) return "no";
  if (address === undefined) return "unknown";
  const is = (cidr: string) => within(cidr, address);
  if (!cidrs.some(is) || except.some(is)) return "no";
  return node === true ? "unknown" : "yes";
}

const ranges = new Map<string, BlockList>();

function within(cidr: string, written: string): boolean {
  const address = unmapped(written);
  const [network = "", length = ""] = cidr.split("/");
  const family = isIPv6(network) ? "ipv6" : "ipv4";
  // For a BlockList every address of IPv4 is in ::/0 too.
  if (!(family === "ipv6" ? isIPv6(address) : isIPv4(address))) return false;
  let list = ranges.get(cidr);
  if (list === undefined) {
    list = new BlockList();
    list.addSubnet(network, Number(length), family);
    ranges.set(cidr, list);
  }
  return list.check(address, family);
}

/** Whether it goes to one of these ports. In Cilium's kinds all ports are those of every protocol. */
const atPort = (ports: readonly Port[], { port, protocol }: Connection, kind: NetworkKind): boolean =>
  ports.some((allowed) =>
    allowed.number === undefined
      ? kind !== NetworkKind.Kubernetes || allowed.protocol === protocol
      : allowed.number === port && allowed.protocol === protocol,
  );
