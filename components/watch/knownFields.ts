import { ClusterError, type Http } from "../apiServer";

/** A schema of OpenAPI 3, as the API server has it of a custom resource. */
export interface Schema {
  readonly type?: string;
  readonly properties?: { readonly [field: string]: Schema };
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-group-version-kind"?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/**
 * Schemas of the kinds of a group and version, as a Kubernetes cluster has them.
 *
 * @param apiVersion with its group, such as `postgresql.cnpg.io/v1`
 * @returns by kind; undefined if it does not say
 */
export async function schemasOf(
  http: Pick<Http, "ask">,
  apiVersion: string,
): Promise<ReadonlyMap<string, Schema> | undefined> {
  try {
    const { body } = await http.ask({ method: "GET", path: `/openapi/v3/apis/${apiVersion}`, timeout: 30 });
    const { components } = body as {
      readonly components?: { readonly schemas?: { readonly [name: string]: Schema } };
    };
    const known = Object.values(components?.schemas ?? {}).flatMap((schema) =>
      (schema["x-kubernetes-group-version-kind"] ?? [])
        .filter(({ group, version }) => `${group}/${version}` === apiVersion)
        .map(({ kind }) => [kind, schema] as const),
    );
    return new Map(known);
  } catch (error) {
    if (error instanceof ClusterError) return undefined;
    throw error;
  }
}

/**
 * Paths of fields of an object's `spec` that a schema does not know. The API server takes such an object and drops them, with no
 * more than a warning.
 */
export function unknownFields(schema: Schema, object: Readonly<Record<string, unknown>>): string[] {
  const spec = schema.properties?.spec;
  return spec === undefined || object.spec === undefined ? [] : within(spec, object.spec, "spec");
}

function within(schema: Schema, value: unknown, path: string): string[] {
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return [];
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((each, i) => within(items, each, `${path}[${i}]`));
  }
  if (typeof value !== "object" || value === null) return [];
  const { properties, additionalProperties } = schema;
  // A schema without any says nothing of what may be in it.
  if (properties === undefined && additionalProperties === undefined) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (inner === undefined || inner === null) return [];
    const known =
      properties?.[key] ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
    if (known !== undefined) return within(known, inner, `${path}.${key}`);
    return additionalProperties === true ? [] : [`${path}.${key}`];
  });
}
