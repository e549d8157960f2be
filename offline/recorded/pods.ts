import { readFileSync } from "node:fs";
import { type Connection, type End, isRecord, mapAt, textAt } from "./connection";
import { RecordedFlowsError } from "./error";

/** Pods as `kubectl get pods --all-namespaces --output json` lists them: whose labels and addresses records don't have. */
export class KnownPods {
  readonly #byName = new Map<string, Readonly<Record<string, string>>>();
  /** With two pods that may have an address, nobody knows whose it is. */
  readonly #byAddress = new Map<string, End | "several">();

  /**
   * Adds the pods of a list.
   *
   * @throws RecordedFlowsError if the file has none
   */
  add(file: string): void {
    for (const item of podsIn(file)) {
      const [namespace, name] = [
        textAt(mapAt(item, "metadata"), "namespace"),
        textAt(mapAt(item, "metadata"), "name"),
      ];
      if (namespace === undefined || name === undefined) continue;
      const labels = mapAt(mapAt(item, "metadata"), "labels") as Readonly<Record<string, string>>;
      this.#byName.set(`${namespace}/${name}`, labels);
      const status = mapAt(item, "status");
      // A pod that has ended keeps its address, which another one may have got since.
      if (["Succeeded", "Failed"].includes(textAt(status, "phase") ?? "")) continue;
      // What is on the node's network has the node's address, and so have others.
      if (mapAt(item, "spec").hostNetwork === true) continue;
      for (const address of addressesOf(status)) {
        const pod = { namespace, name, labels };
        const known = this.#byAddress.get(address);
        const same = known !== "several" && known?.pod?.namespace === namespace && known.pod.name === name;
        this.#byAddress.set(address, known === undefined || same ? { address, pod } : "several");
      }
    }
  }

  /** A connection with what is known of its pods. */
  complete({ from, to, ...rest }: Connection): Connection {
    return { ...rest, from: this.#end(from), to: this.#end(to) };
  }

  #end(end: End): End {
    if (end.pod === undefined) {
      const found = end.address === undefined ? undefined : this.#byAddress.get(end.address);
      return found === "several" ? { ...end, shared: true } : { ...found, ...end };
    }
    if (end.pod.labels !== undefined || end.pod.name === undefined) return end;
    const labels = this.#byName.get(`${end.pod.namespace}/${end.pod.name}`);
    return labels === undefined ? end : { ...end, pod: { ...end.pod, labels } };
  }
}

/** All addresses of a pod, of IPv4 and IPv6. */
function addressesOf(status: Readonly<Record<string, unknown>>): string[] {
  const more = Array.isArray(status.podIPs) ? status.podIPs.flatMap((each) => textAt(each, "ip") ?? []) : [];
  const first = textAt(status, "podIP");
  return [...new Set([...(first === undefined ? [] : [first]), ...more])];
}

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
