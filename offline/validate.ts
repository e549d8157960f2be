/**
 * Judges a rendered Kubernetes object by the schema that the API server would judge it by.
 *
 * What it refuses: fields that the schema doesn't know, at any depth; wrong types, enums, patterns, formats and
 * limits; missing required fields; repeated keys in map-like lists; metadata that Kubernetes wouldn't take.
 * Like the API server it reads a null field as left out and forgives a missing required field that has a default.
 * What it doesn't judge: CEL rules (`x-kubernetes-validations`) and the operators' webhooks; the lab does.
 *
 * A walk over the schema instead of ajv: compiling Cluster with ajv took 360 ms and Pooler 750 ms before the
 * first manifest could be judged, and precompiled code was 2 MB. A walk starts at once, sees unknown and secret
 * values where they stand, and words its own messages. The tests compare its verdicts with ajv's, field by field.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { distance } from "fastest-levenshtein";
import { coreKinds, rootSchema } from "./coreKinds";
import type { CrdEntry, JsonSchema } from "./jsonSchema";
import { ciliumNetworkPolicy, networkPolicy } from "./networkKinds";
import { platformKinds } from "./platformKinds";
import { isMap } from "./properties";
import { checkCount, checkNumber, checkString, regExp } from "./scalars";
import { vmPodScrape } from "./victoriaKinds";
import { OUTPUT, SECRET, SPECIAL, UNKNOWN } from "./wire";

/** What {@link validateManifest} takes for unknown when not told otherwise. */
export function isPulumiUnknown(value: unknown): boolean {
  return value === UNKNOWN || (isMap(value) && value[SPECIAL] === OUTPUT && value.value === undefined);
}

/**
 * Every problem of a rendered manifest, as `<path>: <what is wrong>`, in the order of its fields; none for a
 * good one. Values that `isUnknown` recognises are taken for valid; secrets are judged and never shown.
 *
 * @example validateManifest({ apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", ... })
 * // ["spec.storage.sizee: unknown field; did you mean size?"]
 */
export function validateManifest(
  manifest: unknown,
  isUnknown: (value: unknown) => boolean = isPulumiUnknown,
): string[] {
  const problems: string[] = [];
  const walk: Walk = {
    isUnknown,
    report: (path, problem) => problems.push(`${path || "manifest"}: ${problem}`),
  };
  const object = open(manifest, false).value;
  if (!isMap(object)) {
    walk.report("", `must be an object with apiVersion and kind, is ${typeName(object)}`);
    return problems;
  }
  const { apiVersion, kind } = object;
  // Without its kind an object can't be judged at all, and an unknown value is no mistake.
  if (isUnknown(apiVersion) || isUnknown(kind)) return problems;
  const schema = schemaOf(`${apiVersion} ${kind}`);
  if (schema !== undefined) check(object, schema, "", kind === "Secret", walk);
  else if (typeof apiVersion !== "string") walk.report("apiVersion", "required, and must be a string");
  else if (typeof kind !== "string") walk.report("kind", "required, and must be a string");
  else {
    const known = knownKinds().join(", ");
    walk.report("kind", `there is no schema for ${apiVersion} ${kind}; there are ones for ${known}`);
  }
  return problems;
}

/** `<apiVersion> <kind>` of everything that {@link validateManifest} has a schema for. */
export function knownKinds(): string[] {
  return [...resources().keys()];
}

const schemasFolder = join(__dirname, "../components/crds/schemas");
const readSchema = (name: string): unknown =>
  JSON.parse(readFileSync(join(schemasFolder, `${name}.json`), "utf8"));

let makers: Map<string, () => JsonSchema> | undefined;
const made = new Map<string, JsonSchema>();

/** The schema of a pod's template, as CNPG's Pooler takes it. */
function podTemplate(): JsonSchema {
  const pooler = readSchema("Pooler") as JsonSchema;
  const template = pooler.properties?.spec?.properties?.template;
  if (template === undefined) throw new Error("the schema of Pooler has no spec.template");
  return template;
}

/** How to get each kind's schema, by `<apiVersion> <kind>`; only those in use are read. */
function resources(): Map<string, () => JsonSchema> {
  if (makers !== undefined) return makers;
  makers = new Map(
    Object.entries({ ...coreKinds, ...platformKinds }).map(([kind, make]) => [kind, () => make(podTemplate)]),
  );
  for (const [kind, crd] of Object.entries(readSchema("index") as Record<string, CrdEntry>)) {
    makers.set(`${crd.group}/${crd.version} ${kind}`, () =>
      rootSchema(readSchema(kind) as JsonSchema, kind, crd.scope === "Namespaced"),
    );
  }
  const victoria = "operator.victoriametrics.com/v1beta1";
  makers.set(`${victoria} VMPodScrape`, () =>
    rootSchema(vmPodScrape(readSchema("PodMonitor") as JsonSchema), "VMPodScrape", true),
  );
  makers.set(`${victoria} VMRule`, () =>
    rootSchema(readSchema("PrometheusRule") as JsonSchema, "VMRule", true),
  );
  for (const [kind, spec, namespaced] of [
    ["networking.k8s.io/v1 NetworkPolicy", networkPolicy, true],
    ["cilium.io/v2 CiliumNetworkPolicy", ciliumNetworkPolicy, true],
    ["cilium.io/v2 CiliumClusterwideNetworkPolicy", ciliumNetworkPolicy, false],
  ] as const)
    makers.set(kind, () =>
      rootSchema({ required: ["spec"], properties: { spec } }, kind.split(" ")[1] ?? "", namespaced),
    );
  return makers;
}

function schemaOf(resource: string): JsonSchema | undefined {
  const schema = made.get(resource) ?? resources().get(resource)?.();
  if (schema !== undefined) made.set(resource, schema);
  return schema;
}

interface Walk {
  isUnknown: (value: unknown) => boolean;
  report: (path: string, problem: string) => void;
}

function check(given: unknown, schema: JsonSchema, path: string, hide: boolean, walk: Walk): void {
  if (walk.isUnknown(given)) return;
  const { value, hidden } = open(given, hide);
  if (walk.isUnknown(value)) return;
  const say = (problem: string): void =>
    walk.report(path, `${problem}, is ${hidden || mayBeSecret(path) ? typeName(value) : show(value)}`);
  if (schema["x-leave-out"] !== undefined) {
    walk.report(path, `leave it out: ${schema["x-leave-out"]}`);
    return;
  }
  if (value === null && schema.nullable === true) return;
  const expected = schema["x-kubernetes-int-or-string"] === true ? "integer or string" : schema.type;
  if (expected !== undefined && !hasType(value, expected)) {
    say(`must be ${expected}`);
    return;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    say(`must be one of ${schema.enum.join(", ")}`);
  if (typeof value === "string") checkString(value, schema, say);
  if (typeof value === "number") checkNumber(value, schema, say);
  if (Array.isArray(value)) {
    checkCount(value.length, "items", schema.minItems, schema.maxItems, say);
    checkArray(value, schema, path, hidden, walk);
  } else if (isMap(value)) {
    checkCount(Object.keys(value).length, "fields", schema.minProperties, schema.maxProperties, say);
    checkObject(value, schema, path, hidden, walk);
  }
}

function checkArray(value: unknown[], schema: JsonSchema, path: string, hide: boolean, walk: Walk): void {
  const { items } = schema;
  if (items === undefined) return;
  const seen = new Map<string, number>();
  for (const [position, item] of value.entries()) {
    const at = `${path}[${position}]`;
    check(item, items, at, hide, walk);
    const identity = identify(item, schema, walk);
    if (identity === undefined) continue;
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, position);
    else {
      const keys = schema["x-kubernetes-list-map-keys"]?.join(" and ");
      walk.report(
        at,
        `${keys === undefined ? "is" : `has the same ${keys} as`} ${path}[${first}]${keys === undefined ? " again" : ""}`,
      );
    }
  }
}

/** What must be different in each item of a map-like or set-like list; none while a part of it is unknown. */
function identify(item: unknown, schema: JsonSchema, walk: Walk): string | undefined {
  const plain = open(item, false).value;
  if (schema["x-kubernetes-list-type"] === "set")
    return walk.isUnknown(plain) ? undefined : JSON.stringify(plain);
  const keys = schema["x-kubernetes-list-map-keys"];
  if (keys === undefined || walk.isUnknown(plain) || !isMap(plain)) return undefined;
  const parts = keys.map((key) => open(plain[key] ?? schema.items?.properties?.[key]?.default, false).value);
  return parts.some((part) => walk.isUnknown(part)) ? undefined : JSON.stringify(parts);
}

function checkObject(value: Fields, schema: JsonSchema, path: string, hide: boolean, walk: Walk): void {
  const { properties = {}, additionalProperties: others, required = [] } = schema;
  const free = others === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const property = (name: string): JsonSchema | undefined =>
    Object.hasOwn(properties, name) ? properties[name] : undefined;
  for (const name of required) {
    const own = property(name);
    const absent = value[name] === undefined || (value[name] === null && own?.nullable !== true);
    if (absent && own?.default === undefined) walk.report(joinPath(path, name), "required, and missing");
  }
  for (const [name, item] of Object.entries(value)) {
    const own = property(name) ?? (isMap(others) ? others : undefined);
    const at = joinPath(path, name);
    const keys = schema["x-keys"];
    if (keys !== undefined && !regExp(keys.pattern).test(name)) walk.report(at, `its key must ${keys.says}`);
    if (own === undefined && !free) {
      const meant = nearest(name, Object.keys(properties));
      walk.report(at, `unknown field${meant === undefined ? "" : `; did you mean ${meant}?`}`);
    } else if (own !== undefined && item !== undefined && (item !== null || own.nullable === true)) {
      check(item, own, at, hide, walk);
    }
  }
}

type Fields = Record<string, unknown>;

/** The plain value inside Pulumi's secrets and outputs, and whether it must stay hidden. */
function open(given: unknown, hide: boolean): { value: unknown; hidden: boolean } {
  if (!isMap(given)) return { value: given, hidden: hide };
  if (given[SPECIAL] === SECRET) return open(given.value, true);
  if (given[SPECIAL] === OUTPUT) return open(given.value ?? UNKNOWN, hide || given.secret === true);
  return { value: given, hidden: hide };
}

function hasType(value: unknown, type: string): boolean {
  if (type === "integer or string") return typeof value === "string" || Number.isInteger(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "number") return Number.isFinite(value);
  if (type === "array") return Array.isArray(value);
  // A Date or a Map is no JSON object, and would come out as something else.
  if (type === "object")
    return isMap(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  return typeof value === type;
}

function joinPath(path: string, name: string): string {
  if (!/^[\w$-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** Fields that take a password or a part of one as plain text: their values aren't shown, whatever the kind. */
function mayBeSecret(path: string): boolean {
  return /connectionParameters|passw|secret|token|credential|\.value$/i.test(path);
}

function show(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : typeName(value);
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  return hasType(value, "object") ? "an object" : `a ${value.constructor.name}`;
}

/** The known name that a misspelt one is at most two typing mistakes away from. */
function nearest(name: string, known: string[]): string | undefined {
  const limit = name.length > 4 ? 2 : 1;
  return (
    known.find((other) => other.toLowerCase() === name.toLowerCase()) ??
    known.find((other) => distance(name, other) <= limit)
  );
}
