import { known, type Resource } from "./resource";
import { type Labels, labels, meets, type Requirement } from "./selector";

/** The other end of a connection of a pod. */
export interface Target {
  /**
   * `pod`: one whose labels are known; `api`: the API server of Kubernetes; `service`: an object store in the cluster or
   * near it; `internet`: one outside; `metadata`: the metadata server of GKE; `anyone`: whoever it is.
   */
  readonly kind: "pod" | "dns" | "api" | "service" | "internet" | "metadata" | "anyone";
  /** Of a store: its name, where it is known. */
  readonly host?: string;
  /** Of a pod. */
  readonly labels?: Labels;
  /** Of a pod: its namespace; undefined if it is not known. */
  readonly namespace?: string | undefined;
  /** Of a pod: labels of its namespace, where they are known. */
  readonly namespaceLabels?: Labels | undefined;
  /** Of a pod: whether that is the namespace of the policy; undefined if it is not known. */
  readonly ownNamespace?: boolean | undefined;
  readonly protocol: "TCP" | "UDP";
  /** Any of them will do. */
  readonly ports: readonly number[];
  /** How the port is called in the pod that is connected to. */
  readonly portName?: string;
}

/** Whether a peer of a rule could be the other end. False only where that is certain. */
export type Peer = (target: Target) => boolean;

const METADATA_SERVERS = ["169.254.169.254", "169.254.169.252"];

/** Pods by their labels; `own` stands for the policy's namespace. */
export function podPeer(
  required: readonly Requirement[],
  namespaces: readonly Requirement[] | "own",
  cilium = false,
): Peer {
  const { inNamespace, ofPod } = splitNamespace(required);
  // Cilium has the namespace among the labels, and without it means its own.
  const anywhere = cilium && inNamespace.length > 0 ? inNamespace : namespaces;
  return ({ kind, labels, namespace, namespaceLabels, ownNamespace }) => {
    if (kind === "anyone") return true;
    if (kind === "internet" || kind === "metadata") return false;
    // In some networks a selector finds pods of the host's network too, which API servers often are.
    if (kind === "api")
      return anywhere !== "own" && inKubeSystem(anywhere) && meets(ofPod, apiServer) !== "no";
    if (kind === "dns") return (anywhere !== "own" || namespace === "kube-system") && !ofCnpg(ofPod);
    if (kind === "service") return !ofCnpg(ofPod) && !ofPod.some(({ key }) => key === "k8s-app");
    if (anywhere === "own") {
      if (ownNamespace === false) return false;
    } else if (meets(anywhere, namespaceLabels ?? labelsByName(namespace)) === "no") return false;
    return labels === undefined || meets(ofPod, labels) !== "no";
  };
}

/** Addresses. Whether a pod's address can be among them differs from Kubernetes' own policies to Cilium's. */
export function fromCidr(cidr: string, except: readonly string[], pods: boolean): Peer {
  const range = rangeOf(cidr);
  return ({ kind }) => {
    if (kind === "anyone") return true;
    // What can't be read, such as IPv6, may be anything.
    if (range === undefined) return kind !== "pod" || pods;
    if (kind === "metadata")
      return METADATA_SERVERS.some(
        (address) => contains(cidr, address) && !except.some((one) => contains(one, address)),
      );
    if (kind === "dns") return true;
    const linkLocal = cidr.startsWith("169.254.");
    return kind === "pod" ? pods && !linkLocal && range.bits <= 30 : !linkLocal;
  };
}

/**
 * A name, or a pattern of names, as Cilium's `toFQDNs` has it: the addresses that pods looked up by it. Pods have the API server's
 * address from their environment, and look up no name for it.
 */
export function fromName(pattern: string): Peer {
  const name = pattern.toLowerCase().replace(/\.$/, "");
  // A bucket may stand before a store's host.
  const matchers = [name, name.replace(/^\*\./, "")].map((each) => {
    const parts = each.split("*").map((part) => part.replaceAll(/[.+^${}()|[\]\\?]/g, "\\$&"));
    return new RegExp(`^${parts.join("[-a-z0-9_.]*")}$`);
  });
  return ({ kind, host }) => {
    if (kind === "anyone") return true;
    if (kind !== "internet" && kind !== "service") return false;
    return host === undefined || matchers.some((matcher) => matcher.test(host));
  };
}

/** Cilium's words for what is where. */
export function fromEntity(entity: string): Peer {
  return ({ kind }) => {
    if (kind === "anyone" || entity === "all") return true;
    if (entity === "world" || entity.startsWith("world-"))
      return ["internet", "api", "metadata", "service"].includes(kind);
    if (entity === "cluster") return kind !== "internet";
    if (entity === "host" || entity === "remote-node")
      return ["api", "metadata", "dns", "service"].includes(kind);
    if (entity === "kube-apiserver") return kind === "api";
    return entity === "unmanaged" && kind !== "internet";
  };
}

/** What kubeadm puts on API servers; others have labels of their own. */
const apiServer: Labels = { known: new Map([["component", "kube-apiserver"]]), open: true };

function isNamespaceKey(key: string): boolean {
  return key === "io.kubernetes.pod.namespace" || key.startsWith("io.cilium.k8s.namespace.labels");
}

/** What a selector of Cilium asks of the namespace, and what of the pod. */
export function splitNamespace(
  required: readonly Requirement[],
): Record<"inNamespace" | "ofPod", Requirement[]> {
  return {
    inNamespace: required.filter(({ key }) => isNamespaceKey(key)),
    ofPod: required.filter(({ key }) => !isNamespaceKey(key)),
  };
}

/** Labels of a namespace by its name: what is not known may be there. */
export function labelsByName(namespace: string | undefined): Labels {
  const name = namespace ?? undefined;
  return {
    known: new Map([
      ["kubernetes.io/metadata.name", name],
      ["io.kubernetes.pod.namespace", name],
      ["io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name", name],
    ]),
    open: true,
  };
}

/** Labels of a namespace whose object is there, other than its name. Cilium has them with a beginning of its own. */
export function labelsOfNamespace({ view }: Resource): Labels | undefined {
  const own = known(() => view.keys("metadata", "labels"));
  if (own === undefined) return undefined;
  const found: Record<string, string | null> = {};
  for (const key of [...own, "kubernetes.io/metadata.name"]) {
    const value =
      key === "kubernetes.io/metadata.name" ? null : known(() => view.scalar("metadata", "labels", key));
    found[key] = value ?? null;
    found[`io.cilium.k8s.namespace.labels.${key}`] = value ?? null;
  }
  return labels({ ...found, "io.kubernetes.pod.namespace": null });
}

function inKubeSystem(namespaces: readonly Requirement[]): boolean {
  return ["kube-system", "default"].some((name) => meets(namespaces, labelsByName(name)) !== "no");
}

function ofCnpg(required: readonly Requirement[]): boolean {
  return required.some(({ key, operator }) => key.startsWith("cnpg.io/") && operator !== "DoesNotExist");
}

function rangeOf(cidr: string): { start: number; bits: number } | undefined {
  const [, address, bits] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(cidr) ?? [];
  return address === undefined ? undefined : { start: toNumber(address), bits: Number(bits ?? 32) };
}

function contains(cidr: string, address: string): boolean {
  const range = rangeOf(cidr);
  if (range === undefined) return false;
  const size = 2 ** (32 - range.bits);
  return Math.floor(range.start / size) === Math.floor(toNumber(address) / size);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
