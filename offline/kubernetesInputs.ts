/*
 * What the Kubernetes provider makes of inputs before it compares or sends them, for both of its stand-ins.
 * offline/providerCases says where each of its habits is from.
 */
import { isMap } from "./properties";
import type { Properties } from "./provider";
import { isSecret, OUTPUT, SECRET, SPECIAL, UNKNOWN } from "./wire";

/** Settings of the provider that change what an update does. */
export interface KubernetesSettings {
  /** Create what is there already by server-side apply, instead of refusing. */
  readonly upsertExistingObjects: boolean;
  /** Take over fields that other managers own. */
  readonly enablePatchForce: boolean;
  /** Update a Secret in place. */
  readonly enableSecretMutable: boolean;
  /** Update a ConfigMap in place. */
  readonly enableConfigMapMutable: boolean;
}

const variables: Readonly<Record<keyof KubernetesSettings, string>> = {
  upsertExistingObjects: "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
  enablePatchForce: "PULUMI_K8S_ENABLE_PATCH_FORCE",
  enableSecretMutable: "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
  enableConfigMapMutable: "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
};

/** The settings from the stack's `kubernetes:*` and, where it has none, from the environment; only `true` is true. */
export function kubernetesSettings(
  given: { readonly [key: string]: string } = {},
  env: NodeJS.ProcessEnv = process.env,
): KubernetesSettings {
  const on = (key: keyof KubernetesSettings) => (given[key] ?? env[variables[key]]) === "true";
  return {
    upsertExistingObjects: on("upsertExistingObjects"),
    enablePatchForce: on("enablePatchForce"),
    enableSecretMutable: on("enableSecretMutable"),
    enableConfigMapMutable: on("enableConfigMapMutable"),
  };
}

/** A value without marks of secrets; what is not known yet is {@link UNKNOWN}. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (!isMap(value)) return value;
  if (value[SPECIAL] === SECRET) return bare(value.value);
  if (value[SPECIAL] === OUTPUT) return value.value === undefined ? UNKNOWN : bare(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bare(inner)]));
}

/** The object that inputs or outputs describe, without marks and without what Pulumi keeps beside it. */
export function objectOf(properties: Properties): Properties {
  return bare(
    Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__"))),
  ) as Properties;
}

/** Whether a value that is known only after other things were made stands anywhere in it. */
export function hasUnknowns(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (!isMap(value) && !Array.isArray(value)) return false;
  if (isMap(value) && value[SPECIAL] === OUTPUT && value.value === undefined) return true;
  return Object.values(value).some(hasUnknowns);
}

/** Whether a kind is one of Kubernetes' own, whose objects are read into their types before they are compared. */
export function isBuiltIn(apiVersion: unknown): boolean {
  return (
    typeof apiVersion === "string" &&
    /^(v1|(apps|batch|autoscaling|policy|extensions)\/\w+|(rbac\.authorization|networking|storage|apiextensions|coordination|discovery|events|node|scheduling|admissionregistration|certificates|authentication|authorization|apiregistration|flowcontrol\.apiserver)\.k8s\.io\/\w+)$/.test(
      apiVersion,
    )
  );
}

const readOnly = [
  ...["creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation"],
  ...["managedFields", "resourceVersion", "uid"],
];

/** An object as the provider compares and keeps it: a Secret's text as base64, nothing that the server alone writes. */
export function normalizedObject(object: Properties): Properties {
  const { metadata, ...rest } = object;
  const cleaned = isMap(metadata)
    ? {
        ...rest,
        metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !readOnly.includes(key))),
      }
    : object;
  if (!isBuiltIn(object.apiVersion) || hasUnknowns(object)) return cleaned;
  const known = withoutEmptyMarks(cleaned);
  if (object.kind !== "Secret") return known;
  const { stringData, ...secret } = known;
  if (!isMap(stringData) || Object.keys(stringData).length === 0) return known;
  const texts = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString("base64"),
  ]);
  return { ...secret, data: { ...(isMap(secret.data) ? secret.data : {}), ...Object.fromEntries(texts) } };
}

/** Empty labels and annotations are no labels and annotations. */
export function withoutEmptyMarks(object: Properties): Properties {
  if (!isMap(object.metadata)) return object;
  const kept = Object.entries(object.metadata).filter(
    ([key, value]) => !((key === "labels" || key === "annotations") && isEmptyMap(value)),
  );
  return { ...object, metadata: Object.fromEntries(kept) };
}

/** Inputs as the state keeps them; those with values that are not known yet stay as they are. */
export function normalizedInputs(inputs: Properties): Properties {
  return annotated(normalizedObject(objectOf(inputs)), inputs);
}

/** The live value, of maps and lists only what was given: what the API server and operators add is theirs. */
export function pruned(live: unknown, given: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(given)) {
    if (live.length > 0 && given.length > 0 && sort(live[0]) !== sort(given[0])) return live;
    return given.slice(0, live.length).map((item, i) => pruned(live[i], item));
  }
  if (!isMap(live) || !isMap(given)) return live;
  return Object.fromEntries(
    Object.entries(live)
      .filter(([key]) => Object.hasOwn(given, key))
      .map(([key, value]) => [key, pruned(value, given[key])]),
  );
}

/** An object with the marks of what in `marked` is secret; all that is in a Secret is. */
export function annotated(object: Properties, marked: Properties): Properties {
  const isSecretKind = object.kind === "Secret";
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      if (isSecretKind) return [key, key === "data" || key === "stringData" ? secret(value) : value];
      const mark = marked[key];
      if (isMap(value) && isMap(mark) && !isSecret(mark)) return [key, annotated(value, mark)];
      return [key, hasSecrets(mark) ? secret(value) : value];
    }),
  );
}

function hasSecrets(value: unknown): boolean {
  if (isSecret(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasSecrets);
}

function secret(value: unknown): unknown {
  return { [SPECIAL]: SECRET, value };
}

function sort(value: unknown): string {
  return Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
}

function isEmptyMap(value: unknown): boolean {
  return value === null || (isMap(value) && Object.keys(value).length === 0);
}
