import type { ClusterPlan } from "../plan/cluster";
import type { Allowance, Peer, PodPeer, PodRules } from "../plan/network";
import { derivedName } from "../units";
import { clusterLabel, operatorLabels, poolerNameLabel } from "../units/labels";
import { postgresPort } from "../units/sql";
import type { StorePlace } from "../units/storePlace";
import { type JobPods, jobPodsOf, toldOf } from "./jobs";
import { addresses, pods, tcp } from "./peers";
import { hostPeers, type StoreWays, toStore } from "./stores";
import { assumesRole, proxiesIn, toProxies, toRole } from "./ways";

/** What the policies of every cluster of an environment have in common, and what one cluster says. */
export interface NetworkContext extends StoreWays {
  readonly operatorNamespace: string;
  readonly apiServer: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
  /** Pods that scrape metrics; none if nobody does. */
  readonly monitoring: readonly Peer[];
}

/** A cluster, and what its settings say of its network. */
export interface NetworkedCluster {
  readonly plan: ClusterPlan;
  readonly clients: readonly Peer[];
  readonly destinations: readonly Peer[];
}

export const statusPort = 8000;
const [instanceMetrics, poolerMetrics] = [9187, 9127];

/** On GKE the API server's requests come by these pods. */
export const konnectivity: Peer = pods("kube-system", { "k8s-app": "konnectivity-agent" });

const ingress = (peers: readonly Peer[], numbers: readonly number[], why: string): Allowance[] =>
  peers.length === 0 ? [] : [{ direction: "ingress", peers, ports: tcp(...numbers), why }];
const egress = (peers: readonly Peer[], numbers: readonly number[], why: string): Allowance[] =>
  peers.length === 0 ? [] : [{ direction: "egress", peers, ports: tcp(...numbers), why }];

/** Names are looked up at kube-dns' pods, at the node's own cache, and where GKE's Cloud DNS answers. */
export const toDns = (): Allowance[] => [
  {
    direction: "egress",
    peers: [
      { kind: "pods", namespace: "kube-system", oneOf: ["k8s-app", ["kube-dns", "node-local-dns"]] },
      ...addresses("169.254.20.10/32", "169.254.169.254/32"),
    ],
    ports: [
      { number: 53, protocol: "UDP" },
      { number: 53, protocol: "TCP" },
    ],
    why: "names are looked up",
  },
];

export const toApiServer = ({ apiServer: { cidrs, ports } }: NetworkContext, why: string): Allowance[] =>
  egress([{ kind: "apiServer", cidrs }], ports, why);

/** The policies of a cluster: of its instances and CNPG's jobs, of each pooler, and of the project's own jobs. */
export function clusterRules(
  cluster: NetworkedCluster,
  all: readonly NetworkedCluster[],
  context: NetworkContext,
): PodRules[] {
  const { plan } = cluster;
  const { namespace, cluster: name } = plan.workload;
  const jobs = jobPodsOf(plan);
  const self = podsOf(plan);
  return [
    {
      namespace,
      ...instances(cluster, all, context, jobs),
      name: derivedName([name, "postgres"], 63),
    },
    ...plan.poolers.map((pooler) => ({
      name: pooler.name,
      namespace,
      of: `pooler ${pooler.name}`,
      labels: { [poolerNameLabel]: pooler.name },
      allows: [
        ...ingress(
          [...applications(plan, pooler.key), ...cluster.clients],
          [postgresPort],
          "applications connect",
        ),
        ...ingress(readersOf(plan, pooler.key, all), [postgresPort], readBy),
        ...ingress(context.monitoring, [poolerMetrics], "metrics are scraped"),
        ...egress([self], [postgresPort], "queries go to Postgres"),
        ...toApiServer(context, "it reads its Pooler, and tells of itself"),
        ...toDns(),
      ],
    })),
    ...jobs.map((job) => ({
      name: derivedName([name, job.key], 63),
      namespace,
      of: job.of,
      labels: job.labels,
      ...(job.oneOf !== undefined && { oneOf: job.oneOf }),
      allows: [
        ...(job.connects ? egress([self], [postgresPort], "it connects to Postgres") : []),
        ...(job.asksApiServer ? toApiServer(context, "it changes objects of Kubernetes") : []),
        ...job.stores.flatMap((place) => toStore(place, job.carries, context)),
        ...(job.stores.length > 0 ? waysOf(job.told, job.stores, cluster) : []),
        ...toDns(),
      ],
    })),
  ];
}

/** The policy that denies everything to whatever else is in a cluster's namespace. */
export function denyOthers({ workload: { namespace, cluster } }: ClusterPlan): PodRules {
  return {
    name: derivedName([cluster, "default-deny"], 63),
    namespace,
    of: `every other pod of namespace ${namespace}`,
    labels: {},
    allows: [],
  };
}

/** How pods get to stores besides: by proxies, with a role's keys, and wherever the stack file says. */
function waysOf(
  told: readonly unknown[],
  stores: readonly StorePlace[],
  { plan, destinations }: NetworkedCluster,
): Allowance[] {
  const anywhere: Allowance = {
    direction: "egress",
    peers: destinations,
    ports: [{ protocol: "TCP" }],
    why: "destinations of the stack file",
  };
  return [
    ...toProxies(proxiesIn(told), plan.workload.namespace),
    // To rclone Google's own token is one of the environment too.
    ...(assumesRole(told) && stores.some(({ scheme }) => scheme === "s3") ? toRole() : []),
    ...(destinations.length > 0 ? [anywhere] : []),
  ];
}

function instances(
  cluster: NetworkedCluster,
  all: readonly NetworkedCluster[],
  context: NetworkContext,
  jobs: readonly JobPods[],
): Pick<PodRules, "of" | "labels" | "without" | "allows"> {
  const { plan, clients } = cluster;
  const { namespace, cluster: name } = plan.workload;
  const self = podsOf(plan);
  const operator = pods(context.operatorNamespace, operatorLabels);
  const connecting = jobs.filter(({ connects }) => connects).map((job) => jobPeer(namespace, job));
  return {
    of: `instances of ${plan.workload}, and CNPG's jobs for it`,
    labels: { [clusterLabel]: name },
    // Poolers have the cluster's label too, and policies of their own.
    without: poolerNameLabel,
    allows: [
      ...ingress(
        [operator],
        [statusPort, postgresPort],
        "the operator asks for their state, and configures Postgres",
      ),
      ...ingress(
        [{ kind: "apiServer", cidrs: context.apiServer.cidrs }, konnectivity],
        [statusPort],
        "kubectl cnpg status asks through the API server",
      ),
      ...ingress(
        [self],
        [postgresPort, statusPort],
        "instances stream from each other and look at each other; poolers and CNPG's jobs connect",
      ),
      ...ingress([...applications(plan, undefined), ...clients], [postgresPort], "applications connect"),
      ...ingress(connecting, [postgresPort], "this project's jobs connect"),
      ...ingress(readersOf(plan, undefined, all), [postgresPort], readBy),
      ...ingress(context.monitoring, [instanceMetrics], "metrics are scraped"),
      ...egress(
        [self],
        [postgresPort, statusPort],
        "instances stream from each other and look at each other",
      ),
      ...toApiServer(context, "the instance manager reads its Cluster and holds the primary's lease"),
      ...storesOf(plan).flatMap(([place, what]) => toStore(place, what, context)),
      ...hostsOf(plan).flatMap((host) =>
        egress(serverPeers(host.name, namespace, all), [host.port], `it reads from the server ${host.name}`),
      ),
      ...waysOf(
        toldOf(plan),
        storesOf(plan).map(([place]) => place),
        cluster,
      ),
      ...toDns(),
    ],
  };
}

const jobPeer = (namespace: string, { labels, oneOf }: JobPods): PodPeer => ({
  kind: "pods",
  namespace,
  labels,
  ...(oneOf !== undefined && { oneOf }),
});

/** Pods of a cluster: its instances, CNPG's jobs for it, and its poolers. */
const podsOf = ({ workload: { namespace, cluster } }: ClusterPlan): PodPeer =>
  pods(namespace, { [clusterLabel]: cluster });

/**
 * Namespaces of applications that connect by a pooler; or to the instances, where all of them may: the Secret of one with a pooler
 * has addresses past it too, for migrations and for reading from replicas.
 */
function applications({ roles }: ClusterPlan, pooler: string | undefined): Peer[] {
  const namespaces = roles.applications
    .filter(({ target }) => pooler === undefined || target.pooler === pooler)
    .map(({ namespace }) => namespace);
  return [...new Set(namespaces)].sort().map((namespace) => pods(namespace));
}

/** The stores that instances and recovery jobs go to, each once, and what for. */
function storesOf({ backup, recovery }: ClusterPlan): [StorePlace, string][] {
  const places: [StorePlace | undefined, string][] = [
    [backup?.location.store, "WAL and base backups go to the archive, and come from there"],
    [recovery?.source?.store, "it begins from an archive"],
  ];
  const known = new Map<string, [StorePlace, string]>();
  for (const [place, what] of places)
    if (place !== undefined && !known.has(place.id)) known.set(place.id, [place, what]);
  return [...known.values()];
}

/** Servers elsewhere that a cluster connects to. */
export function hostsOf({ migration }: ClusterPlan): { readonly name: string; readonly port: number }[] {
  return (migration.clusterSpec.externalClusters ?? []).flatMap(({ connectionParameters }) => {
    const host = connectionParameters?.host;
    return host === undefined
      ? []
      : [{ name: host, port: Number(connectionParameters?.port ?? postgresPort) }];
  });
}

const readBy = "another cluster of the stack reads from it";

/** Clusters of the stack that read from another one, by a pooler or without one. */
function readersOf(plan: ClusterPlan, pooler: string | undefined, all: readonly NetworkedCluster[]): Peer[] {
  return all
    .filter(
      ({ plan: other }) =>
        other !== plan &&
        hostsOf(other).some(({ name }) =>
          servicesOf(plan, pooler).includes(serviceOf(name, other.workload.namespace)),
        ),
    )
    .map((other) => podsOf(other.plan));
}

/** Who is behind the name of a server: of the stack, or elsewhere. */
function serverPeers(host: string, namespace: string, all: readonly NetworkedCluster[]): Peer[] {
  const service = serviceOf(host, namespace);
  for (const { plan } of all) {
    if (servicesOf(plan, undefined).includes(service)) return [podsOf(plan)];
    const pooler = plan.poolers.find(({ key }) => servicesOf(plan, key).includes(service));
    if (pooler !== undefined) return [pods(plan.workload.namespace, { [poolerNameLabel]: pooler.name })];
  }
  return hostPeers(host, namespace);
}

/** Services of a pooler, or of the instances. */
const servicesOf = ({ workload, poolers }: ClusterPlan, pooler: string | undefined): string[] =>
  (pooler === undefined
    ? (["rw", "ro", "r"] as const).map((kind) => workload.host(kind))
    : poolers.filter(({ key }) => key === pooler).map(({ host }) => host)
  ).map((host) => serviceOf(host, workload.namespace));

/** `<service>.<namespace>` of whichever name of a Service, as pods of a namespace resolve it. */
function serviceOf(host: string, namespace: string): string {
  const name = host.replace(/(\.svc(\.cluster\.local)?)?\.?$/, "");
  return name.includes(".") ? name : `${name}.${namespace}`;
}
