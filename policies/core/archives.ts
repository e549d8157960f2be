import { accountHolder, workloadHolders } from "./access";
import {
  ACCOUNT_ANNOTATION,
  type Archive,
  archiveOf,
  BARMAN_PLUGIN,
  barmanPlugin,
  CLUSTER,
  locationIn,
  OBJECT_STORE,
} from "./cluster";
import { addTo } from "./grouped";
import { folderOf, GOOGLE, placeOf } from "./places";
import { known, type Resource } from "./resource";
import type { Stack } from "./stack";
import type { View } from "./view";

/** Where a cluster recovers from, or what it follows, in an object store. */
export interface Source {
  /** Its entry in `spec.externalClusters`. */
  readonly entry: View;
  readonly name: string;
  readonly method: "plugin" | "in-tree";
  /** Name of its ObjectStore. */
  readonly objectStore: string | undefined;
  /** The resource that holds `destinationPath`; undefined if that ObjectStore is not among the resources. */
  readonly holder: Resource | undefined;
  readonly store: View | undefined;
  /** As it is in force: what is said, or the default. That is the new cluster's name with the plugin. */
  readonly serverName: string | undefined;
  readonly serverNameAt: View;
  /** Whether the server name is written down. */
  readonly said: boolean;
}

/** The object stores that a cluster recovers from or follows: `bootstrap.recovery.source` and `replica.source`. */
export function sourcesOf(cluster: Resource, stack: Stack): Source[] {
  const { view } = cluster;
  const wanted = new Set([
    view.partial("spec", "bootstrap", "recovery", "source"),
    ...(view.flag("spec", "replica", "enabled") === false ? [] : [view.partial("spec", "replica", "source")]),
  ]);
  return view.list("spec", "externalClusters").flatMap((entry) => {
    const name = entry.partial("name");
    return name === undefined || !wanted.has(name) ? [] : (sourceAt(entry, name, cluster, stack) ?? []);
  });
}

/** The source of a cluster's `bootstrap.recovery`, if that is an object store. */
export function recoverySource(cluster: Resource, stack: Stack): Source | undefined {
  const wanted = cluster.view.partial("spec", "bootstrap", "recovery", "source");
  if (wanted === undefined) return undefined;
  const entry = cluster.view.list("spec", "externalClusters").find((one) => one.at("name").is(wanted));
  return entry === undefined ? undefined : sourceAt(entry, wanted, cluster, stack);
}

/** Clusters that begin from a backup. */
export function recovered(stack: Stack): Resource[] {
  return stack
    .ofType(CLUSTER)
    .filter(({ view }) => known(() => view.at("spec", "bootstrap", "recovery").exists));
}

/** Finds the other Cluster of the stack whose archive one is recovered from; the stack's archives are read once. */
export function origins(stack: Stack): (cluster: Resource) => Resource | undefined {
  const byFolder = new Map<string, Resource>();
  for (const cluster of stack.ofType(CLUSTER)) {
    const archive = known(() => archiveOf(cluster, stack));
    const folder =
      archive && known(() => folderOf(archive.store, archive.serverName ?? "", cluster.namespace));
    if (folder !== undefined) byFolder.set(folder, cluster);
  }
  return (cluster) => {
    const source = recoverySource(cluster, stack);
    if (source?.store === undefined || source.serverName === undefined) return undefined;
    const origin = byFolder.get(folderOf(source.store, source.serverName, cluster.namespace) ?? "");
    return origin === cluster ? undefined : origin;
  };
}

function sourceAt(entry: View, name: string, cluster: Resource, stack: Stack): Source | undefined {
  const plugin = entry.at("plugin");
  if (plugin.exists && plugin.text("name") === BARMAN_PLUGIN) {
    const objectStore = plugin.partial("parameters", "barmanObjectName");
    const holder =
      objectStore === undefined ? undefined : stack.find(OBJECT_STORE, cluster.namespace, objectStore);
    const serverNameAt = plugin.at("parameters", "serverName");
    const said = serverNameAt.partial();
    return {
      entry,
      name,
      method: "plugin",
      objectStore,
      holder,
      store: holder?.view.at("spec", "configuration"),
      serverName: said ?? cluster.name,
      serverNameAt,
      said: said !== undefined,
    };
  }
  const store = entry.at("barmanObjectStore");
  if (!store.exists) return undefined;
  const said = store.partial("serverName");
  return {
    entry,
    name,
    method: "in-tree",
    objectStore: undefined,
    holder: cluster,
    store,
    serverName: said ?? name,
    serverNameAt: store.at("serverName"),
    said: said !== undefined,
  };
}

/** One object store that a cluster uses. */
export interface Use {
  readonly purpose: "archive" | "source";
  readonly holder: Resource;
  readonly store: View;
  readonly serverName: string | undefined;
  /** Only for the own archive. */
  readonly retention: string | undefined;
}

/** The object stores that a cluster uses and that are among the resources: its own archive first. */
export function usesOf(cluster: Resource, stack: Stack): Use[] {
  const own = archiveOf(cluster, stack);
  return [
    ...(own === undefined ? [] : [{ purpose: "archive" as const, ...pick(own), retention: own.retention }]),
    ...sourcesOf(cluster, stack).flatMap((source) =>
      source.store === undefined || source.holder === undefined
        ? []
        : [
            {
              purpose: "source" as const,
              holder: source.holder,
              store: source.store,
              serverName: source.serverName,
              retention: undefined,
            },
          ],
    ),
  ];
}

/** Finds the Clusters whose archive an ObjectStore, or a Cluster itself, describes. */
export function archivingInto(stack: Stack): (holder: Resource) => readonly Resource[] {
  const byHolder = new Map<Resource, Resource[]>();
  for (const cluster of stack.ofType(CLUSTER)) {
    const holder = known(() => archiveOf(cluster, stack)?.holder);
    if (holder !== undefined) addTo(byHolder, holder, cluster);
  }
  return (holder) => byHolder.get(holder) ?? [];
}

const pick = ({ holder, store, serverName }: Archive) => ({ holder, store, serverName });

/** The bucket of Cloud Storage behind an object store, by its own protocol or by its S3 one; undefined if it is elsewhere. */
export function gcsBucket(store: View): { readonly bucket: string; readonly prefix: string } | undefined {
  const location = locationIn(store);
  return location !== undefined && placeOf(store, undefined)?.store === GOOGLE ? location : undefined;
}

/** Whether the pod's own Google identity opens the object store. With a key in a Secret there is nothing to bind. */
export function usesWorkloadIdentity(store: View): boolean {
  return locationIn(store)?.scheme === "gs" && store.flag("googleCredentials", "gkeEnvironment") === true;
}

/** Folder of a server's objects within their bucket, ending in a slash. */
export const folderIn = (prefix: string, serverName: string | undefined): string =>
  [prefix, serverName ?? ""]
    .filter((part) => part !== "")
    .map((part) => `${part}/`)
    .join("");

/** Who a cluster's pods are. */
export interface Identity {
  readonly namespace: string;
  /** Kubernetes service account: the cluster's name, unless `spec.serviceAccountName` names another one. */
  readonly name: string;
  /** Where the Google account is said, or would be. */
  readonly at: View;
  /** The Google account that they act as; undefined if they act as themselves. */
  readonly account: string | undefined;
  /** As whom they come to Google Cloud. */
  readonly holders: readonly string[];
}

/** Who a cluster's pods are; undefined if its names, or a service account that it borrows, can't be seen. */
export function identityOf(cluster: Resource, stack: Stack): Identity | undefined {
  const { namespace, view } = cluster;
  const borrowed = view.partial("spec", "serviceAccountName");
  const name = borrowed ?? cluster.name;
  if (namespace === undefined || name === undefined) return undefined;
  const path = ["metadata", "annotations", ACCOUNT_ANNOTATION];
  let at = view.at("spec", "serviceAccountTemplate", ...path);
  if (borrowed !== undefined) {
    const own = stack.find("ServiceAccount", namespace, borrowed);
    if (own === undefined) return undefined;
    at = own.view.at(...path);
  }
  const account = at.text()?.trim().toLowerCase() || undefined;
  // The annotation decides: with it, GKE asks for a token of that account and of nobody else.
  const holders = account === undefined ? workloadHolders(namespace, name) : [accountHolder(account)];
  return { namespace, name, at, account, holders };
}

/** Name of the ObjectStore that a cluster archives into. */
export const objectStoreOf = (cluster: Resource): string | undefined =>
  barmanPlugin(cluster)?.partial("parameters", "barmanObjectName");
