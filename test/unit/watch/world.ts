import { mock } from "node:test";
import { ClusterError, type Http, type Question } from "../../../components/apiServer";
import type {
  ContainerStatus,
  InstanceStatus,
  LiveClaim,
  LiveCluster,
  LiveEvent,
  LiveJob,
  LivePod,
  Meta,
  Snapshot,
} from "../../../components/watch/live";
import { type ClusterWatch, type Means, watchCluster } from "../../../components/watch/watch";

/** As CNPG 1.30 wrote them of a cluster with one instance in the lab. */
export const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

/** Milliseconds at which the tests begin: long after the cluster was made, unless they say otherwise. */
export const start = Date.parse("2026-11-29T02:00:00Z");

const resources = { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "500m", memory: "1Gi" } };

export function cluster(more: { spec?: object; status?: object; metadata?: object } = {}): LiveCluster {
  return {
    metadata: {
      name: "db",
      namespace: "ns",
      uid: "u1",
      creationTimestamp: "2026-11-29T01:00:00Z",
      managedFields: [{ manager: "pulumi-kubernetes", time: "2026-11-29T01:00:00Z" }],
      ...more.metadata,
    },
    spec: {
      instances: 1,
      imageName: image,
      resources,
      storage: { size: "5Gi" },
      plugins: [{ name: "barman-cloud.cloudnative-pg.io", enabled: true }],
      ...more.spec,
    },
    status: {
      phase: "Cluster in healthy state",
      image,
      instances: 1,
      readyInstances: 1,
      currentPrimary: "db-1",
      conditions: [
        { type: "Ready", status: "True" },
        { type: "ContinuousArchiving", status: "True" },
      ],
      ...more.status,
    },
  };
}

export function pod(more: { metadata?: object; spec?: object; status?: object } = {}): LivePod {
  return {
    metadata: { name: "db-1", namespace: "ns", labels: { "cnpg.io/podRole": "instance" }, ...more.metadata },
    spec: {
      containers: [{ name: "postgres", image, resources }],
      initContainers: [{ name: "bootstrap-controller" }, { name: "plugin-barman-cloud" }],
      ...more.spec,
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }], ...more.status },
  };
}

/** A pod whose container `postgres` has a status. */
export function podWith(
  status: Partial<ContainerStatus>,
  more: { spec?: object; metadata?: object } = {},
): LivePod {
  return pod({
    ...more,
    status: { phase: "Pending", conditions: [], containerStatuses: [{ name: "postgres", ...status }] },
  });
}

export function claim(more: { status?: object; metadata?: object } = {}): LiveClaim {
  return {
    metadata: { name: "db-1", namespace: "ns", labels: { "cnpg.io/pvcRole": "PG_DATA" }, ...more.metadata },
    spec: { storageClassName: "standard-rwo" },
    status: { phase: "Bound", capacity: { storage: "5Gi" }, ...more.status },
  };
}

export function said(more: Partial<InstanceStatus> = {}): InstanceStatus {
  return {
    isPrimary: true,
    pendingRestart: false,
    loadedConfigurationHash: "c4f4",
    currentWAL: "000000010000000000000004",
    lastArchivedWAL: "000000010000000000000003",
    lastArchivedWALTime: "2026-11-29T01:05:31Z",
    lastFailedWALTime: "-infinity",
    ...more,
  };
}

export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    at: start,
    cluster: cluster(),
    pods: [pod()],
    jobs: [],
    claims: [claim()],
    events: [],
    secrets: new Map(),
    instances: new Map([["db-1", said()]]),
    logs: new Map(),
    ...more,
  };
}

/** What a stand-in for an API server has, and what becomes of it as time goes on. */
export interface World {
  cluster: LiveCluster | undefined;
  pods: LivePod[];
  jobs: LiveJob[];
  claims: LiveClaim[];
  events: LiveEvent[];
  status: InstanceStatus | ClusterError;
  /** Metadata of Secrets by name. */
  secrets?: Record<string, Meta>;
  /** By `<pod>/<container>`. */
  logs: Record<string, string>;
  /** Answers before all that: an error, or nothing. */
  trouble?: ClusterError | undefined;
}

export interface Watched {
  readonly progress: string[];
  readonly warnings: string[];
  /** Paths that were asked for, with their verbs. */
  readonly asked: string[];
  /** Seconds that it took. */
  readonly seconds: number;
  /** How often a new WAL file was asked for. */
  readonly switches: number;
  readonly error: Error | undefined;
}

export function healthy(): World {
  return {
    cluster: cluster(),
    pods: [pod()],
    jobs: [],
    claims: [claim()],
    events: [],
    status: said(),
    logs: {},
  };
}

/**
 * Watches a stand-in for a cluster, in time that passes only while the watch pauses.
 *
 * @param later what happens after so many seconds
 * @param seen told of each path that is asked for, with its query
 */
export async function watched(
  world: World,
  options: {
    watch?: Partial<ClusterWatch>;
    later?: readonly (readonly [number, (world: World) => void])[];
    switchWal?: (world: World) => void;
    seen?: (path: string) => void;
  } = {},
): Promise<Watched> {
  mock.timers.enable({ apis: ["Date"], now: start });
  const progress: string[] = [];
  const warnings: string[] = [];
  const asked: string[] = [];
  let switches = 0;
  const pending = [...(options.later ?? [])];
  const means: Means = {
    http: {
      ask: async ({ method, path }: Question) => {
        asked.push(`${method} ${path.split("?")[0]}`);
        options.seen?.(path);
        return { status: 200, body: answer(world, path), warnings: [] };
      },
    } as unknown as Http,
    switchWal: async () => {
      switches++;
      (options.switchWal ?? archiveOne)(world);
    },
    progress: (text) => progress.push(text),
    warn: (text) => warnings.push(text),
    pause: async (milliseconds) => {
      mock.timers.tick(milliseconds);
      while (pending[0] !== undefined && pending[0][0] * 1000 <= Date.now() - start)
        pending.shift()?.[1](world);
    },
  };
  let error: Error | undefined;
  const target = {
    namespace: "ns",
    cluster: "db",
    uid: "u1",
    archives: true,
    objectStore: undefined,
    timeout: 900,
  };
  try {
    await watchCluster({ ...target, ...options.watch }, means);
  } catch (thrown) {
    error = thrown as Error;
  }
  const seconds = (Date.now() - start) / 1000;
  mock.timers.reset();
  return { progress, warnings, asked, seconds, switches, error };
}

/** Postgres begins a new WAL file, and the one before it arrives. */
function archiveOne(world: World): void {
  if (world.status instanceof ClusterError) return;
  world.status = {
    ...world.status,
    lastArchivedWAL: "000000010000000000000004",
    currentWAL: "000000010000000000000005",
    lastArchivedWALTime: new Date().toISOString(),
  };
}

function answer(world: World, path: string): unknown {
  if (world.trouble !== undefined) throw world.trouble;
  if (path.includes("/proxy/pg/status")) {
    if (world.status instanceof ClusterError) throw world.status;
    return world.status;
  }
  const log = /\/pods\/([^/]+)\/log\?.*container=([^&]+)/.exec(path);
  if (log !== null) return world.logs[`${log[1]}/${log[2]}`] ?? "";
  if (path.includes("/clusters/")) {
    if (world.cluster === undefined) throw new ClusterError(404, "NotFound", "not found");
    return world.cluster;
  }
  const secret = /\/secrets\/([^/?]+)$/.exec(path)?.[1];
  if (secret !== undefined && world.secrets?.[secret] !== undefined)
    return { kind: "PartialObjectMetadata", metadata: world.secrets[secret] };
  if (path.includes("/jobs?")) return { items: world.jobs };
  if (path.includes("/persistentvolumeclaims?")) return { items: world.claims };
  if (path.includes("/events?")) return { items: world.events };
  if (path.includes("/pods?")) return { items: world.pods };
  throw new ClusterError(404, "NotFound", path);
}

/** The world as if Pulumi had changed the Cluster just now. */
export function justChanged(world: World): World {
  const { metadata } = world.cluster ?? cluster();
  world.cluster = {
    ...(world.cluster ?? cluster()),
    metadata: {
      ...metadata,
      managedFields: [{ manager: "pulumi-kubernetes", time: "2026-11-29T01:59:59Z" }],
    },
  };
  return world;
}
