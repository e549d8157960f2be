import { kubernetesDifference } from "./kubernetesDifference";
import {
  annotated,
  type KubernetesSettings,
  kubernetesSettings,
  normalizedInputs,
  normalizedObject,
  objectOf,
  withoutEmptyMarks,
} from "./kubernetesInputs";
import type { Asked, Compared, Properties, Provider } from "./provider";
import { validateManifest } from "./validate";
import { stringOf } from "./wire";

/** Name of the npm package that the stand-ins are for. */
export const kubernetesPackage = "@pulumi/kubernetes";

/**
 * Stand-in for the Kubernetes provider: objects are checked against the CRDs' schemas and kept in the state. It knows what it
 * made itself, for one run; offline/providerCases says what it does as the real one does, and what it can't.
 */
export class OfflineKubernetes implements Provider {
  readonly npmPackage = kubernetesPackage;
  private settings: KubernetesSettings = kubernetesSettings();
  private readonly there = new Set<string>();

  /**
   * @param gone what the state still has, and a run before this one took away to make it anew: type and id, as {@link keyOf} joins them
   */
  constructor(private readonly gone: ReadonlySet<string> = new Set()) {}

  configure(given: { readonly [key: string]: string }): void {
    this.settings = kubernetesSettings(given);
  }

  check(_type: string, inputs: Properties): string[] {
    return checkManifest(inputs);
  }

  normalized(_type: string, inputs: Properties): Properties {
    return normalizedInputs(inputs);
  }

  async diff(compared: Compared) {
    const key = keyOf(compared.type, compared.id);
    if (!this.gone.has(key)) this.there.add(key);
    return kubernetesDifference(compared, this.settings);
  }

  async create({ urn, type, inputs, preview }: Asked) {
    if (preview) return { id: "", outputs: inputs };
    const id = idOf(inputs);
    const key = keyOf(type, id);
    if (this.there.has(key) && !this.settings.upsertExistingObjects) {
      const name = metadataOf(inputs).name;
      const { apiVersion, kind } = objectOf(inputs);
      throw notCreated(urn, `${pluralOf(stringOf(apiVersion), stringOf(kind))} "${name}" already exists`);
    }
    this.there.add(key);
    return { id, outputs: keptOf(inputs) };
  }

  async update({ inputs, preview }: Asked): Promise<Properties> {
    return preview ? inputs : keptOf(inputs);
  }

  async read({ inputs, before = {} }: Asked) {
    return { inputs, outputs: before };
  }

  async delete({ type, id }: Asked): Promise<void> {
    this.there.delete(keyOf(type, id));
  }
}

/** The object as the API server would give it back, as far as that is known without one. */
function keptOf(inputs: Properties): Properties {
  return annotated(withoutEmptyMarks(normalizedObject(objectOf(inputs))), inputs);
}

/** What tells one object from all others. */
export function keyOf(type: string, id: string): string {
  return `${type} ${id}`;
}

/** `clusters.postgresql.cnpg.io`, as the API server calls a kind in its messages. */
function pluralOf(apiVersion: string, kind: string): string {
  const [group = ""] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  return `${kind.toLowerCase()}s${group === "" ? "" : `.${group}`}`;
}

/** How the provider says that nothing was made. */
export function notCreated(urn: string, why: string): Error {
  return new Error(
    `resource ${JSON.stringify(urn)} was not successfully created by the Kubernetes API server: ${why}`,
  );
}

/** Problems of the object that inputs describe; the SDK has put apiVersion and kind in already. */
export function checkManifest(inputs: Properties): string[] {
  const { __defaults: _, ...manifest } = inputs;
  return validateManifest(manifest);
}

/** `<namespace>/<name>`, or the name alone. */
export function idOf(inputs: Properties): string {
  const { name, namespace } = metadataOf(inputs);
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** Name and namespace of an object; empty where it has none. */
export function metadataOf(inputs: Properties): { name: string; namespace: string } {
  const metadata = (inputs.metadata ?? {}) as Properties;
  return { name: stringOf(metadata.name), namespace: stringOf(metadata.namespace) };
}
