import { existsSync, readFileSync } from "node:fs";
import type { Resource } from "../core/resource";
import { UNKNOWN } from "../core/view";
import { toResource } from "./pulumi";

/** Variable with the file that rules about changes compare with, where the settings name none. */
export const PREVIOUS_VARIABLE = "PULUMI_CNPG_PREVIOUS";

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
}

/**
 * Finds a resource as it was before, by its URN: in a file that `pulumi stack export` wrote, or in a state of the file
 * backend. The policy SDK itself does not tell a policy what was there before.
 */
export function previousResources(): (file: string | undefined, urn: string) => Resource | undefined {
  const read = new Map<string, Map<string, StateResource>>();
  return (named, urn) => {
    const file = named ?? process.env[PREVIOUS_VARIABLE];
    if (file === undefined || file === "") return undefined;
    let resources = read.get(file);
    if (resources === undefined) {
      resources = readState(file);
      read.set(file, resources);
    }
    const found = resources.get(urn);
    if (found === undefined) return undefined;
    const { type, inputs = {}, protect = false } = found;
    const props = unsealed(inputs) as Readonly<Record<string, unknown>>;
    return toResource({ type, urn, props, opts: { protect } });
  };
}

/** By this key the engine tells a secret in its state from other values. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Inputs with secrets as far as they can be read: with `--show-secrets` they can, otherwise they are not known. */
function unsealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unsealed);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) {
    const { plaintext } = value as { plaintext?: unknown };
    return typeof plaintext === "string" ? unsealed(JSON.parse(plaintext)) : UNKNOWN;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unsealed(inner)]));
}

function readState(file: string): Map<string, StateResource> {
  // A stack that was never updated has no state yet.
  if (!existsSync(file)) return new Map();
  const content = JSON.parse(readFileSync(file, "utf8")) as {
    deployment?: { resources?: StateResource[] };
    checkpoint?: { latest?: { resources?: StateResource[] } };
  };
  const resources = content.deployment?.resources ?? content.checkpoint?.latest?.resources ?? [];
  return new Map(resources.map((resource) => [resource.urn, resource]));
}
