import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Cluster, type KubernetesObject, openCluster } from "./cluster";

/**
 * The lab's volumes: a stand-in for a CSI driver. Each claim of the class `standard` gets a folder below `root`; a
 * larger request grows it, and a released one is removed. Folders have no limit of their own, so the size is a number
 * that nothing enforces.
 *
 * Arguments: kubeconfig, kubectl, root folder. Runs until it is ended.
 */
async function main(): Promise<void> {
  const [kubeconfig = "", kubectl = "", root = ""] = process.argv.slice(2);
  const cluster = await openCluster({ kubeconfig, kubectl });
  for (;;) {
    try {
      await look(cluster, root);
    } catch (error) {
      console.error((error as Error).message);
    }
    await new Promise((next) => setTimeout(next, 300));
  }
}

interface Claim {
  readonly storageClassName?: string;
  readonly accessModes?: readonly string[];
  readonly volumeMode?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

const className = "standard";
const volumeOf = (claim: KubernetesObject) => `pvc-${claim.metadata.uid}`;

async function look(cluster: Cluster, root: string): Promise<void> {
  const [claims, volumes] = await Promise.all([
    cluster.list("v1", "PersistentVolumeClaim"),
    cluster.list("v1", "PersistentVolume"),
  ]);
  for (const claim of claims) {
    const spec = claim.spec as Claim;
    if (spec.storageClassName !== className || claim.metadata.deletionTimestamp !== undefined) continue;
    const volume = volumes.find(({ metadata }) => metadata.name === volumeOf(claim));
    if (volume === undefined) await provision(cluster, root, claim, spec);
    else await grow(cluster, claim, spec);
  }
  for (const volume of volumes)
    if ((volume.status as { phase?: string } | undefined)?.phase === "Released" && isOurs(volume))
      await remove(cluster, root, volume);
}

function isOurs(volume: KubernetesObject): boolean {
  return (volume.spec as { storageClassName?: string }).storageClassName === className;
}

async function provision(
  cluster: Cluster,
  root: string,
  claim: KubernetesObject,
  spec: Claim,
): Promise<void> {
  const name = volumeOf(claim);
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  // Pods write under users of their own.
  chmodSync(folder, 0o777);
  await cluster.apply({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: {
      capacity: { storage: spec.resources?.requests?.storage },
      accessModes: spec.accessModes,
      volumeMode: spec.volumeMode ?? "Filesystem",
      storageClassName: className,
      // The folder is ours to remove: Kubernetes removes folders below /tmp only.
      persistentVolumeReclaimPolicy: "Retain",
      hostPath: { path: folder },
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        name: claim.metadata.name,
        namespace: claim.metadata.namespace,
        uid: claim.metadata.uid,
      },
    },
  });
}

async function grow(cluster: Cluster, claim: KubernetesObject, spec: Claim): Promise<void> {
  const status = claim.status as { phase?: string; capacity?: { storage?: string } } | undefined;
  const storage = spec.resources?.requests?.storage;
  if (status?.phase !== "Bound" || storage === status.capacity?.storage) return;
  const { name, namespace } = claim.metadata;
  await cluster.patch(
    { apiVersion: "v1", kind: "PersistentVolume", name: volumeOf(claim) },
    { spec: { capacity: { storage } } },
  );
  await cluster.patch(
    { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace },
    { status: { capacity: { storage } } },
    "status",
  );
}

async function remove(cluster: Cluster, root: string, volume: KubernetesObject): Promise<void> {
  rmSync(join(root, volume.metadata.name), { recursive: true, force: true });
  await cluster.remove({ apiVersion: "v1", kind: "PersistentVolume", name: volume.metadata.name });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
