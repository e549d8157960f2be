import { keeping, type Properties } from "./provider";
import { validateManifest } from "./validate";
import { isSecret, SECRET, SPECIAL, stringOf } from "./wire";

/** Stand-in for the Kubernetes provider: objects are checked against the CRDs' schemas and kept in the state. */
export const kubernetes = keeping({
  npmPackage: "@pulumi/kubernetes",
  check: (type, inputs) => validateManifest(asManifest(type, inputs)),
  id(_type, inputs) {
    const { name, namespace } = metadataOf(inputs);
    return namespace === "" ? name : `${namespace}/${name}`;
  },
  outputs(type, inputs) {
    if (type !== "kubernetes:core/v1:Secret") return inputs;
    // As the real one does: whatever is in a Secret is one, however the program came by it.
    return Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [
        key,
        key === "data" || key === "stringData" ? asSecret(value) : value,
      ]),
    );
  },
  replaceOn: () => ["apiVersion", "kind", "metadata.name", "metadata.namespace", "type"],
});

/** The object as the API server would see it; the SDK has put apiVersion and kind in already. */
function asManifest(_type: string, inputs: Properties): Properties {
  const { __defaults: _, ...manifest } = inputs;
  return manifest;
}

function asSecret(value: unknown): unknown {
  return value === undefined || isSecret(value) ? value : { [SPECIAL]: SECRET, value };
}

/** Name and namespace of an object; empty where it has none. */
export function metadataOf(inputs: Properties): { name: string; namespace: string } {
  const metadata = (inputs.metadata ?? {}) as Properties;
  return { name: stringOf(metadata.name), namespace: stringOf(metadata.namespace) };
}
