import { readFileSync } from "node:fs";
import { type Connection, type End, isRecord, mapAt, textAt } from "./connection";
import { RecordedFlowsError } from "./error";

/** Pods as `kubectl get pods --all-namespaces --output json` lists them: whose labels and addresses records don't have. */
export class KnownPods {
  readonly #byName = new Map<string, Readonly<Record<string, string>>>();
  readonly #byAddress = new Map<string, End>();

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
      const address = textAt(mapAt(item, "status"), "podIP");
      // What is on the node's network has the node's address, and so have others.
      if (address !== undefined && mapAt(item, "spec").hostNetwork !== true)
        this.#byAddress.set(address, { address, pod: { namespace, name, labels } });
    }
  }

  /** A connection with what is known of its pods. */
  complete({ from, to, ...rest }: Connection): Connection {
    return { ...rest, from: this.#end(from), to: this.#end(to) };
  }

  #end(end: End): End {
    if (end.pod === undefined)
      return { ...(end.address === undefined ? undefined : this.#byAddress.get(end.address)), ...end };
    if (end.pod.labels !== undefined || end.pod.name === undefined) return end;
    const labels = this.#byName.get(`${end.pod.namespace}/${end.pod.name}`);
    return labels === undefined ? end : { ...end, pod: { ...end.pod, labels } };
  }
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
