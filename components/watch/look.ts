import { ClusterError, type Http, isNotFound } from "../apiServer";
import {
  conditionOf,
  type EnvVar,
  type InstanceStatus,
  instancePods,
  type LiveClaim,
  type LiveCluster,
  type LiveEvent,
  type LiveJob,
  type LivePod,
  type LiveQuota,
  type Meta,
  type ResourceAmounts,
  type Snapshot,
} from "./live";
import { passwordSecrets } from "./managedRoles";
import type { SidecarWanted } from "./missing";
import { logsWorthReading } from "./podSymptoms";

/** Which cluster is looked at. */
export interface Target {
  readonly namespace: string;
  readonly cluster: string;
}

const cnpg = "/apis/postgresql.cnpg.io/v1";
const barman = "/apis/barmancloud.cnpg.io/v1";

/** Lines of a log that are read: a record of CNPG is one of them. */
const logLines = 60;

/**
 * Looks at a cluster and all that belongs to it: requests of the verb `get` and `list` only.
 *
 * @param troubled whether events and logs are looked at too, which say why something does not come
 * @param since the moment of the last change, in milliseconds: what Postgres said of its configuration before it is old
 * @throws ClusterError where the cluster doesn't answer, or the Cluster or its pods may not be read
 */
export async function look(http: Http, target: Target, troubled: boolean, since: number): Promise<Snapshot> {
  const at = Date.now();
  const { namespace, cluster: name } = target;
  const own = `labelSelector=${encodeURIComponent(`cnpg.io/cluster=${name}`)}`;
  const core = `/api/v1/namespaces/${namespace}`;
  const [cluster, pods, jobs, claims, events] = await Promise.all([
    getObject<LiveCluster>(http, `${cnpg}/namespaces/${namespace}/clusters/${name}`),
    list<LivePod>(http, `${core}/pods?${own}`),
    optional(list<LiveJob>(http, `/apis/batch/v1/namespaces/${namespace}/jobs?${own}`)),
    optional(list<LiveClaim>(http, `${core}/persistentvolumeclaims?${own}`)),
    troubled ? optional(list<LiveEvent>(http, `${core}/events?limit=500`)) : [],
  ]);
  const mine = pods.filter(({ metadata }) => metadata.labels?.["cnpg.io/podRole"] !== "pooler");
  const instances = new Map(
    await Promise.all(
      instancePods(mine)
        .filter(
          ({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase === "Running",
        )
        .map(
          async ({ metadata }) =>
            [metadata.name, await instanceStatus(http, namespace, metadata.name)] as const,
        ),
    ),
  );
  const secrets = await metadataOf(http, namespace, passwordSecrets(cluster));
  const logs = troubled ? await logsOf(http, namespace, mine, since) : new Map<string, string>();
  const nothing = (cluster?.status?.phase ?? "") === "" && pods.length + jobs.length === 0;
  const silent = troubled && nothing ? await lookAtSilent(http, core, name) : undefined;
  const seen = { at, cluster, pods: mine, jobs, claims, events: sorted(events), secrets, instances, logs };
  return { ...seen, ...(silent !== undefined && { silent }) };
}

/** An operator that makes Services and then says nothing was refused the next thing: it writes that into its own log alone. */
async function lookAtSilent(
  http: Http,
  core: string,
  name: string,
): Promise<NonNullable<Snapshot["silent"]>> {
  const [services, quotas] = await Promise.all([
    optional(list<{ readonly metadata: Meta }>(http, `${core}/services?limit=500`)),
    optional(list<LiveQuota>(http, `${core}/resourcequotas`)),
  ]);
  return { begun: services.some(({ metadata }) => metadata.name === `${name}-rw`), quotas };
}

/** An object at a path; undefined if it is not there. */
export async function getObject<T>(http: Http, path: string): Promise<T | undefined> {
  try {
    return (await http.ask({ method: "GET", path, timeout: 30 })).body as T;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Metadata of Secrets, by name: what is in them is not asked for. Those that are not there, or that may not be read, are left
 * out: then nobody knows whether a password has been set.
 */
export async function metadataOf(
  http: Http,
  namespace: string,
  names: Iterable<string>,
): Promise<Map<string, Meta>> {
  const found = await Promise.all(
    [...new Set(names)].map(async (name) => {
      const path = pathOf("v1", "secrets", namespace, name);
      try {
        const { body } = await http.ask({ method: "GET", path, accept: metadataOnly, timeout: 30 });
        return [name, (body as { readonly metadata: Meta }).metadata] as const;
      } catch (error) {
        if (error instanceof ClusterError && (error.status === 403 || error.status === 404)) return undefined;
        throw error;
      }
    }),
  );
  return new Map(found.filter((entry) => entry !== undefined));
}

const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Path of one of the objects that belong to a cluster. */
export function pathOf(apiVersion: string, plural: string, namespace: string, name: string): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${namespace}/${plural}/${name}`;
}

/** Path of an ObjectStore. */
export function objectStorePath(namespace: string, name: string): string {
  return `${barman}/namespaces/${namespace}/objectstores/${name}`;
}

export async function list<T>(http: Http, path: string): Promise<readonly T[]> {
  const { body } = await http.ask({ method: "GET", path, timeout: 30 });
  return (body as { readonly items?: readonly T[] | null }).items ?? [];
}

/** What may be forbidden to read makes a reason less exact, and a wait no less true. */
export async function optional<T>(asked: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ClusterError && (error.status === 403 || error.status === 404)) return [];
    throw error;
  }
}

/** What CNPG's `kubectl cnpg status` asks too: the instance manager answers it without credentials. */
async function instanceStatus(http: Http, namespace: string, pod: string): Promise<InstanceStatus | string> {
  const path = `/api/v1/namespaces/${namespace}/pods/https:${pod}:8000/proxy/pg/status`;
  try {
    const { body } = await http.ask({ method: "GET", path, timeout: 15 });
    return typeof body === "string" ? (JSON.parse(body) as InstanceStatus) : (body as InstanceStatus);
  } catch (error) {
    if (error instanceof ClusterError && error.status === 403)
      throw new ClusterError(
        403,
        "Forbidden",
        `${error.message}. To do: allow "get" on pods/proxy in namespace ${namespace}: it is how an update sees what Postgres runs with`,
      );
    return (error as Error).message;
  }
}

/**
 * Reads the logs that may say why something does not come, by `<pod>/<container>` or `<pod>/postgres reload`. One that can't be
 * read is left out.
 *
 * @param since the moment of the last change, in milliseconds
 */
export async function logsOf(
  http: Http,
  namespace: string,
  pods: readonly LivePod[],
  since: number,
): Promise<Map<string, string>> {
  const core = `/api/v1/namespaces/${namespace}/pods`;
  const wanted = logsWorthReading(pods).map(({ pod, container, previous }): [string, string] => [
    `${pod}/${container}`,
    `${core}/${pod}/log?container=${container}&tailLines=${logLines}&previous=${previous}`,
  ]);
  const from = encodeURIComponent(new Date(since).toISOString());
  for (const { metadata, status } of instancePods(pods)) {
    if (status?.phase !== "Running") continue;
    const log = `${core}/${metadata.name}/log?tailLines=400&sinceTime=${from}`;
    wanted.push([`${metadata.name}/postgres reload`, `${log}&container=postgres`]);
    if (conditionOf(status.conditions, "Ready")?.status !== "True")
      wanted.push([
        `${metadata.name}/postgres stopped`,
        `${core}/${metadata.name}/log?tailLines=300&container=postgres`,
      ]);
    if ((status.initContainerStatuses ?? []).some(({ name }) => name === "plugin-barman-cloud"))
      wanted.push([`${metadata.name}/archiver`, `${log}&container=plugin-barman-cloud`]);
  }
  const read = await Promise.all(
    wanted.map(async ([key, path]) => {
      try {
        const { body } = await http.ask({ method: "GET", path, timeout: 15 });
        return [key, typeof body === "string" ? body : JSON.stringify(body)] as const;
      } catch {
        // It may be gone, or forbidden: then the rest has to say it.
        return [key, ""] as const;
      }
    }),
  );
  return new Map(read.filter(([, text]) => text !== ""));
}

export function sorted(events: readonly LiveEvent[]): LiveEvent[] {
  const time = ({ lastTimestamp, eventTime }: LiveEvent) => lastTimestamp ?? eventTime ?? "";
  return [...events].sort((a, b) => (time(a) < time(b) ? -1 : 1));
}

/** What is known of an ObjectStore. */
export interface LiveStore {
  /** How it has the plugin's sidecar. */
  readonly sidecar: SidecarWanted;
  /** When Pulumi last changed it, in milliseconds. */
  readonly changedAt: number;
}

/** Looks at a cluster's ObjectStore; undefined if it has none. */
export async function lookAtStore(
  http: Http,
  namespace: string,
  name: string | undefined,
): Promise<LiveStore | undefined> {
  if (name === undefined) return undefined;
  const store = await getObject<StoreObject>(http, objectStorePath(namespace, name));
  const { resources, env } = store?.spec?.instanceSidecarConfiguration ?? {};
  return {
    sidecar: { ...resources, ...(env !== undefined && { env }) },
    changedAt: changeOf(store?.metadata),
  };
}

interface StoreObject {
  readonly metadata: Meta;
  readonly spec?: {
    readonly instanceSidecarConfiguration?: {
      readonly resources?: ResourceAmounts;
      readonly env?: readonly EnvVar[];
    };
  };
}

/** When Pulumi last changed an object, by the API server's clock, in milliseconds. */
export function changeOf(metadata: Meta | undefined): number {
  const times = (metadata?.managedFields ?? [])
    .filter(({ manager = "", subresource }) => /^pulumi/i.test(manager) && subresource === undefined)
    .map(({ time = "" }) => Date.parse(time));
  return Math.max(
    0,
    Date.parse(metadata?.creationTimestamp ?? "") || 0,
    ...times.filter((time) => !Number.isNaN(time)),
  );
}
