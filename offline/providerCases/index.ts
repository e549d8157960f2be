/*
 * What Pulumi's Kubernetes provider does, case by case, and whether its two stand-ins do the same. docs/providers.md is made
 * of it; test/providerCases/plays plays each row against both stand-ins, and against the provider itself where there is one.
 *
 * Sources are files and functions of github.com/pulumi/pulumi-kubernetes at v4.32.0 and a month later, under provider/pkg/;
 * of github.com/pulumi/pulumi at v3.250.0 where `engine:` stands before them.
 */

import { liveCases } from "./live";
import { lab, type ProviderCases, row } from "./row";

const diff = "provider/provider.go Diff, pruneLiveState";
const forceNew = "provider/diff.go forceNewProperties";
const creation = "await/await.go Creation";

/** The table. */
export const providerCases: readonly ProviderCases[] = [
  {
    title: "What an update shows",
    cases: [
      row("update-same", "nothing changed", "no change", diff),
      row(
        "update-fields",
        "fields come, change and go",
        "each is shown by its path; an item at the end of a list that goes is a deletion",
        "provider/provider.go convertPatchToDiff",
      ),
      row(
        "update-emptyLabels",
        "a custom resource has `labels: {}`",
        "the API server keeps no empty map of labels, so every update shows `+metadata.labels`",
        diff,
      ),
      row(
        "update-emptyLabelsBuiltIn",
        "an object of Kubernetes' own kinds has it",
        "no change: those are read into their types first",
        "provider/provider.go normalizeInputs",
      ),
      row(
        "update-quantity",
        "`cpu: 1000m` becomes `1` in a Job",
        "no change, as the two are the same quantity",
        "clients/unstructured.go Normalize",
      ),
      row(
        "replace-custom",
        "any field of a custom resource's `spec` changes",
        "an update in place",
        forceNew,
      ),
      row(
        "replace-name",
        "`metadata.name` or `metadata.namespace` changes",
        "a replacement; the new one is made before the old one goes",
        `${forceNew}; provider/provider.go Diff`,
      ),
      row(
        "replace-job",
        "a Job's `spec.template` changes",
        "a replacement, the old one goes first as the new one has its name; `backoffLimit` is changed in place",
        forceNew,
      ),
      row(
        "replace-roleBinding",
        "a RoleBinding's `roleRef` changes",
        "a replacement, the old one goes first",
        forceNew,
      ),
    ],
  },
  {
    title: "Secrets and ConfigMaps",
    cases: [
      row(
        "secret-checked",
        "a Secret has `stringData`",
        "its inputs in the state, in policies and in hooks are `data` in base64; as long as one value is unknown, as given",
        "provider/provider.go Check; clients/unstructured.go normalizeSecret",
      ),
      row(
        "secret-outputs",
        "the outputs of a Secret are read",
        "`data` is there and secret as a whole, also where the program gave plain text; `stringData` is not",
        "provider/provider.go checkpointObject, annotateSecrets",
      ),
      row(
        "secretOfOthers",
        "another object has secret values",
        "they are secret in its outputs; of a list all items are",
        "provider/provider.go annotateSecrets",
      ),
      row("secret-replaced", "a Secret's data changes", "a replacement, the old one goes first", forceNew),
      row(
        "secret-mutable",
        "the same with `kubernetes:enableSecretMutable`",
        "an update in place, and the Secret keeps its UID; a change of `type` still replaces",
        forceNew,
      ),
      row(
        "secret-mutableByEnv",
        "the same with `PULUMI_K8S_ENABLE_SECRET_MUTABLE`",
        "as with the setting; where both are, the setting counts",
        "provider/provider.go Configure",
      ),
      row(
        "secret-immutable",
        "a Secret with `immutable: true`",
        "is replaced with the setting too",
        forceNew,
      ),
      row(
        "configMap-replaced",
        "a ConfigMap's data changes",
        "a replacement, the old one goes first",
        forceNew,
      ),
      row(
        "configMap-mutable",
        "the same with `kubernetes:enableConfigMapMutable`",
        "an update in place",
        forceNew,
      ),
    ],
  },
  {
    title: "Creation",
    cases: [
      row(
        "create-manager",
        "an object is made, then updated",
        "a POST as field manager `pulumi-kubernetes`; the first update takes all that over as `pulumi-kubernetes-<8 digits>`, by server-side apply",
        `${creation}, fixCSAFieldManagers`,
        lab,
      ),
      row(
        "create-exists",
        "the object is there already, also if this stack made it and was killed before the engine saved that",
        "the preview is silent; then `… already exists` with hints, and nothing in the state. It shows `Retry #0`, and tries no second time. The provider remembers nothing",
        `${creation}; provider/provider.go Create`,
      ),
      row(
        "create-upsert",
        "the same with `kubernetes:upsertExistingObjects` or `PULUMI_K8S_UPSERT_EXISTING_OBJECTS`",
        "server-side apply instead of a POST: it is the stack's from then on",
        "provider/provider.go Configure; await/await.go Creation",
      ),
      row(
        "create-upsertConflict",
        "the same, with other values than the object has",
        "a conflict with whoever set them, `pulumi-kubernetes` for a killed run; the preview doesn't show it",
        "await/await.go Creation, patchForce",
        lab,
      ),
      row(
        "create-beingDeleted",
        "the object is there and being deleted",
        "`object is being deleted: … already exists` at once",
        creation,
        lab,
      ),
      row(
        "create-noNamespace",
        "the namespace is missing",
        'the preview is silent; then six tries within 63 s, each shown as `Retry #N; creation failed: …`, and `namespaces "…" not found`',
        `${creation}; retry/retry.go Do`,
        lab,
      ),
      row(
        "create-noKind",
        "the CRD is missing",
        'the preview is silent; six tries as well, then `… no matches for kind "…" in version "…"`',
        `${creation}; provider/provider.go Create`,
        lab,
      ),
      row("create-kindComes", "the CRD comes while it tries", "the object is made", creation, lab),
      row(
        "create-refused",
        "validation or a webhook refuses it",
        "an error at preview and in the update, nothing in the state. A refusal with the reason Forbidden is silent at preview",
        "provider/provider.go Create",
        { offline: "its own check of the schema comes first and names every problem" },
      ),
      row(
        "create-unknownField",
        "it has a field that the schema does not know",
        "the server drops it, nobody is warned, and every update shows it as `+`",
        "await/await.go Creation; provider/provider.go Configure (no warnings)",
        { offline: "its own check refuses it, and so does that of the lab's before an update" },
      ),
      row(
        "create-previewOutputs",
        "a preview",
        "a dry run on the server; nothing is made",
        "provider/provider.go Create",
        lab,
      ),
    ],
  },
  ...liveCases,
];
