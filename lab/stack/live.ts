/*
 * Between what the engine knows of an object, with marks for secrets and unknowns, and what the API server knows.
 */

import { annotated, isBuiltIn, normalizedObject, objectOf, pruned } from "../../offline/kubernetesInputs";
import type { Properties } from "../../offline/provider";
import { type KubernetesObject, type Ref, refOf } from "../cluster";

export { hasUnknowns } from "../../offline/kubernetesInputs";

/** An object as the API server takes it: plain values, without what Pulumi's SDK adds. */
export function manifestOf(inputs: Properties): KubernetesObject {
  return objectOf(inputs) as unknown as KubernetesObject;
}

/** Which object a resource is, from its inputs, or where there are none (an import) from its type and id. */
export function refOfResource(type: string, id: string, inputs: Properties): Ref {
  const manifest = manifestOf(inputs);
  if (manifest.kind !== undefined && manifest.metadata?.name !== undefined) return refOf(manifest);
  const [, version = "", kind = ""] = type.split(":");
  const [name = "", namespace] = id.split("/").reverse();
  return { apiVersion: version.replace(/^core\//, ""), kind, name, namespace };
}

/**
 * The outputs of a resource: the live object under the inputs' marks, so that what is a secret stays one, with what the
 * provider keeps for its next step. Who owns which field is left out: it is as long as the object.
 */
export function outputsOf(inputs: Properties, live: KubernetesObject, manager: string): Properties {
  const { managedFields: _, ...metadata } = live.metadata;
  return {
    ...annotated({ ...live, metadata }, inputs),
    __inputs: inputs,
    __initialApiVersion: live.apiVersion,
    __fieldManager: manager,
  };
}

/** The inputs that would make an object what it is now, of those fields that the program had given. */
export function inputsOf(inputs: Properties, live: KubernetesObject): Properties {
  const given = normalizedObject(objectOf(inputs));
  if (given.apiVersion === undefined) return importedInputs(live);
  return annotated(pruned(live, given) as Properties, inputs);
}

/**
 * What an import makes of an object: of Kubernetes' own kinds all that can be given, of any other its name alone, since
 * the provider has no schema of it.
 */
function importedInputs(live: KubernetesObject): Properties {
  const { apiVersion, kind, metadata, status: _, ...rest } = live;
  const { name, namespace } = metadata;
  if (!isBuiltIn(apiVersion))
    return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
  return annotated(normalizedObject({ apiVersion, kind, metadata, ...rest }), {});
}
