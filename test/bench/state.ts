import { readFileSync } from "node:fs";
import { keyOf } from "./byHand";

/** A resource as the engine keeps it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly replacementTrigger?: unknown;
  readonly customTimeouts?: Readonly<Record<string, number>>;
  readonly additionalSecretOutputs?: readonly string[];
}

/** All resources of a state file. */
export function readState(file: string): StateResource[] {
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
    checkpoint: { latest?: { resources?: StateResource[] } };
  };
  return checkpoint.latest?.resources ?? [];
}

/** The real resources among them, neither component nor provider. */
export function realResources(resources: readonly StateResource[]): StateResource[] {
  return resources.filter(({ custom, type }) => custom === true && !type.startsWith("pulumi:"));
}

/** {@link keyOf} the resource with this URN. */
export function keyOfUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return keyOf({ type: types.split("$").at(-1) ?? "", name });
}

/** What differs between the real resources of two states, in inputs or in options; nothing if they are the same. */
export function differences(ours: readonly StateResource[], theirs: readonly StateResource[]): string[] {
  const [left, right] = [describeAll(ours), describeAll(theirs)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [a, b] = [left.get(key), right.get(key)];
    if (a === b) return [];
    if (a === undefined) return [`${key}: in the program written by hand only`];
    if (b === undefined) return [`${key}: in ours only`];
    return [`${key}: ours ${a}\n    by hand ${b}`];
  });
}

function describeAll(resources: readonly StateResource[]): Map<string, string> {
  return new Map(realResources(resources).map((resource) => [keyOfUrn(resource.urn), describe(resource)]));
}

function describe(resource: StateResource): string {
  return canonical({
    inputs: resource.inputs,
    dependencies: keys(resource.dependencies),
    propertyDependencies: Object.entries(resource.propertyDependencies ?? {}).map(([k, on]) => [k, keys(on)]),
    provider: resource.provider?.split("::").slice(2, 4),
    protect: resource.protect ?? false,
    replacementTrigger: resource.replacementTrigger,
    customTimeouts: resource.customTimeouts,
    additionalSecretOutputs: resource.additionalSecretOutputs,
  });
}

function keys(urns: readonly string[] | undefined): string[] {
  return [...new Set((urns ?? []).map(keyOfUrn))].sort();
}

/** JSON with sorted keys; every secret looks the same, for its ciphertext never does. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === "ciphertext") return "…";
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
