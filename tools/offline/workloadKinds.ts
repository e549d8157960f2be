/**
 * Schemas of what the components render of Kubernetes beside its core group, by hand and small: budgets, jobs and the
 * access of their accounts. A pod is judged by what CNPG's own schema of a Pooler has of it.
 */
import type { JsonSchema } from "../generate/schema";
import { rootSchema } from "./coreKinds";

const text: JsonSchema = { type: "string" };
const count: JsonSchema = { type: "integer", format: "int32", minimum: 0 };
const flag: JsonSchema = { type: "boolean" };
const texts: JsonSchema = { type: "array", items: text };
const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required,
});
const strings: JsonSchema = { type: "object", additionalProperties: text };
const selector = object({
  matchLabels: strings,
  matchExpressions: {
    type: "array",
    items: object({ key: text, operator: text, values: texts }, ["key", "operator"]),
  },
});

const subject = object(
  {
    kind: { ...text, enum: ["ServiceAccount", "User", "Group"] },
    name: text,
    namespace: text,
    apiGroup: text,
  },
  ["kind", "name"],
);
const rule = object(
  { apiGroups: texts, resources: texts, resourceNames: texts, verbs: { ...texts, minItems: 1 } },
  ["verbs"],
);

/** A CronJob's name is part of those of its Jobs. */
const cronJobName: JsonSchema = {
  type: "string",
  maxLength: 52,
  pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
  "x-says": "be a DNS label",
};

/** The schema of a pod's spec in that of a Pooler. */
function podOf(pooler: JsonSchema): JsonSchema {
  const pod = pooler.properties?.spec?.properties?.template?.properties?.spec;
  if (pod === undefined) throw new Error("the schema of a Pooler has no template of its pods");
  return pod;
}

/** By `<apiVersion> <kind>`; `pooler` is the schema of a Pooler. */
export const workloadKinds = (pooler: () => JsonSchema): Readonly<Record<string, () => JsonSchema>> => {
  const template = () =>
    object({ metadata: object({ labels: strings, annotations: strings }), spec: podOf(pooler()) });
  const job = () =>
    object({ backoffLimit: count, activeDeadlineSeconds: count, completions: count, template: template() }, [
      "template",
    ]);
  const spec = (of: JsonSchema): JsonSchema => ({ properties: { spec: of }, required: ["spec"] });
  return {
    "policy/v1 PodDisruptionBudget": () => {
      const amount: JsonSchema = { "x-kubernetes-int-or-string": true };
      const budget = object({ minAvailable: amount, maxUnavailable: amount, selector });
      return rootSchema(spec(budget), "PodDisruptionBudget", true);
    },
    "rbac.authorization.k8s.io/v1 Role": () =>
      rootSchema({ properties: { rules: { type: "array", items: rule } } }, "Role", true),
    "rbac.authorization.k8s.io/v1 RoleBinding": () => {
      const roleRef = object({ apiGroup: text, kind: text, name: text }, ["apiGroup", "kind", "name"]);
      const properties = { roleRef, subjects: { type: "array" as const, items: subject } };
      return rootSchema({ properties, required: ["roleRef"] }, "RoleBinding", true);
    },
    "batch/v1 Job": () => rootSchema(spec(job()), "Job", true),
    "batch/v1 CronJob": () => {
      const cron = object(
        {
          schedule: { ...text, pattern: "^\\S+( \\S+){4}$", "x-says": "have five fields" },
          concurrencyPolicy: { ...text, enum: ["Allow", "Forbid", "Replace"] },
          startingDeadlineSeconds: count,
          successfulJobsHistoryLimit: count,
          failedJobsHistoryLimit: count,
          suspend: flag,
          timeZone: text,
          jobTemplate: object({ spec: job() }, ["spec"]),
        },
        ["schedule", "jobTemplate"],
      );
      return rootSchema(spec(cron), "CronJob", true, cronJobName);
    },
  };
};
