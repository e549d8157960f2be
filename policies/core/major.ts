import { readImage } from "./image";
import type { Resource } from "./resource";
import type { View } from "./view";

/** Whether a Cluster goes from one major version of Postgres to a later one. */
export function isMajorUpgrade(before: Resource, after: Resource): boolean {
  const [was, is] = [majorOf(before), majorOf(after)];
  return was !== undefined && is !== undefined && is.major > was.major;
}

/** The major version of Postgres that a Cluster says, and where. */
export function majorOf(cluster: Resource): { readonly major: number; readonly at: View } | undefined {
  const spec = cluster.view.at("spec");
  const inCatalog = spec.at("imageCatalogRef", "major");
  const major = inCatalog.exists ? inCatalog.number() : readImage(spec.text("imageName") ?? "").major;
  if (major === undefined) return undefined;
  return { major, at: inCatalog.exists ? inCatalog : spec.at("imageName") };
}
