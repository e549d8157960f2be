import { BARMAN_PLUGIN, CLUSTER, inTreeStore, OBJECT_STORE } from "./cluster";
import type { Resource } from "./resource";
import { formatPath, type View } from "./view";

/** Every configuration of an object store that a Cluster or an ObjectStore holds, for backups and to recover from. */
export function storesOf(resource: Resource): View[] {
  if (resource.type === OBJECT_STORE) return [resource.view.at("spec", "configuration")];
  if (resource.type !== CLUSTER) return [];
  const own = inTreeStore(resource);
  const sources = resource.view
    .list("spec", "externalClusters")
    .map((source) => source.at("barmanObjectStore"))
    .filter((store) => store.exists);
  return own === undefined ? sources : [own, ...sources];
}

/** The first of a Cluster's stores by the in-tree model, and how to speak of the others; undefined if it has none. */
export function inTreePlaces(
  cluster: Resource,
): { readonly first: View; readonly besides: string } | undefined {
  const [first, ...others] = storesOf(cluster);
  if (first === undefined) return undefined;
  const named = others.slice(0, 2).map(({ path }) => formatPath(path));
  const more = others.length > 2 ? ` and ${others.length - 2} more` : "";
  return {
    first,
    besides:
      others.length === 0 ? "" : `, and so ${others.length > 1 ? "are" : "is"} ${named.join(", ")}${more}`,
  };
}

/** The release of CNPG that a version is of, such as 1.31, if Barman Cloud is no part of it any more. */
export function releaseWithoutInTree(operatorVersion: unknown): string | undefined {
  const [release, major, minor] = /^v?(\d+)\.(\d+)/.exec(String(operatorVersion)) ?? [];
  if (release === undefined || Number(major) * 1000 + Number(minor) < 1031) return undefined;
  return `${major}.${minor}`;
}

/** Where a cluster's WAL goes: an archiver of either model, or nowhere. */
export function archivesWal(cluster: Resource): boolean {
  return (
    inTreeStore(cluster) !== undefined ||
    cluster.view
      .list("spec", "plugins")
      .some(
        (plugin) =>
          plugin.flag("enabled") !== false &&
          (plugin.flag("isWALArchiver") === true || plugin.text("name") === BARMAN_PLUGIN),
      )
  );
}

/** Whether a cluster takes snapshots of its volumes. */
export function takesSnapshots(cluster: Resource): boolean {
  return cluster.view.at("spec", "backup", "volumeSnapshot").exists;
}

/** Whether a cluster follows another one: a replica cluster, or one that is not the primary of a distributed topology. */
export function follows(cluster: Resource): boolean {
  const replica = cluster.view.at("spec", "replica");
  if (!replica.exists) return false;
  // CNPG looks at `enabled` first, and at the names of a distributed topology only without it.
  const enabled = replica.flag("enabled");
  if (enabled !== undefined) return enabled;
  const self = replica.text("self") || cluster.name;
  return self !== (replica.text("primary") ?? "");
}
