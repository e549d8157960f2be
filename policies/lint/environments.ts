import type { Resource } from "../core/resource";

/** Resources that are looked at together by rules that compare resources with each other. */
export type Environment = readonly Resource[];

interface Folder {
  readonly folders: Map<string, Folder>;
  /** By what an object is called: the folders and files right here that define one. */
  readonly names: Map<string, Set<string>>;
}

/**
 * Parts resources by environment. An object of one kind, namespace and name can't be twice in one Kubernetes cluster: where
 * two files define it, as `dev/db.yaml` and `prod/db.yaml` do, or two examples in one folder, the folders or files in which
 * they part ways are environments of their own, and what belongs to none of them belongs to all.
 */
export function environmentsOf(resources: readonly Resource[]): readonly Environment[] {
  const root = newFolder();
  let parted = false;
  for (const resource of resources) {
    const name = nameOf(resource);
    if (name === undefined) continue;
    let folder = root;
    for (const segment of segmentsOf(resource)) {
      const known = folder.names.get(name);
      if (known === undefined) folder.names.set(name, new Set([segment]));
      else if (!known.has(segment)) {
        known.add(segment);
        parted = true;
      }
      let inner = folder.folders.get(segment);
      if (inner === undefined) {
        inner = newFolder();
        folder.folders.set(segment, inner);
      }
      folder = inner;
    }
  }
  if (!parted) return [resources];

  const members = new Map<string, Resource[]>();
  for (const resource of resources) {
    const key = environmentOf(resource, root);
    const same = members.get(key);
    if (same === undefined) members.set(key, [resource]);
    else same.push(resource);
  }
  return withShared(members, resources.length);
}

/** Path of the innermost environment that a resource lies in; empty if it is in none. */
function environmentOf(resource: Resource, root: Folder): string {
  let folder: Folder | undefined = root;
  let environment = "";
  let path = "";
  for (const segment of segmentsOf(resource)) {
    path += `/${segment}`;
    if (folder !== undefined && partingPlaces(folder).has(segment)) environment = path;
    folder = folder?.folders.get(segment);
  }
  return environment;
}

const places = new WeakMap<Folder, ReadonlySet<string>>();

/** What lies right in a folder and defines an object that something else there defines too. */
function partingPlaces(folder: Folder): ReadonlySet<string> {
  let found = places.get(folder);
  if (found === undefined) {
    found = new Set([...folder.names.values()].flatMap((within) => (within.size > 1 ? [...within] : [])));
    places.set(folder, found);
  }
  return found;
}

/** Every innermost environment, with what lies around it and is in no environment beside it. */
function withShared(members: ReadonlyMap<string, Resource[]>, all: number): Environment[] {
  const around = new Map(
    [...members.keys()].map((key) => [key, above(key).filter((one) => members.has(one))]),
  );
  const outer = new Set([...around.values()].flat());
  const inner = [...members.keys()].filter((key) => !outer.has(key));
  const parts = inner.map((key) => [...(around.get(key) ?? []), key].map((one) => members.get(one) ?? []));
  const total = parts.flat().reduce((sum, { length }) => sum + length, 0);
  // Hundreds of examples and as many shared files: each by itself, so that the work stays in proportion.
  return total > 8 * all ? [...members.values()] : parts.map((part) => part.flat());
}

/** The paths around a path: for `/a/b` the empty one and `/a`. */
function above(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, i) => segments.slice(0, i + 1).join("/"));
}

function newFolder(): Folder {
  return { folders: new Map(), names: new Map() };
}

function segmentsOf({ origin }: Resource): string[] {
  return (origin.file ?? "-").split("/");
}

/** What an object of CNPG is called; others, such as a Namespace, are often defined twice for one environment. */
function nameOf(resource: Resource): string | undefined {
  const { type, name, namespace } = resource;
  if (!type.endsWith("cnpg.io") || name === undefined) return undefined;
  return `${type} ${namespace ?? ""}/${name}`;
}
