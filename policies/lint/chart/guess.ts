import { isMap } from "../maps";

/** Fields of a Cluster that no other database's operator has under these names. */
const onlyCnpg: readonly string[] = [
  "barmanObjectStore",
  "enableSuperuserAccess",
  "imageCatalogRef",
  "initdb",
  "primaryUpdateMethod",
  "primaryUpdateStrategy",
  "superuserSecret",
  "walStorage",
];

const ofCluster: readonly string[] = [
  "instances",
  "storage",
  "bootstrap",
  "backup",
  "backups",
  "imageName",
  "postgresql",
  "monitoring",
  "externalClusters",
];

/** Whether values of a chart that nobody knows hold what a Cluster of CloudNativePG is made from. */
export function seemsToMakeCluster(value: unknown, depth = 0): boolean {
  if (Array.isArray(value)) return value.some((one) => seemsToMakeCluster(one, depth + 1));
  if (!isMap(value) || depth > 8) return false;
  const own = onlyCnpg.filter((key) => key in value).length;
  const common = ofCluster.filter((key) => key in value).length;
  if (own >= 1 && own + common >= 3) return true;
  // A schema says which fields there are, and makes nothing.
  return Object.entries(value).some(
    ([key, one]) => key !== "properties" && seemsToMakeCluster(one, depth + 1),
  );
}

/** Whether an object installs a chart that nobody knows, with values that make a Cluster. */
export function installsUnknownChart({ kind, spec }: Readonly<Record<string, unknown>>): boolean {
  if (!["HelmRelease", "HelmChart", "Application", "ApplicationSet"].includes(String(kind))) return false;
  return seemsToMakeCluster(spec);
}
