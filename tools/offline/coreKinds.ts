/**
 * Schemas of what Kubernetes itself defines, by hand and small: object metadata, Namespace, Secret, ConfigMap,
 * ServiceAccount.
 * The rules are those of the API server's own validation (k8s.io/apimachinery/pkg/api/validation and
 * pkg/apis/core/validation).
 */
import type { JsonSchema } from "../generate/schema";

const label: JsonSchema = {
  type: "string",
  maxLength: 63,
  pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
  "x-says": "be a DNS label: lower-case letters, digits and '-', beginning and ending with a letter or digit",
};

const subdomain: JsonSchema = {
  type: "string",
  maxLength: 253,
  pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
  "x-says":
    "be a DNS name (RFC 1123): lower-case letters, digits, '-' and '.', a letter or digit at both ends",
};

const qualifiedKey = {
  pattern:
    "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
  says: "be a qualified name such as app or example.com/app, 63 characters at most after the '/'",
};

// The API server lowers an annotation's key before it looks at it.
const annotationKey = { ...qualifiedKey, pattern: qualifiedKey.pattern.replaceAll("a-z0-9", "A-Za-z0-9") };

const dataKey = { pattern: "^[-._a-zA-Z0-9]{1,253}$", says: "have letters, digits, '-', '_' and '.' only" };

const strings: JsonSchema = { type: "object", additionalProperties: { type: "string" } };
const bytes: JsonSchema = { type: "object", additionalProperties: { type: "string", format: "byte" } };
const apiServers: JsonSchema = { "x-leave-out": "the API server sets it" };

/** Metadata of a manifest to apply; `name` overrides what a name may be. */
export function metadataSchema(kind: string, namespaced: boolean, name: JsonSchema = subdomain): JsonSchema {
  return {
    type: "object",
    required: namespaced ? ["name", "namespace"] : ["name"],
    properties: {
      name,
      namespace: namespaced ? label : { "x-leave-out": `a ${kind} belongs to no namespace` },
      labels: {
        type: "object",
        "x-keys": qualifiedKey,
        additionalProperties: {
          type: "string",
          maxLength: 63,
          pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
          "x-says": "be a label value: letters, digits, '-', '_' and '.', a letter or digit at both ends",
        },
      },
      annotations: { ...strings, "x-keys": annotationKey },
      finalizers: { type: "array", items: { type: "string" } },
      ownerReferences: {
        type: "array",
        items: {
          type: "object",
          required: ["apiVersion", "kind", "name", "uid"],
          properties: {
            apiVersion: { type: "string" },
            kind: { type: "string" },
            name: { type: "string" },
            uid: { type: "string" },
            controller: { type: "boolean" },
            blockOwnerDeletion: { type: "boolean" },
          },
        },
      },
      creationTimestamp: apiServers,
      deletionGracePeriodSeconds: apiServers,
      deletionTimestamp: apiServers,
      generateName: { "x-leave-out": "a manifest needs a name that is known before it is applied" },
      generation: apiServers,
      managedFields: apiServers,
      resourceVersion: apiServers,
      selfLink: apiServers,
      uid: apiServers,
    },
  };
}

/** The root schema of a manifest around the properties that are the kind's own. */
export function rootSchema(
  own: JsonSchema,
  kind: string,
  namespaced: boolean,
  name: JsonSchema = subdomain,
): JsonSchema {
  return {
    ...own,
    type: "object",
    required: [...new Set(["apiVersion", "kind", "metadata", ...(own.required ?? [])])],
    properties: {
      ...own.properties,
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: metadataSchema(kind, namespaced, name),
      status: { "x-leave-out": "the controller writes it" },
    },
  };
}

/** The core kinds that the components render, by name; all are `v1`. */
export const coreKinds: Readonly<Record<string, () => JsonSchema>> = {
  Namespace: () => {
    const finalizers: JsonSchema = { type: "array", items: { type: "string" } };
    const spec: JsonSchema = { type: "object", properties: { finalizers } };
    return rootSchema({ properties: { spec } }, "Namespace", false, label);
  },
  Secret: () => {
    const properties: Record<string, JsonSchema> = {
      type: { type: "string" },
      data: { ...bytes, "x-keys": dataKey },
      stringData: { ...strings, "x-keys": dataKey },
      immutable: { type: "boolean" },
    };
    return rootSchema({ properties }, "Secret", true);
  },
  ConfigMap: () => {
    const properties: Record<string, JsonSchema> = {
      data: { ...strings, "x-keys": dataKey },
      binaryData: { ...bytes, "x-keys": dataKey },
      immutable: { type: "boolean" },
    };
    return rootSchema({ properties }, "ConfigMap", true);
  },
  ServiceAccount: () => {
    const properties: Record<string, JsonSchema> = { automountServiceAccountToken: { type: "boolean" } };
    return rootSchema({ properties }, "ServiceAccount", true);
  },
};
