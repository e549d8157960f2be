import { cloudTypes } from "./cloud";
import { addTo } from "./grouped";
import type { Resource } from "./resource";

/** Objects of one type and name. */
interface Namesakes {
  readonly all: Resource[];
  /** The first one of each namespace, undefined included. */
  readonly byNamespace: Map<string | undefined, Resource>;
}

/** Every resource that there is to judge, by what rules look it up by. */
export class Stack {
  private readonly byType = new Map<string, Resource[]>();

  constructor(readonly resources: readonly Resource[]) {
    for (const resource of resources) {
      addTo(this.byType, resource.type, resource);
    }
  }

  /** All resources of a type; see `Resource.type`. */
  ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  /**
   * The object of a name in a namespace. Where one of the two does not say its namespace, because Kustomize or Flux will,
   * the name alone has to do.
   */
  find(type: string, namespace: string | undefined, name: string): Resource | undefined {
    const sameName = this.named(type).get(name);
    return (
      sameName?.byNamespace.get(namespace) ??
      (namespace === undefined ? sameName?.all[0] : sameName?.byNamespace.get(undefined))
    );
  }

  /** All objects of a type and name, in whatever namespace. */
  allNamed(type: string, name: string): readonly Resource[] {
    return this.named(type).get(name)?.all ?? [];
  }

  /** Whether there is any resource of IAM or Cloud Storage: without, the cloud half is somewhere else. */
  get cloud(): { readonly present: boolean } {
    return { present: Object.values(cloudTypes).some((type) => this.ofType(type).length > 0) };
  }

  private readonly names = new Map<string, Map<string, Namesakes>>();

  private named(type: string): Map<string, Namesakes> {
    let index = this.names.get(type);
    if (index === undefined) {
      index = new Map();
      for (const resource of this.ofType(type)) {
        const name = resource.name ?? "";
        let namesakes = index.get(name);
        if (namesakes === undefined) {
          namesakes = { all: [], byNamespace: new Map() };
          index.set(name, namesakes);
        }
        namesakes.all.push(resource);
        const { namespace } = resource;
        if (!namesakes.byNamespace.has(namespace)) namesakes.byNamespace.set(namespace, resource);
      }
      this.names.set(type, index);
    }
    return index;
  }
}
