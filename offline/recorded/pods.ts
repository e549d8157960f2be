import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { type Connection, type End, isRecord, mapAt, type RecordedPod, textAt, unmapped } from "./connection";
import { RecordedFlowsError } from "./error";

/** Pods by their names. */
type Named = Map<string, RecordedPod>;

/** Pods as `kubectl get pods --all-namespaces --output json` lists them: whose labels and addresses records don't have. */
export class KnownPods {
  readonly #byName: Named = new Map();
  /** With two pods that may have an address, nobody knows whose it is. */
  readonly #live = new Map<string, Named>();
  /** Pods that have ended keep their address, which another one may have got since. */
  readonly #ended = new Map<string, Named>();
  /** Pods on their node's network: they have the node's address, and to policies are the node. */
  readonly #onNode = new Set<string>();
  readonly #nodes = new Set<string>();
  readonly #nodeOf = new Map<string, readonly string[]>();

  /**
   * Adds the pods of a list.
   *
   * @throws RecordedFlowsError if the file has none
   */
  add(file: string): void {
    for (const item of podsIn(file)) {
      const metadata = mapAt(item, "metadata");
      const [namespace, name] = [textAt(metadata, "namespace"), textAt(metadata, "name")];
      if (namespace === undefined || name === undefined) continue;
      const labels = mapAt(metadata, "labels") as Readonly<Record<string, string>>;
      const pod = { namespace, name, labels };
      const key = keyOf(pod);
      const status = mapAt(item, "status");
      const addresses = addressesOf(status, "podIP");
      const nodes = addressesOf(status, "hostIP");
      for (const address of nodes) this.#nodes.add(address);
      if (mapAt(item, "spec").hostNetwork === true) {
        this.#onNode.add(key);
        for (const address of addresses) this.#nodes.add(address);
        continue;
      }
      this.#byName.set(key, pod);
      this.#nodeOf.set(key, nodes);
      const ended = ["Succeeded", "Failed"].includes(textAt(status, "phase") ?? "");
      const byAddress = ended ? this.#ended : this.#live;
      for (const address of addresses)
        byAddress.set(address, (byAddress.get(address) ?? new Map()).set(key, pod));
    }
  }

  /** A connection with what is known of its pods. */
  complete({ from, to, ...rest }: Connection): Connection {
    const [first, second] = [this.#end(from), this.#end(to)];
    return { ...rest, from: this.#besides(first, second), to: this.#besides(second, first) };
  }

  #end(end: End): End {
    const { pod, address, ...rest } = end;
    if (pod === undefined) return end.apiServer === undefined ? this.#at(end) : end;
    const key = keyOf(pod);
    if (this.#onNode.has(key))
      return { ...rest, ...(address !== undefined && { address }), node: true, called: end.called ?? key };
    const labels = pod.labels ?? this.#byName.get(key)?.labels;
    return labels === undefined ? end : { ...end, pod: { ...pod, labels } };
  }

  /** An end of which the address is known alone. */
  #at(end: End): End {
    if (end.address === undefined) return end;
    const address = plain(end.address);
    const found = [...(this.#live.get(address) ?? this.#ended.get(address) ?? new Map()).values()];
    if (found.length > 1) return { ...end, among: found };
    if (found.length === 1) return { ...end, pod: found[0] };
    return this.#nodes.has(address) ? { ...end, node: true } : end;
  }

  /** An end that may be the node of the other one. */
  #besides(end: End, { pod }: End): End {
    const { node, address } = end;
    if (node !== true || address === undefined || pod === undefined) return end;
    return this.#nodeOf.get(keyOf(pod))?.includes(plain(address)) === true ? { ...end, host: true } : end;
  }
}

const keyOf = ({ namespace, name }: RecordedPod): string => `${namespace}/${name ?? ""}`;

/** All addresses of a pod or its node, of IPv4 and IPv6. */
function addressesOf(status: Readonly<Record<string, unknown>>, key: "podIP" | "hostIP"): string[] {
  const all = status[`${key}s`];
  const more = Array.isArray(all) ? all.flatMap((each) => textAt(each, "ip") ?? []) : [];
  return [...new Set([textAt(status, key) ?? [], more].flat().map(plain))];
}

/** An address in the one way to write it. */
const plain = (address: string): string => {
  const short = unmapped(address);
  const url = `http://[${short}]`;
  // With a zone, such as fe80::1%eth0, it is none.
  return isIPv6(short) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : short;
};

function podsIn(file: string): readonly unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new RecordedFlowsError(`--pods ${file} can't be read: ${(error as Error).message}`);
  }
  if (isRecord(list) && Array.isArray(list.items)) return list.items;
  throw new RecordedFlowsError(
    `--pods ${file}: expected what \`kubectl get pods --all-namespaces --output json\` prints, with \`items\``,
  );
}
