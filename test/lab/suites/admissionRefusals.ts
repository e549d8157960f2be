import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { KubernetesObject } from "../../../lab/cluster";
import type { Settings } from "../../unit/stacks/badStacks";

/** A mistake in a manifest, and what the server says of it; admissionRefusals.yaml describes the fields. */
export interface Mistake {
  readonly bad?: string;
  readonly never?: string;
  readonly kind: string;
  readonly change: Settings;
  readonly says?: string;
  readonly warns?: readonly string[];
}

/** The mistakes of admissionRefusals.yaml. */
export function mistakes(): readonly Mistake[] {
  return load(readFileSync(join(__dirname, "admissionRefusals.yaml"), "utf8")) as Mistake[];
}

/** An object with a mistake in it: a merge patch (RFC 7396), in which null takes out. */
export function mistaken(object: KubernetesObject, { change }: Mistake): KubernetesObject {
  return merged(object, change) as KubernetesObject;
}

function merged(value: unknown, change: unknown): unknown {
  if (!isMap(change)) return change;
  const result: Record<string, unknown> = isMap(value) ? { ...value } : {};
  for (const [key, inner] of Object.entries(change)) {
    if (inner === null) delete result[key];
    else result[key] = merged(result[key], inner);
  }
  return result;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
