/**
 * Schemas of what a platform has beside the kinds of `coreKinds.ts`, by hand and small, as the API server has them (`apps/v1`,
 * `apiextensions.k8s.io/v1`, `admissionregistration.k8s.io/v1`, `storage.k8s.io/v1`), and cert-manager's Issuer as far as the
 * plugin's release uses it.
 */
import { roleRefAndSubjects, rootSchema, rules, strings } from "./coreKinds";
import type { JsonSchema } from "./jsonSchema";

const text: JsonSchema = { type: "string" };
const texts: JsonSchema = { type: "array", items: text };
const anything: JsonSchema = { "x-kubernetes-preserve-unknown-fields": true };

/** An object with these fields only. */
const fields = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required,
});

const selector = fields({ matchLabels: strings });

const definition = fields(
  {
    group: text,
    scope: { type: "string", enum: ["Namespaced", "Cluster"] },
    names: fields(
      { kind: text, plural: text, singular: text, listKind: text, shortNames: texts, categories: texts },
      ["kind", "plural"],
    ),
    conversion: anything,
    preserveUnknownFields: { type: "boolean" },
    versions: {
      type: "array",
      items: fields(
        {
          name: text,
          served: { type: "boolean" },
          storage: { type: "boolean" },
          schema: fields({ openAPIV3Schema: anything }),
          subresources: anything,
          additionalPrinterColumns: { type: "array", items: anything },
          selectableFields: { type: "array", items: anything },
        },
        ["name", "served", "storage"],
      ),
    },
  },
  ["group", "names", "scope", "versions"],
);

const servicePort = fields(
  {
    name: text,
    port: { type: "integer", minimum: 1, maximum: 65535 },
    protocol: { type: "string", enum: ["TCP", "UDP", "SCTP"] },
    targetPort: { "x-kubernetes-int-or-string": true },
    nodePort: { type: "integer" },
    appProtocol: text,
  },
  ["port"],
);

const webhooks: JsonSchema = {
  type: "array",
  items: fields(
    {
      name: text,
      admissionReviewVersions: texts,
      clientConfig: fields({
        url: text,
        caBundle: text,
        service: fields({ name: text, namespace: text, path: text, port: { type: "integer" } }, [
          "name",
          "namespace",
        ]),
      }),
      failurePolicy: { type: "string", enum: ["Fail", "Ignore"] },
      matchPolicy: { type: "string", enum: ["Exact", "Equivalent"] },
      namespaceSelector: anything,
      objectSelector: anything,
      rules: {
        type: "array",
        items: fields({
          apiGroups: texts,
          apiVersions: texts,
          operations: texts,
          resources: texts,
          scope: text,
        }),
      },
      sideEffects: { type: "string", enum: ["None", "NoneOnDryRun"] },
      timeoutSeconds: { type: "integer", minimum: 1, maximum: 30 },
    },
    ["name", "admissionReviewVersions", "clientConfig", "sideEffects"],
  ),
};

const deployment = (template: JsonSchema): JsonSchema =>
  fields(
    {
      minReadySeconds: { type: "integer", minimum: 0 },
      paused: { type: "boolean" },
      progressDeadlineSeconds: { type: "integer", minimum: 1 },
      replicas: { type: "integer", minimum: 0 },
      revisionHistoryLimit: { type: "integer", minimum: 0 },
      selector,
      strategy: fields({
        type: { type: "string", enum: ["Recreate", "RollingUpdate"] },
        rollingUpdate: anything,
      }),
      template,
    },
    ["selector", "template"],
  );

const specOf = (kind: string, namespaced: boolean, spec: JsonSchema): JsonSchema =>
  rootSchema({ required: ["spec"], properties: { spec } }, kind, namespaced);

/** By `<apiVersion> <kind>`. */
export const platformKinds: Readonly<Record<string, (podTemplate: () => JsonSchema) => JsonSchema>> = {
  "apiextensions.k8s.io/v1 CustomResourceDefinition": () =>
    specOf("CustomResourceDefinition", false, definition),
  "rbac.authorization.k8s.io/v1 ClusterRole": () =>
    rootSchema({ properties: { rules } }, "ClusterRole", false),
  "rbac.authorization.k8s.io/v1 ClusterRoleBinding": () =>
    rootSchema(roleRefAndSubjects, "ClusterRoleBinding", false),
  "v1 Service": () =>
    specOf(
      "Service",
      true,
      fields({
        type: { type: "string", enum: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] },
        selector: strings,
        clusterIP: text,
        ports: { type: "array", items: servicePort },
      }),
    ),
  "apps/v1 Deployment": (podTemplate) => specOf("Deployment", true, deployment(podTemplate())),
  "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration": () =>
    rootSchema({ properties: { webhooks } }, "MutatingWebhookConfiguration", false),
  "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration": () =>
    rootSchema({ properties: { webhooks } }, "ValidatingWebhookConfiguration", false),
  "storage.k8s.io/v1 StorageClass": () =>
    rootSchema(
      {
        required: ["provisioner"],
        properties: {
          provisioner: text,
          parameters: strings,
          reclaimPolicy: { type: "string", enum: ["Delete", "Retain"] },
          volumeBindingMode: { type: "string", enum: ["Immediate", "WaitForFirstConsumer"] },
          allowVolumeExpansion: { type: "boolean" },
          mountOptions: texts,
        },
      },
      "StorageClass",
      false,
    ),
  "cert-manager.io/v1 Issuer": () => specOf("Issuer", true, fields({ selfSigned: fields({}), ca: anything })),
};
