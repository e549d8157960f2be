import { get, text } from "../../offline/properties";
import type { Declared } from "../../offline/providers";
import type { Cluster, KubernetesObject } from "../cluster";
import { manifestOf } from "./live";

/** What lists objects: the lab's stores, by the scheme of their URLs. */
export interface Listing {
  readonly gs: Lists;
  readonly s3: Lists;
}

interface Lists {
  /** Names of the objects that begin with a prefix; none if there is no such bucket. */
  list(bucket: string, prefix: string): Promise<string[]>;
}

/** How one cluster came up. */
export interface ClusterState {
  /** `<namespace>/<cluster>`. */
  readonly cluster: string;
  /** In the operator's words. */
  readonly phase: string;
  readonly primary: string;
  /** Instances that are ready, and that there should be. */
  readonly ready: number;
  readonly instances: number;
  /** Absent without backups. */
  readonly archive?: ArchiveState;
}

/** What is in the bucket of one cluster, under exactly the path that its settings give. */
export interface ArchiveState {
  /** `gs://<bucket>/<prefix>/<server>`, or the same with `s3://`. */
  readonly path: string;
  readonly walFiles: number;
  readonly baseBackups: number;
}

const clusterType = "kubernetes:postgresql.cnpg.io/v1:Cluster";

/**
 * What became of the Clusters that a run declared, from the live objects and the bucket itself. A cluster whose archive is
 * empty is given time for its first WAL file; nothing is done to make one come.
 *
 * @param seconds how long at most
 */
export async function clusterStates(
  cluster: Cluster,
  store: Listing,
  declared: Iterable<Declared>,
  seconds: number,
): Promise<ClusterState[]> {
  const until = Date.now() + seconds * 1000;
  const found = [...declared].filter(({ type }) => type === clusterType);
  const states = found.map(async ({ inputs }) => {
    const { apiVersion, kind, metadata } = manifestOf(inputs);
    for (;;) {
      const state = await stateOf(cluster, store, { apiVersion, kind, ...metadata });
      if (state.archive === undefined || state.archive.walFiles > 0 || Date.now() >= until) return state;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  });
  return (await Promise.all(states)).sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

async function stateOf(cluster: Cluster, store: Listing, ref: Named): Promise<ClusterState> {
  const live = await cluster.get(ref);
  const archive = live === undefined ? undefined : await archiveOf(cluster, store, live);
  const instances = get(live, "spec", "instances");
  const ready = get(live, "status", "readyInstances");
  return {
    cluster: `${ref.namespace}/${ref.name}`,
    phase: text(live, "status", "phase") || (live === undefined ? "not there" : "no phase yet"),
    primary: text(live, "status", "currentPrimary") || "none",
    ready: typeof ready === "number" ? ready : 0,
    instances: typeof instances === "number" ? instances : 0,
    ...(archive !== undefined && { archive }),
  };
}

async function archiveOf(
  cluster: Cluster,
  store: Listing,
  live: KubernetesObject,
): Promise<ArchiveState | undefined> {
  const path = await archivePath(cluster, live);
  const [, scheme, bucket = "", folder = ""] = /^(gs|s3):\/\/([^/]+)\/(.+)$/.exec(path ?? "") ?? [];
  if (path === undefined || bucket === "") return undefined;
  const names = (await store[scheme as keyof Listing].list(bucket, `${folder}/`)).map((name) =>
    name.slice(folder.length + 1),
  );
  return {
    path,
    // Barman's layout: wals/<timeline and log, 16 digits>/<segment, 24 digits>[.gz]; base/<id>/backup.info
    walFiles: names.filter((name) => /^wals\/[0-9A-F]{16}\/[0-9A-F]{24}(\.[a-z0-9]+)?$/.test(name)).length,
    baseBackups: names.filter((name) => /^base\/[^/]+\/backup\.info$/.test(name)).length,
  };
}

/** Where a live Cluster archives to; undefined if it doesn't. */
async function archivePath(cluster: Cluster, live: KubernetesObject): Promise<string | undefined> {
  const inTree = get(live, "spec", "backup", "barmanObjectStore");
  if (inTree !== undefined) return join(inTree, text(inTree, "serverName") || live.metadata.name);
  const plugins = (get(live, "spec", "plugins") ?? []) as readonly unknown[];
  const plugin = plugins.find((p) => get(p, "isWALArchiver") === true && get(p, "enabled") !== false);
  if (plugin === undefined) return undefined;
  const store = await cluster.get({
    apiVersion: "barmancloud.cnpg.io/v1",
    kind: "ObjectStore",
    name: text(plugin, "parameters", "barmanObjectName"),
    namespace: live.metadata.namespace,
  });
  return join(
    get(store, "spec", "configuration"),
    text(plugin, "parameters", "serverName") || live.metadata.name,
  );
}

function join(configuration: unknown, server: string): string {
  return `${text(configuration, "destinationPath").replace(/\/+$/, "")}/${server}`;
}

/** The states as lines for people; what is wrong with them, apart. */
export function describeStates(states: readonly ClusterState[]): { lines: string[]; problems: string[] } {
  const lines = states.flatMap(({ cluster, phase, primary, ready, instances, archive }) => [
    `  ${archive !== undefined && archive.walFiles === 0 ? "✗" : "✓"} ${cluster}: ${phase}; primary ${primary}; ${ready} of ${instances} instances ready`,
    archive === undefined
      ? "      no backups"
      : `      ${count(archive.walFiles, "WAL file")}, ${count(archive.baseBackups, "finished base backup")} in ${archive.path}`,
  ]);
  const problems = states
    .filter(({ archive }) => archive?.walFiles === 0)
    .map(
      ({ cluster, archive }) =>
        `${cluster}: no WAL file has come to ${archive?.path}/wals/ by itself, so its backups could not be restored. ` +
        `To do: look at the condition ContinuousArchiving (kubectl describe cluster -n ${cluster.replace("/", " ")}) and at the logs of its primary.`,
    );
  return { lines, problems };
}

function count(n: number, what: string): string {
  return `${n === 0 ? "no" : n} ${what}${n === 1 ? "" : "s"}`;
}
