/**
 * policies/core/fieldTrees.ts: which fields the definitions of CNPG's objects have, for the rules about fields that are
 * not there. The policy pack is a package of its own, so it gets a file of its own, made from the same schemas.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CrdEntry, JsonSchema } from "../../offline/jsonSchema";
import type { Generated } from "./crds";

/** As `policies/core/fields.ts` reads it. */
type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

const schemas = "components/crds/schemas";
const target = "policies/core/fieldTrees.ts";

/** The file; it needs nothing from outside the project. */
export function generateFields(root: string): Generated {
  const read = (name: string) => JSON.parse(readFileSync(join(root, schemas, `${name}.json`), "utf8"));
  const index = read("index") as Record<string, CrdEntry>;
  // Of others' kinds the schemas here are of one version, and of some only a part.
  const own = Object.entries(index).filter(([, { group }]) => /(^|\.)cnpg\.io$/.test(group));
  const lines = own.map(([kind, { group, module }]) => {
    const schema = read(kind) as JsonSchema;
    const { spec = {} } = schema.properties ?? {};
    const tree = { apiVersion: "s", kind: "s", metadata: "*", spec: shapeOf(spec, kind), status: "*" };
    const made = JSON.stringify({ made: versionOf(module), tree });
    if (made.includes("'")) throw new Error(`${kind} has an apostrophe in its schema: quote it in ${target}`);
    return `  "${kind}.${group}":\n    '${made}',`;
  });
  const text = [
    "// Written by `npm run generate`; do not edit.",
    "",
    "/** Fields of every kind, as JSON; see `fields.ts`. */",
    "export const fieldTrees: Readonly<Record<string, string>> = {",
    ...lines,
    "};",
    "",
  ].join("\n");
  return { files: new Map([[target, text]]), stale: [], notes: [] };
}

/** `CNPG 1.30` from `github.com/cloudnative-pg/cloudnative-pg@v1.30.0`. */
function versionOf(module: string): string {
  const [, name = "", version = ""] = /([^/]+)@v(\d+\.\d+)/.exec(module) ?? [];
  return `${name === "cloudnative-pg" ? "CNPG" : "The Barman Cloud plugin"} ${version}`;
}

function shapeOf(schema: JsonSchema, path: string): Shape {
  if (schema["x-kubernetes-int-or-string"] === true) return "x";
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return "*";
  // A pod template is Kubernetes' own, and grows with it.
  if (path === "Pooler.template") return { metadata: "*", spec: "*" };
  const { type, properties, additionalProperties, items } = schema;
  if (properties !== undefined)
    return Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, shapeOf(field, `${path}.${name}`)]),
    );
  if (typeof additionalProperties === "object") return { "*": shapeOf(additionalProperties, path) };
  if (type === "array") return [items === undefined ? "*" : shapeOf(items, path)];
  if (type === "string" && schema.enum !== undefined) return `s:${schema.enum.join("|")}`;
  return { string: "s", integer: "i", number: "n", boolean: "b" }[type as string] ?? "*";
}
