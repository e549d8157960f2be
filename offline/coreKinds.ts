/**
 * Schemas of what Kubernetes itself defines, by hand and small: object metadata, Namespace, Secret, ConfigMap, access
 * rights and jobs. Of a pod's template, CNPG's Pooler has the whole schema in its own.
 * The rules are those of the API server's own validation (k8s.io/apimachinery/pkg/api/validation and
 * pkg/apis/core/validation).
 */
import type { JsonSchema } from "./jsonSchema";

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

export const strings: JsonSchema = { type: "object", additionalProperties: { type: "string" } };
const bytes: JsonSchema = { type: "object", additionalProperties: { type: "string", format: "byte" } };
const apiServers: JsonSchema = { "x-leave-out": "the API server sets it" };

/** Metadata of a manifest to apply; `name` overrides what a name may be. */
function metadataSchema(kind: string, namespaced: boolean, name: JsonSchema = subdomain): JsonSchema {
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

/** Rules of a Role, or who has it. */
export const rules: JsonSchema = {
  type: "array",
  items: {
    type: "object",
    required: ["verbs"],
    properties: {
      apiGroups: { type: "array", items: { type: "string" } },
      resources: { type: "array", items: { type: "string" } },
      resourceNames: { type: "array", items: { type: "string" } },
      verbs: { type: "array", items: { type: "string" } },
      nonResourceURLs: { type: "array", items: { type: "string" } },
    },
  },
};

/** What a binding says: which role, and who has it. */
export const roleRefAndSubjects: JsonSchema = {
  required: ["roleRef"],
  properties: {
    roleRef: {
      type: "object",
      required: ["apiGroup", "kind", "name"],
      properties: {
        apiGroup: { type: "string" },
        kind: { type: "string", enum: ["Role", "ClusterRole"] },
        name: { type: "string" },
      },
    },
    subjects: {
      type: "array",
      items: {
        type: "object",
        required: ["kind", "name"],
        properties: {
          apiGroup: { type: "string" },
          kind: { type: "string" },
          name: { type: "string" },
          namespace: label,
        },
      },
    },
  },
};

const count: JsonSchema = { type: "integer", minimum: 0 };

const podFailurePolicy: JsonSchema = {
  type: "object",
  required: ["rules"],
  properties: {
    rules: {
      type: "array",
      items: {
        type: "object",
        required: ["action"],
        properties: {
          action: { type: "string", enum: ["FailJob", "FailIndex", "Ignore", "Count"] },
          onExitCodes: {
            type: "object",
            required: ["operator", "values"],
            properties: {
              containerName: { type: "string" },
              operator: { type: "string", enum: ["In", "NotIn"] },
              values: { type: "array", items: { type: "integer" } },
            },
          },
          onPodConditions: {
            type: "array",
            items: {
              type: "object",
              required: ["type"],
              properties: {
                type: { type: "string" },
                status: { type: "string", enum: ["True", "False", "Unknown"] },
              },
            },
          },
        },
      },
    },
  },
};

/** `spec` of a Job. */
function jobSchema(podTemplate: JsonSchema): JsonSchema {
  return {
    type: "object",
    required: ["template"],
    properties: {
      activeDeadlineSeconds: { type: "integer", minimum: 1 },
      backoffLimit: count,
      completions: count,
      parallelism: count,
      podFailurePolicy,
      suspend: { type: "boolean" },
      template: podTemplate,
      ttlSecondsAfterFinished: count,
    },
  };
}

function cronJobSchema(podTemplate: JsonSchema): JsonSchema {
  return {
    type: "object",
    required: ["schedule", "jobTemplate"],
    properties: {
      concurrencyPolicy: { type: "string", enum: ["Allow", "Forbid", "Replace"] },
      failedJobsHistoryLimit: count,
      jobTemplate: {
        type: "object",
        required: ["spec"],
        properties: {
          metadata: { type: "object", properties: { labels: strings, annotations: strings } },
          spec: jobSchema(podTemplate),
        },
      },
      schedule: { type: "string", pattern: "^\\S+( \\S+){4}$", "x-says": "have five fields" },
      startingDeadlineSeconds: count,
      successfulJobsHistoryLimit: count,
      suspend: { type: "boolean" },
      timeZone: { type: "string" },
    },
  };
}

/** Makes a kind's schema; a pod's template is asked for only where there is one. */
type Make = (podTemplate: () => JsonSchema) => JsonSchema;

/** The kinds of Kubernetes' own that the components render, by `<apiVersion> <kind>`. */
export const coreKinds: Readonly<Record<string, Make>> = {
  "v1 Namespace": () => {
    const finalizers: JsonSchema = { type: "array", items: { type: "string" } };
    const spec: JsonSchema = { type: "object", properties: { finalizers } };
    return rootSchema({ properties: { spec } }, "Namespace", false, label);
  },
  "v1 Secret": () => {
    const properties: Record<string, JsonSchema> = {
      type: { type: "string" },
      data: { ...bytes, "x-keys": dataKey },
      stringData: { ...strings, "x-keys": dataKey },
      immutable: { type: "boolean" },
    };
    return rootSchema({ properties }, "Secret", true);
  },
  "v1 ConfigMap": () => {
    const properties: Record<string, JsonSchema> = {
      data: { ...strings, "x-keys": dataKey },
      binaryData: { ...bytes, "x-keys": dataKey },
      immutable: { type: "boolean" },
    };
    return rootSchema({ properties }, "ConfigMap", true);
  },
  "v1 ServiceAccount": () =>
    rootSchema(
      {
        properties: {
          automountServiceAccountToken: { type: "boolean" },
          imagePullSecrets: { type: "array", items: { type: "object", properties: { name: subdomain } } },
        },
      },
      "ServiceAccount",
      true,
    ),
  "policy/v1 PodDisruptionBudget": () => {
    const amount: JsonSchema = { "x-kubernetes-int-or-string": true };
    const selector: JsonSchema = { type: "object", properties: { matchLabels: strings } };
    const spec: JsonSchema = {
      type: "object",
      properties: { minAvailable: amount, maxUnavailable: amount, selector },
    };
    return rootSchema({ required: ["spec"], properties: { spec } }, "PodDisruptionBudget", true);
  },
  "rbac.authorization.k8s.io/v1 Role": () => rootSchema({ properties: { rules } }, "Role", true),
  "rbac.authorization.k8s.io/v1 RoleBinding": () => rootSchema(roleRefAndSubjects, "RoleBinding", true),
  "batch/v1 Job": (podTemplate) =>
    rootSchema({ required: ["spec"], properties: { spec: jobSchema(podTemplate()) } }, "Job", true),
  // The API server adds eleven characters to a CronJob's name for each of its Jobs.
  "batch/v1 CronJob": (podTemplate) =>
    rootSchema({ required: ["spec"], properties: { spec: cronJobSchema(podTemplate()) } }, "CronJob", true, {
      ...subdomain,
      maxLength: 52,
    }),
};
