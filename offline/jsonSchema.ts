/** The part of OpenAPI v3 that structural CRD schemas use, and three keywords of this project's own. */
export interface JsonSchema {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  enum?: unknown[];
  default?: unknown;
  format?: string;
  pattern?: string;
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  anyOf?: JsonSchema[];
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-list-type"?: "atomic" | "map" | "set";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: string;
  "x-kubernetes-validations"?: { rule: string; reason?: string; fieldPath?: string }[];
  /** Hand-written schemas only: what a map's keys must match. */
  "x-keys"?: { pattern: string; says: string };
  /** Hand-written schemas only: the pattern in words. */
  "x-says"?: string;
  /** Hand-written schemas only: the field is known and doesn't belong in a rendered manifest, for this reason. */
  "x-leave-out"?: string;
}

/** One entry of `components/crds/schemas/index.json`. */
export interface CrdEntry {
  group: string;
  version: string;
  plural: string;
  scope: "Namespaced" | "Cluster";
  /** The Go module and version whose CRD this is, `<path>@<version>`. */
  module: string;
  /** The module's `h1:` hash, as Go's checksum database knows it. */
  moduleSum: string;
}
