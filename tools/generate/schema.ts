/**
 * What is kept of a CRD's schema, and how it is written to a file: structure only, in a stable order.
 */

import type { JsonSchema } from "../../offline/jsonSchema";

const kept = new Set<string>([
  ...["type", "required", "enum", "default", "format", "pattern", "nullable", "minimum", "maximum"],
  ...["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"],
  ...[
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
  ],
  ...["x-kubernetes-map-type"],
]);
const branches = new Set([
  "properties",
  "items",
  "additionalProperties",
  "anyOf",
  "x-kubernetes-validations",
]);
const prose = new Set(["description"]);

/**
 * A copy of an upstream schema without prose (descriptions, messages of CEL rules), keys in alphabetical order.
 * A keyword nobody has decided about is an error: dropping it in silence would make the validator too lenient.
 */
export function stripSchema(schema: JsonSchema, path: string): JsonSchema {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(schema).sort()) {
    if (key === "pattern" && schema.pattern !== undefined) result[key] = portable(schema.pattern);
    else if (kept.has(key)) result[key] = schema[key as keyof JsonSchema];
    else if (branches.has(key)) result[key] = stripBranch(key, schema[key as keyof JsonSchema], path);
    else if (!prose.has(key)) {
      throw new Error(`${path}: schema keyword "${key}" is new; teach tools/generate/schema.ts about it`);
    }
  }
  return result as JsonSchema;
}

/** An expression of Go that starts with `(?i)`, which JavaScript does not know, as one that has both cases of each letter. */
const portable = (pattern: string): string =>
  pattern.startsWith("^(?i)")
    ? `^${pattern.slice(5).replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)}`
    : pattern;

function stripBranch(key: string, value: unknown, path: string): unknown {
  switch (key) {
    case "properties": {
      const properties = value as Record<string, JsonSchema>;
      const names = Object.keys(properties).sort();
      return Object.fromEntries(
        names.map((name) => [name, stripSchema(properties[name] ?? {}, `${path}.${name}`)]),
      );
    }
    case "items":
      return stripSchema(value as JsonSchema, `${path}[]`);
    case "additionalProperties":
      return typeof value === "boolean" ? value : stripSchema(value as JsonSchema, `${path}{}`);
    case "anyOf":
      return (value as JsonSchema[]).map((branch) => stripSchema(branch, path));
    default:
      return (value as Record<string, unknown>[]).map(({ message: _prose, ...rule }) => sorted(rule));
  }
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The root schema of a manifest: without `status`, which nobody renders, and with `metadata` left to Kubernetes. */
export function manifestSchema(schema: JsonSchema, kind: string): JsonSchema {
  const stripped = stripSchema(schema, kind);
  const { status: _operatorsOwn, ...properties } = stripped.properties ?? {};
  return { ...stripped, properties: { ...properties, metadata: { type: "object" } } };
}

const width = 110;

/** JSON with a line break wherever a value doesn't fit its line: small files, readable differences. */
export function formatJson(value: unknown, indent = ""): string {
  const flat = JSON.stringify(value);
  if (flat.length + indent.length <= width || typeof value !== "object" || value === null) return flat;
  const inner = `${indent} `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = Array.isArray(value)
    ? value.map((item) => inner + formatJson(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}:${formatJson(item, inner)}`);
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}
