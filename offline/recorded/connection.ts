/** A pod at one end of a connection; what a record does not say of it is absent. */
export interface RecordedPod {
  readonly namespace: string;
  readonly name?: string;
  /** Absent where nobody knows them. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** One end of a recorded connection. */
export interface End {
  readonly address?: string;
  readonly pod?: RecordedPod;
  /** Whether it is the API server, as Cilium knows it; absent where nobody asked Cilium. */
  readonly apiServer?: boolean;
  /** The pod's own node, whose kubelet every policy lets in. */
  readonly host?: boolean;
  /** A node, this one or another: Cilium knows it as such, and does not look at its address. */
  readonly node?: boolean;
  /** What Cilium has inside the cluster beside pods and nodes, such as its own ingress: it never looks at its address. */
  readonly inside?: boolean;
  /** The Service whose address it is: policies see the pod behind it. */
  readonly service?: string;
  /** Pods that were listed with its address, where they are several: nobody knows which it is. */
  readonly among?: readonly RecordedPod[];
  /** What it is called for a person: a workload, or a name that was looked up. */
  readonly called?: string;
}

/** A connection that was recorded, from the one who began it. */
export interface Connection {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** Why a record is no connection that policies judge. */
export type Skipped =
  | "a reply"
  | "neither TCP nor UDP"
  | "looked at before an address was translated"
  | "of a connection whose begin was not recorded"
  | "no flow";

/** From here on ports are those from which clients connect. */
const EPHEMERAL = 32_768;

/** Whether a packet looks like an answer by its ports: from one that is listened at to a client's. */
export const answers = (from: number | undefined, to: number): boolean =>
  to >= EPHEMERAL && from !== undefined && from < EPHEMERAL;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The map under a key; empty where there is none. */
export const mapAt = (value: unknown, key: string): Readonly<Record<string, unknown>> => {
  const inner = isRecord(value) ? value[key] : undefined;
  return isRecord(inner) ? inner : {};
};

/** The text under a key; undefined where there is none, or an empty one. */
export const textAt = (value: unknown, key: string): string | undefined => {
  const inner = isRecord(value) ? value[key] : undefined;
  return typeof inner === "string" && inner !== "" ? inner : undefined;
};

/** The number under a key, which JSON of a 64-bit one has as text. */
export const numberAt = (value: unknown, key: string): number | undefined => {
  const inner = isRecord(value) ? value[key] : undefined;
  const number = typeof inner === "string" ? Number(inner) : inner;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};

/** An address of IPv4 that is written as one of IPv6 may be, as itself. */
export const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
