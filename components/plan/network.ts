import type { NetworkKind, NetworkPolicies } from "../args/network";

/** Pods of a namespace; without one, of all. */
export interface PodPeer {
  readonly kind: "pods";
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** A label and the values of which it has one. */
  readonly oneOf?: readonly [label: string, values: readonly string[]];
  /** A label that they have, whatever its value is. */
  readonly having?: string;
}

/** A range of addresses, and what of it is left out. */
export interface AddressPeer {
  readonly kind: "addresses";
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** The API server: Cilium knows it, other policies know its addresses. */
export interface ApiServerPeer {
  readonly kind: "apiServer";
  readonly cidrs: readonly string[];
}

/** Who is at the other end. */
export type Peer = PodPeer | AddressPeer | ApiServerPeer;

/** A port; without a number, all of the protocol. */
export interface Port {
  readonly number?: number;
  readonly protocol: "TCP" | "UDP";
}

/** Something that pods may do, or that others may do to them. */
export interface Allowance {
  readonly direction: "ingress" | "egress";
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
  /** What it is for, as a person is told. */
  readonly why: string;
}

/** What some pods of a namespace may do: everything else is denied. */
export interface PodRules {
  readonly name: string;
  readonly namespace: string;
  /** Whom it is about, in words. */
  readonly of: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly oneOf?: PodPeer["oneOf"];
  /** A label that the pods don't have. */
  readonly without?: string;
  readonly allows: readonly Allowance[];
}

/** Network policies, decided. */
export interface NetworkPlan {
  readonly policies: NetworkPolicies;
  readonly kind: NetworkKind;
  readonly rules: readonly PodRules[];
}
