import { surePeer } from "./networkDeny";
import { fromCidr, fromEntity, fromName, type Peer, podPeer, type Target } from "./networkPeers";
import type { Resource } from "./resource";
import { type Labels, meets, requirementsOf, type Verdict } from "./selector";
import type { View } from "./view";

export const NETWORK_POLICY = "NetworkPolicy.networking.k8s.io";
export const CILIUM_POLICY = "CiliumNetworkPolicy.cilium.io";
export const CILIUM_CLUSTERWIDE_POLICY = "CiliumClusterwideNetworkPolicy.cilium.io";

export const directions = ["ingress", "egress"] as const;
export type Direction = (typeof directions)[number];

/** What a rule of a policy lets through. */
export interface Allowance {
  /** From or to whom; undefined for everybody. */
  readonly peers: readonly Peer[] | undefined;
  /** On which ports; undefined for every one. */
  readonly ports: readonly PortRange[] | undefined;
  /** Whether it is to names alone. */
  readonly byName?: boolean;
}

/** A rule of Cilium that denies, whatever another one allows. */
export interface Prohibition {
  readonly at: View;
  /** True only where it is certain. */
  forbids(target: Target, direction: Direction): boolean;
}

export interface PortRange {
  readonly protocol: string;
  /** First port; a name where it is one; undefined for every port of the protocol. */
  readonly from: number | string | undefined;
  readonly to: number;
}

/** One policy as both kinds say it. */
export interface NetworkPolicy {
  readonly resource: Resource;
  /** Of the pods that it is for. */
  readonly selector: View;
  /** Where its rules for a direction are. */
  readonly at: Readonly<Record<Direction, View>>;
  /** Whether it takes a direction of the pods that it selects from "everything" to "only what is allowed". */
  readonly isolates: Readonly<Record<Direction, boolean>>;
  readonly allows: Readonly<Record<Direction, readonly Allowance[]>>;
  readonly denies: Readonly<Record<Direction, readonly Prohibition[]>>;
  /** Of Cilium: where egress is allowed to names, which its DNS proxy has to see looked up. */
  readonly toNames: readonly View[];
  /** Of Cilium: whether it sends what its pods look up through the DNS proxy. */
  readonly seesLookups: boolean;
  selects(labels: Labels): Verdict;
}

/**
 * Reads a policy; several for a Cilium policy with `specs`, none for one that Cilium refuses. Throws `Undecided` for what is
 * not known yet.
 */
export function readPolicies(resource: Resource): NetworkPolicy[] {
  if (resource.type === NETWORK_POLICY) return [readPlain(resource)];
  if (refusedPart(resource) !== undefined) return [];
  // Policies for nodes have a nodeSelector, and no pod is concerned.
  return specsOf(resource)
    .filter((spec) => !spec.at("nodeSelector").exists)
    .map((spec) => readCilium(resource, spec));
}

/** The specs of a policy: of Cilium's it may have several. */
export function specsOf({ type, view }: Resource): View[] {
  const several = type === NETWORK_POLICY ? [] : view.list("specs");
  return [view.at("spec"), ...several].filter(({ exists }) => exists);
}

/** Where rules of a Cilium policy stand; one without any rule at all is refused, whatever `enableDefaultDeny` says. */
const ruleLists = ["ingress", "egress", "ingressDeny", "egressDeny"] as const;

/** The spec for which Cilium refuses the whole policy, so that it isolates nothing: it has no rule in any direction. */
export function refusedPart(resource: Resource): View | undefined {
  if (resource.type === NETWORK_POLICY) return undefined;
  return specsOf(resource).find((spec) => ruleLists.every((list) => spec.list(list).length === 0));
}

/** The selector of the pods that a policy is for; of its first spec, where it has several. */
export function podSelectorOf(resource: Resource): View {
  const [spec = resource.view.at("spec")] = specsOf(resource);
  return spec.at(resource.type === NETWORK_POLICY ? "podSelector" : "endpointSelector");
}

function readPlain(resource: Resource): NetworkPolicy {
  const spec = resource.view.at("spec");
  const types = spec.texts("policyTypes");
  // Without policyTypes ingress is isolated always, and egress if there are rules for it.
  const isolated = {
    ingress: types.length === 0 || types.includes("Ingress"),
    egress: types.length === 0 ? spec.list("egress").length > 0 : types.includes("Egress"),
  };
  const rules = (direction: Direction): Allowance[] =>
    spec.list(direction).map((rule) => {
      const peers = rule.list(direction === "ingress" ? "from" : "to");
      const ports = rule.list("ports");
      return {
        peers: peers.length === 0 ? undefined : peers.map(plainPeer),
        ports: ports.length === 0 ? undefined : ports.map((port) => portRange(port, "TCP")),
      };
    });
  const selector = spec.at("podSelector");
  const required = requirementsOf(selector);
  return {
    resource,
    selector,
    at: { ingress: spec.at("ingress"), egress: spec.at("egress") },
    isolates: isolated,
    allows: {
      ingress: isolated.ingress ? rules("ingress") : [],
      egress: isolated.egress ? rules("egress") : [],
    },
    denies: { ingress: [], egress: [] },
    toNames: [],
    seesLookups: false,
    selects: (labels) => meets(required, labels),
  };
}

function plainPeer(peer: View): Peer {
  const block = peer.at("ipBlock");
  if (block.exists) return fromCidr(block.text("cidr") ?? "", block.texts("except"), true);
  const namespaces = peer.at("namespaceSelector");
  return podPeer(
    requirementsOf(peer.at("podSelector")),
    namespaces.exists ? requirementsOf(namespaces) : "own",
  );
}

function readCilium(resource: Resource, spec: View): NetworkPolicy {
  const clusterwide = resource.type === CILIUM_CLUSTERWIDE_POLICY;
  const selector = spec.at("endpointSelector");
  const required = requirementsOf(selector);
  const isolates = (direction: Direction) => {
    const said = spec.flag("enableDefaultDeny", direction);
    // A section without a rule isolates nothing, other than with a plain NetworkPolicy.
    return said ?? spec.list(direction).length + spec.list(`${direction}Deny`).length > 0;
  };
  const rules = (direction: Direction) =>
    spec.list(direction).map((rule): Allowance => {
      const ports = ciliumPorts(rule);
      const peers = ciliumPeers(rule, direction === "ingress" ? "from" : "to", clusterwide);
      // A rule for ICMP alone lets through no port at all, and an empty one nobody.
      const everyPort = rule.at("icmps").exists || peers === undefined ? [] : undefined;
      return {
        peers,
        ports: ports ?? everyPort,
        byName: rule.list("toFQDNs").length > 0,
      };
    });
  return {
    resource,
    selector,
    at: { ingress: spec.at("ingress"), egress: spec.at("egress") },
    isolates: { ingress: isolates("ingress"), egress: isolates("egress") },
    allows: { ingress: rules("ingress"), egress: rules("egress") },
    denies: {
      ingress: prohibitions(spec, "ingress", clusterwide),
      egress: prohibitions(spec, "egress", clusterwide),
    },
    toNames: spec
      .list("egress")
      .flatMap((rule) => (rule.list("toFQDNs").length > 0 ? [rule.at("toFQDNs")] : [])),
    seesLookups: spec
      .list("egress")
      .some((rule) => rule.list("toPorts").some((one) => one.list("rules", "dns").length > 0)),
    selects: (labels) => meets(required, labels),
  };
}

/** The ports of a rule; undefined where it has none. */
function ciliumPorts(rule: View): PortRange[] | undefined {
  const toPorts = rule.list("toPorts");
  if (toPorts.length === 0) return undefined;
  return toPorts.flatMap((one) => one.list("ports").map((port) => portRange(port, "ANY")));
}

/** Rules that go before those that allow: https://docs.cilium.io/en/stable/security/policy/language/#deny-policies. */
function prohibitions(spec: View, direction: Direction, clusterwide: boolean): Prohibition[] {
  return spec.list(`${direction}Deny`).map((rule) => {
    const ports = ciliumPorts(rule);
    const isPeer = surePeer(rule, direction === "ingress" ? "from" : "to", clusterwide);
    const noPort = rule.at("icmps").exists || (ports === undefined && isPeer === undefined);
    return {
      at: rule,
      forbids(target, way) {
        if (isPeer?.(target) === false) return false;
        if (ports === undefined) return !noPort;
        return target.ports.every((port) => ports.some((range) => isSurely(range, port, target, way)));
      },
    };
  });
}

/** Whether a port is surely in a range. A name is one of the pod that is connected to. */
function isSurely({ protocol, from, to }: PortRange, port: number, target: Target, way: Direction): boolean {
  if (protocol !== "ANY" && protocol !== target.protocol) return false;
  if (typeof from === "string") return way === "ingress" && from.toLowerCase() === target.portName;
  return from === undefined || (port >= from && port <= to);
}

function ciliumPeers(rule: View, way: "from" | "to", clusterwide: boolean): Peer[] | undefined {
  const kinds = ["Endpoints", "Entities", "CIDR", "CIDRSet", "FQDNs", "Services", "Nodes", "Groups"];
  if (!kinds.some((kind) => rule.at(`${way}${kind}`).exists)) return undefined;
  const anything = (of: string) => rule.list(`${way}${of}`);
  return [
    ...anything("Endpoints").map((one) => podPeer(requirementsOf(one), clusterwide ? [] : "own", true)),
    ...rule.texts(`${way}Entities`).map(fromEntity),
    ...rule.texts(`${way}CIDR`).map((cidr) => fromCidr(cidr, [], false)),
    ...anything("CIDRSet").map((one) =>
      fromCidr(one.text("cidr") ?? "0.0.0.0/0", one.texts("except"), false),
    ),
    ...anything("FQDNs").map((one) => fromName(one.text("matchName") ?? one.text("matchPattern") ?? "*")),
    ...anything("Services").map(
      (): Peer =>
        ({ kind }) =>
          kind !== "internet" && kind !== "metadata",
    ),
    ...anything("Nodes").map(
      (): Peer =>
        ({ kind }) =>
          kind === "api" || kind === "metadata",
    ),
    ...anything("Groups").map(
      (): Peer =>
        ({ kind }) =>
          kind === "internet" || kind === "api",
    ),
  ];
}

function portRange(port: View, protocol: string): PortRange {
  const number = port.at("port").exists ? port.scalar("port") : undefined;
  const from =
    number === undefined || number === "0" ? undefined : /^\d+$/.test(number) ? Number(number) : number;
  return {
    protocol: port.text("protocol") ?? protocol,
    from,
    to: port.number("endPort") ?? (typeof from === "number" && from > 0 ? from : 65535),
  };
}
