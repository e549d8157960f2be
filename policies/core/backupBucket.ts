import { ACCOUNT_ANNOTATION, CLUSTER, locationOf, OBJECT_STORE } from "./cluster";
import { addTo } from "./grouped";
import { known, Resource } from "./resource";
import type { Stack } from "./stack";
import type { View } from "./view";

/** An object store that a resource of CNPG names. */
export interface NamedStore {
  /** The ObjectStore or Cluster. */
  readonly holder: Resource;
  /** `destinationPath`, credentials, `wal` and `data`. */
  readonly store: View;
  /** Where backups are written with a retention: not another cluster's that is only read. */
  readonly own: boolean;
}

/** Every object store of ObjectStores and Clusters. What is not known yet is left out. */
export function namedStores(stack: Stack): NamedStore[] {
  const stores: NamedStore[] = stack
    .ofType(OBJECT_STORE)
    .flatMap(
      (holder) => known(() => ({ holder, store: holder.view.at("spec", "configuration"), own: true })) ?? [],
    );
  for (const cluster of stack.ofType(CLUSTER)) {
    const own = known(() => cluster.view.at("spec", "backup", "barmanObjectStore"));
    if (own?.exists) stores.push({ holder: cluster, store: own, own: true });
    for (const external of known(() => cluster.view.list("spec", "externalClusters")) ?? []) {
      const store = known(() => external.at("barmanObjectStore"));
      if (store?.exists) stores.push({ holder: cluster, store, own: false });
    }
  }
  return stores;
}

/** What tells the buckets of CNPG's backups from the other ones of a program. */
export interface BackupBuckets {
  /** Whether a bucket of this name is one. */
  has(name: string | undefined, labels?: Readonly<Record<string, string>>): boolean;
  /** The stores in a bucket of this name. */
  storesIn(name: string): readonly NamedStore[];
}

const ofPostgres = /(^|[^a-z])(cnpg|cloudnativepg|postgres|postgresql|barman|pg(backup|wal)s?)([^a-z]|$)/;
const ofBackups = /(^|[^a-z])(backups?|pg)([^a-z]|$)/;

/** Whether a name or a label says that something is for backups or for Postgres. */
export function saysBackups(name: string, labels: Readonly<Record<string, string>>): boolean {
  const words = [name, ...Object.values(labels)].join(" ").toLowerCase();
  return ofPostgres.test(words) || ofBackups.test(words);
}

export function backupBuckets(stack: Stack): BackupBuckets {
  const byName = new Map<string, NamedStore[]>();
  for (const named of namedStores(stack)) {
    const destination = known(() => named.store.text("destinationPath"));
    const bucket = destination === undefined ? undefined : locationOf(destination)?.bucket;
    if (bucket !== undefined) addTo(byName, bucket, named);
  }
  return {
    has: (name, labels = {}) => {
      if (name !== undefined && byName.has(name)) return true;
      const words = [name ?? "", ...Object.values(labels)].join(" ").toLowerCase();
      // Where it is known which buckets CNPG writes to, backups of something else are somebody else's.
      return ofPostgres.test(words) || (byName.size === 0 && ofBackups.test(words));
    },
    storesIn: (name) => byName.get(name) ?? [],
  };
}

/** Name of a Bucket; where it is not known yet, its name in Pulumi, which mostly says the same. */
export function bucketName(bucket: Resource): string | undefined {
  return bucket.name ?? bucket.origin.urn?.split("::").at(-1);
}

/** Labels of a resource of Google Cloud, as far as they are known. */
export function cloudLabels(resource: Resource): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const key of known(() => resource.view.knownKeys("labels")) ?? []) {
    const value = known(() => resource.view.scalar("labels", key));
    if (value !== undefined) labels[key] = value;
  }
  return labels;
}

/** The Buckets that CNPG's backups are in. */
export function bucketsOfBackups(stack: Stack): Resource[] {
  const buckets = backupBuckets(stack);
  return stack.ofType("gcp:Bucket").filter((bucket) => buckets.has(bucketName(bucket), cloudLabels(bucket)));
}

/** A Bucket as the settings of production look at resources: by labels, name and stack. */
export function asPlaced(bucket: Resource): Resource {
  return new Resource({
    type: bucket.type,
    value: { metadata: { labels: cloudLabels(bucket) } },
    origin: bucket.origin,
    place: `${bucket.place}/${bucketName(bucket) ?? ""}`,
  });
}

/** E-mails of the Google service accounts that clusters act as by Workload Identity. */
export function workloadAccounts(stack: Stack): Set<string> {
  return new Set(
    stack
      .ofType(CLUSTER)
      .flatMap(
        (cluster) =>
          known(() =>
            cluster.view.text(
              "spec",
              "serviceAccountTemplate",
              "metadata",
              "annotations",
              ACCOUNT_ANNOTATION,
            ),
          ) ?? [],
      ),
  );
}
