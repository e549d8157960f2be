import type { JsonSchema } from "../../../offline/jsonSchema";

export type Fields = Record<string, unknown>;

const texts = ["a", "10Gi", "30d", "1h", "x/y", "ab", "2026-11-21T03:00:00Z"];

/** A value that has every field its schema knows, or as many as it may have. */
function sampleOf(schema: JsonSchema): unknown {
  if (schema["x-kubernetes-int-or-string"] === true) return 1;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case "boolean":
      return true;
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "array":
      return [sampleOf(schema.items ?? {})];
    case "object": {
      const fields = Object.entries(schema.properties ?? {});
      const others = schema.additionalProperties;
      if (typeof others === "object") return { key: sampleOf(others) };
      return Object.fromEntries(
        fields.slice(0, schema.maxProperties).map(([name, property]) => [name, sampleOf(property)]),
      );
    }
    default: {
      const pattern = new RegExp(schema.pattern ?? "");
      if (schema.format === "date-time") return texts.at(-1);
      if (schema.format === "byte") return "YWJj";
      return texts.find((text) => pattern.test(text) && text.length >= (schema.minLength ?? 0));
    }
  }
}

/** A whole manifest of a kind: every field of its spec, and sound metadata. */
export function manifestOf(
  apiVersion: string,
  kind: string,
  schema: JsonSchema,
): Fields & { metadata: Fields; spec?: Fields } {
  const spec = schema.properties?.spec;
  return {
    apiVersion,
    kind,
    metadata: { name: "a", namespace: "b" },
    ...(spec === undefined ? {} : { spec: sampleOf(spec) as Fields }),
  };
}
