/*
 * Between what the engine knows of an object, with marks for secrets and unknowns, and what the API server knows.
 */
import { type KubernetesObject, type Ref, refOf } from "../../test/lab/cluster";
import { kubernetes } from "../offline/kubernetes";
import type { Properties } from "../offline/provider";
import { isSecret, OUTPUT, SECRET, SPECIAL, UNKNOWN } from "../offline/wire";

/** An object as the API server takes it: plain values, without what Pulumi's SDK adds. */
export function manifestOf(inputs: Properties): KubernetesObject {
  const { __defaults: _, ...manifest } = inputs;
  return plain(manifest) as KubernetesObject;
}

/** Whether a value that is known only after other things were made stands anywhere in it. */
export function hasUnknowns(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== "object" || value === null) return false;
  if ((value as Properties)[SPECIAL] === OUTPUT && (value as Properties).value === undefined) return true;
  return Object.values(value).some(hasUnknowns);
}

/** Which object a resource is, from its inputs, or where there are none (an import) from its type and id. */
export function refOfResource(type: string, id: string, inputs: Properties): Ref {
  const manifest = manifestOf(inputs);
  if (manifest.kind !== undefined && manifest.metadata?.name !== undefined) return refOf(manifest);
  const [, version = "", kind = ""] = type.split(":");
  const [name = "", namespace] = id.split("/").reverse();
  return { apiVersion: version.replace(/^core\//, ""), kind, name, namespace };
}

/**
 * The outputs of a resource: the live object under the inputs' marks, so that what is a secret stays one. Who owns
 * which field is left out: it is as long as the object, and nobody's input.
 */
export function outputsOf(type: string, inputs: Properties, live: KubernetesObject): Properties {
  const { managedFields: _, ...metadata } = live.metadata;
  const known = kubernetes.outputs(type, inputs, false, undefined);
  const outputs: Properties = { ...known, ...(marked({ ...live, metadata }, known) as Properties) };
  // Whatever is in a Secret is one, also where the program gave stringData.
  if (type === "kubernetes:core/v1:Secret" && outputs.data !== undefined && !isSecret(outputs.data))
    outputs.data = { [SPECIAL]: SECRET, value: outputs.data };
  return outputs;
}

/** The inputs that would make an object what it is now, of those fields that the program had given. */
export function inputsOf(inputs: Properties, live: KubernetesObject): Properties {
  if (Object.keys(inputs).length === 0) {
    const { status: _, ...rest } = live;
    return { ...rest };
  }
  const { data } = live as { data?: Readonly<Record<string, string>> };
  const decoded = Object.entries(data ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text, "base64").toString(),
  ]);
  // The API server keeps stringData as data.
  const seen = live.kind === "Secret" ? { ...live, stringData: Object.fromEntries(decoded) } : live;
  return narrowed({ ...seen, __defaults: inputs.__defaults }, inputs) as Properties;
}

/** The live value, of maps only those keys that were given: what the API server and the operator add is theirs. */
function narrowed(live: unknown, given: unknown): unknown {
  if (isSecret(given)) {
    const inner = narrowed(live, (given as { value: unknown }).value);
    return inner === undefined ? undefined : { [SPECIAL]: SECRET, value: inner };
  }
  // An empty map or a null is not kept by the API server, and says the same as nothing.
  if (live === undefined) return isEmpty(given) ? given : undefined;
  if (Array.isArray(live) && Array.isArray(given))
    return live.length === given.length ? live.map((item, i) => narrowed(item, given[i])) : live;
  if (!isMap(live) || !isMap(given)) return live;
  const entries = Object.keys(given).map((key) => [key, narrowed(live[key], given[key])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function marked(live: unknown, given: unknown): unknown {
  if (isSecret(given)) return { [SPECIAL]: SECRET, value: marked(live, (given as { value: unknown }).value) };
  if (Array.isArray(live) && Array.isArray(given)) return live.map((item, i) => marked(item, given[i]));
  if (!isMap(live) || !isMap(given)) return live;
  return Object.fromEntries(Object.entries(live).map(([key, value]) => [key, marked(value, given[key])]));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  if (value[SPECIAL] === SECRET || value[SPECIAL] === OUTPUT) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function isMap(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
