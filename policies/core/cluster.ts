import { hasPlaceholder } from "./placeholder";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import type { View } from "./view";

export const CLUSTER = "Cluster.postgresql.cnpg.io";
export const OBJECT_STORE = "ObjectStore.barmancloud.cnpg.io";
export const SCHEDULED_BACKUP = "ScheduledBackup.postgresql.cnpg.io";
export const BACKUP = "Backup.postgresql.cnpg.io";
export const DATABASE = "Database.postgresql.cnpg.io";
export const DATABASE_ROLE = "DatabaseRole.postgresql.cnpg.io";
export const POOLER = "Pooler.postgresql.cnpg.io";
export const SUBSCRIPTION = "Subscription.postgresql.cnpg.io";

/** Name of the Barman Cloud plugin in `spec.plugins`. */
export const BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io";

/** Annotation that names the Google service account of a Kubernetes one. */
export const ACCOUNT_ANNOTATION = "iam.gke.io/gcp-service-account";

/** The annotation with which EKS gives a service account a role (IRSA). */
export const ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";

/** The entry of the Barman Cloud plugin in a cluster's `spec.plugins`, unless it is switched off. */
export function barmanPlugin(cluster: Resource): View | undefined {
  return cluster.view
    .list("spec", "plugins")
    .find((plugin) => plugin.text("name") === BARMAN_PLUGIN && plugin.flag("enabled") !== false);
}

/** In-tree backup to an object store, if the cluster has it. */
export function inTreeStore(cluster: Resource): View | undefined {
  const store = cluster.view.at("spec", "backup", "barmanObjectStore");
  return store.exists ? store : undefined;
}

/** The server name that is in force in a cluster's archive, and where it is said or would be; undefined without an archive. */
export function serverNameOf(
  cluster: Resource,
): { readonly value: string | undefined; readonly at: View } | undefined {
  const parameters = barmanPlugin(cluster)?.at("parameters");
  const at = (parameters ?? inTreeStore(cluster))?.at("serverName");
  return at === undefined ? undefined : { at, value: at.partial() ?? cluster.name };
}

/** Where a cluster's archive is, by whichever of the two models. */
export interface Archive {
  readonly method: "plugin" | "in-tree";
  /** The resource that holds `destinationPath`: the ObjectStore, or the Cluster. */
  readonly holder: Resource;
  /** The configuration of the object store: `destinationPath`, `wal`, `data`, credentials. */
  readonly store: View;
  readonly destinationPath: string | undefined;
  /** As it is in force: what is said, or CNPG's default, the cluster's name. */
  readonly serverName: string | undefined;
  /** Where the server name is said, or would be. */
  readonly serverNameAt: View;
  /** Retention that is in force, such as `30d`. */
  readonly retention: string | undefined;
}

/** A cluster's own archive; undefined if it has none, or if the ObjectStore is not among the resources. */
export function archiveOf(cluster: Resource, stack: Stack): Archive | undefined {
  const plugin = barmanPlugin(cluster);
  if (plugin !== undefined) {
    const name = plugin.partial("parameters", "barmanObjectName");
    const holder = name === undefined ? undefined : stack.find(OBJECT_STORE, cluster.namespace, name);
    if (holder === undefined) return undefined;
    const store = holder.view.at("spec", "configuration");
    return {
      method: "plugin",
      holder,
      store,
      destinationPath: store.partial("destinationPath"),
      serverName: plugin.partial("parameters", "serverName") ?? cluster.name,
      serverNameAt: plugin.at("parameters", "serverName"),
      retention: holder.view.text("spec", "retentionPolicy"),
    };
  }
  const store = inTreeStore(cluster);
  if (store === undefined) return undefined;
  return {
    method: "in-tree",
    holder: cluster,
    store,
    destinationPath: store.partial("destinationPath"),
    serverName: store.partial("serverName") ?? cluster.name,
    serverNameAt: store.at("serverName"),
    retention: cluster.view.text("spec", "backup", "retentionPolicy"),
  };
}

/** Bucket and prefix of an object store's destination; undefined if it is none. Throws where that depends on a placeholder. */
export function locationIn(store: View): ReturnType<typeof locationOf> {
  const destination = store.partial("destinationPath") ?? "";
  const location = locationOf(destination);
  // `${WHERE}/db` may begin with any scheme.
  if (location === undefined && hasPlaceholder(destination)) throw store.at("destinationPath").undecided;
  return location;
}

/** Bucket and prefix of `gs://` and `s3://` URLs, the prefix without slashes at its ends. */
export function locationOf(
  destinationPath: string,
): { scheme: string; bucket: string; prefix: string } | undefined {
  const [, scheme, bucket, prefix = ""] =
    /^(gs|s3|https?):\/\/([^/]+)(?:\/(.*))?$/.exec(destinationPath) ?? [];
  if (scheme === undefined || bucket === undefined) return undefined;
  return { scheme, bucket, prefix: prefix.replace(/^\/+|\/+$/g, "") };
}
