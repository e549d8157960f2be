import assert from "node:assert/strict";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import type { JsonSchema } from "../../../offline/jsonSchema";
import { validateManifest } from "../../../offline/validate";
import { readCommitted } from "../../../tools/generate/crds";
import { type Fields, manifestOf } from "./sample";

const root = join(__dirname, "../../..");

/** The CRD schema as plain JSON schema, closed where the API server would prune. */
function closed(schema: JsonSchema): object {
  const { properties, items, additionalProperties, default: _default, anyOf: _anyOf, ...rest } = schema;
  const plain = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith("x-")));
  const open = additionalProperties ?? schema["x-kubernetes-preserve-unknown-fields"] ?? false;
  return {
    ...plain,
    ...(schema["x-kubernetes-int-or-string"] === true ? { type: ["integer", "string"] } : {}),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, closed(v)])) }),
    ...(schema.type === "object"
      ? { additionalProperties: typeof open === "object" ? closed(open) : open }
      : {}),
    ...(schema.required === undefined
      ? {}
      : { required: schema.required.filter((name) => properties?.[name]?.default === undefined) }),
  };
}

function compile(schema: JsonSchema): ValidateFunction {
  const formats = {
    int32: { type: "number" as const, validate: (n: number) => Math.abs(n) < 2 ** 31 },
    int64: true as const,
    // Neither of the two looks at it: settings are checked where they are read.
    duration: true as const,
    byte: /^[A-Za-z0-9+/=]*$/,
    "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  };
  const own = { ...schema, properties: { ...schema.properties, metadata: {} } };
  return new Ajv({ strict: false, formats, code: { optimize: false } }).compile(closed(own));
}

/** Without the bulk of a pod spec: two more lists of nearly the same containers, and volumes; it saves seconds. */
function withoutRepeats(schema: JsonSchema): JsonSchema {
  const copy = structuredClone(schema);
  const pod = copy.properties?.spec?.properties?.template?.properties?.spec?.properties ?? {};
  for (const name of ["initContainers", "ephemeralContainers", "volumes"]) delete pod[name];
  return copy;
}

const wrong: unknown[] = [
  true,
  7,
  -1,
  1.5,
  2 ** 40,
  "",
  "not: one/ of?THEM",
  "x".repeat(300),
  [],
  {},
  { odd: 1 },
];

type Judge = (what: string) => void;

/** Calls `judge` with every value of the tree replaced by each wrong one, left out, or given a field too many. */
function mutate(node: unknown, schema: JsonSchema, seen: Set<string>, judge: Judge, path: string): void {
  const shape = JSON.stringify(schema);
  // A structure that occurs in many places is tried in the first of them.
  if (typeof node !== "object" || node === null || (schema.properties !== undefined && seen.has(shape)))
    return;
  seen.add(shape);
  for (const name of Object.keys(node)) mutateField([node as Fields, name], schema, seen, judge, path);
  if (Array.isArray(node)) return;
  const fields = node as Fields;
  fields.surplus = "x";
  judge(`${path}.surplus`);
  delete fields.surplus;
}

function mutateField(
  [fields, name]: readonly [Fields, string],
  schema: JsonSchema,
  seen: Set<string>,
  judge: Judge,
  path: string,
): void {
  const at = `${path}.${name}`;
  const value = fields[name];
  for (const other of wrong) {
    fields[name] = other;
    judge(`${at} = ${JSON.stringify(other)}`);
  }
  if (!Array.isArray(fields)) {
    delete fields[name];
    judge(`${at} left out`);
  }
  fields[name] = value;
  const others = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  mutate(value, schema.properties?.[name] ?? schema.items ?? others ?? {}, seen, judge, at);
}

describe("the validator next to ajv", () => {
  const { schemas, index } = readCommitted(root);
  const seen = new Set<string>();
  for (const [kind, schema] of schemas) {
    const entry = index[kind];
    const specSchema = schema.properties?.spec;
    if (specSchema === undefined || entry?.scope !== "Namespaced") continue;
    it(`gives the same verdict on every single fault in a ${kind}`, () => {
      const whole = manifestOf(`${entry.group}/${entry.version}`, kind, withoutRepeats(schema));
      assert.deepEqual(validateManifest(whole), []);
      const ajv = compile(schema);
      let faults = 0;
      for (const field of Object.keys(whole.spec ?? {})) {
        // One field at a time beside the required ones keeps the manifests small, and this test short.
        const present = Object.entries(whole.spec ?? {}).filter(
          ([name]) => name === field || specSchema.required?.includes(name),
        );
        const spec: Fields = Object.fromEntries(present);
        const manifest = { ...whole, spec };
        const judge = (what: string): void => {
          const ours = validateManifest(manifest);
          const theirs = ajv(manifest);
          if (!theirs) faults += 1;
          if ((ours.length === 0) === theirs) return;
          assert.fail(`${what}: ${ours.join("; ") || "sound"}, and ajv: ${JSON.stringify(ajv.errors)}`);
        };
        mutateField([spec, field], specSchema, seen, judge, "spec");
      }
      assert.ok(faults > Object.keys(whole.spec ?? {}).length);
    });
  }
});
