import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import { MonitoringBackend } from "../args/monitoring";
import {
  GoogleApis,
  NetworkKind,
  type NetworkPeerArgs,
  NetworkPolicies,
  type NetworkSettings,
} from "../args/network";
import type { Check } from "../check";
import type { ClusterPlan } from "../plan/cluster";
import type { NetworkPlan, Peer, PodPeer, PodRules } from "../plan/network";
import { namespaceName } from "../units";
import type { StorePlace } from "../units/storePlace";
import { clusterRules, denyOthers, hostsOf, type NetworkContext, type NetworkedCluster } from "./cluster";
import { jobPodsOf, toldOf } from "./jobs";
import { operatorRules } from "./operator";
import { checkPeer, cidrOf, peerOf, pods } from "./peers";
import { isHidden, isPrivateName } from "./stores";
import { proxiesIn } from "./ways";

/** What {@link decideNetwork} starts from. */
export interface NetworkBasis {
  readonly args: NetworkSettings | undefined;
  readonly monitoring: MonitoringBackend;
  /** The clusters with their settings, and where these stand. */
  readonly clusters: readonly {
    readonly at: Check;
    readonly args: ClusterArgs;
    readonly plan: ClusterPlan;
  }[];
}

/** Decides the network policies of an environment: of each cluster, and of the operator where this stack makes them. */
export function decideNetwork(check: Check, basis: NetworkBasis): NetworkPlan {
  const { args = {}, clusters } = basis;
  const policies =
    check.oneOf("policies", args.policies, NetworkPolicies) ?? defaults.NetworkSettings.policies;
  const kind = check.oneOf("kind", args.kind, NetworkKind) ?? defaults.NetworkSettings.kind;
  const off = policies === NetworkPolicies.Off;
  const context = contextOf(check, basis, off, kind);
  if (off) checkUnused(check, basis);
  else {
    checkStores(check, basis);
    checkServers(basis);
  }
  check.require(
    policies !== NetworkPolicies.Audit || kind !== NetworkKind.Kubernetes,
    "policies",
    policies,
    "enforce or off with kind kubernetes, whose policies can't only look. To see beforehand what would be allowed: npm run flows; to look on Cilium: kind cilium",
  );
  checkPeers(check, "clients", args.clients);
  for (const { at, args: own } of clusters) {
    checkPeers(at.at("network"), "clients", own.network?.clients);
    checkPeers(at.at("network"), "destinations", own.network?.destinations);
  }
  const met = clusters.map(({ args: own, plan }) => {
    const { namespace } = plan.workload;
    const clients = [...(args.clients ?? []), ...(own.network?.clients ?? [])];
    return { plan, own: own.network ?? {}, clients: clients.map((each) => peerOf(each, namespace)) };
  });
  if (off) return { policies, kind, rules: [] };
  const networked = met.map(
    ({ plan, own, clients }): NetworkedCluster => ({
      plan,
      clients,
      destinations: (own.destinations ?? []).map((each) => peerOf(each, plan.workload.namespace)),
    }),
  );
  const operator = (args.operator ?? defaults.NetworkSettings.operator) ? operatorRules(context) : [];
  const each = networked.map((cluster) => clusterRules(cluster, networked, context));
  const inhabited = inhabitedBy([...each.flat(), ...operator]);
  const denies = ({ plan, own }: (typeof met)[number]) =>
    policies === NetworkPolicies.Enforce &&
    (own.defaultDeny ?? (plan.createNamespace && !inhabited.has(plan.workload.namespace)));
  const rules = met.flatMap((cluster, i) => [
    ...(each[i] ?? []),
    ...(denies(cluster) ? [denyOthers(cluster.plan)] : []),
  ]);
  return { policies, kind, rules: withoutTwins([...rules, ...operator]) };
}

function checkPeers(check: Check, key: string, peers: readonly NetworkPeerArgs[] = []): void {
  peers.forEach((each, i) => {
    checkPeer(check.at(key).at(i), each);
  });
}

/**
 * Namespaces of pods that the databases have to do with, and that have no policy of this stack: applications and clients, a store,
 * what scrapes, the operator. Whoever denies everything there cuts these off.
 */
function inhabitedBy(rules: readonly PodRules[]): ReadonlySet<string> {
  const isOwn = ({ namespace, labels = {}, oneOf }: PodPeer) =>
    rules.some(
      (rule) =>
        rule.namespace === namespace &&
        Object.entries(rule.labels).every(([label, value]) => labels[label] === value) &&
        // Jobs are told by their names: a policy of theirs is of no other pod.
        (rule.oneOf === undefined ||
          (oneOf?.[0] === rule.oneOf[0] && oneOf[1].every((value) => rule.oneOf?.[1].includes(value)))),
    );
  const peers = rules.flatMap(({ allows }) => allows.flatMap((allowance) => allowance.peers));
  return new Set(
    peers.flatMap((peer) =>
      peer.kind === "pods" && peer.namespace !== undefined && !isOwn(peer) ? [peer.namespace] : [],
    ),
  );
}

/** Two clusters of one namespace deny its other pods only once. */
function withoutTwins(rules: NetworkPlan["rules"]): NetworkPlan["rules"] {
  const denied = new Set<string>();
  return rules.filter(({ namespace, allows }) => {
    if (allows.length > 0) return true;
    const again = denied.has(namespace);
    denied.add(namespace);
    return !again;
  });
}

function contextOf(check: Check, basis: NetworkBasis, off: boolean, kind: NetworkKind): NetworkContext {
  const { args = {}, monitoring } = basis;
  const { apiServer, store } = args;
  const at = check.at("apiServer");
  apiServer?.cidrs?.forEach((cidr, i) => {
    at.at("cidrs").parse(i, cidr, cidrOf);
  });
  const port = at.integer("port", apiServer?.port, 1, 65_535) ?? defaults.ApiServerNetworkArgs.port;
  check.require(
    off || kind !== NetworkKind.Kubernetes || (apiServer?.cidrs?.length ?? 0) > 0,
    "apiServer.cidrs",
    apiServer?.cidrs,
    "the addresses of the control plane, such as [172.16.0.2/32], with kind kubernetes: without the API server no instance becomes primary, and nothing fails over",
  );
  check.parse("operatorNamespace", args.operatorNamespace, namespaceName);
  check.at("store").integer("port", store?.port, 1, 65_535);
  const { port: storePort, ...peer } = store ?? {};
  checkPeer(check.at("store"), peer);
  check.require(
    peer.labels === undefined || isPlace(peer),
    "store.namespace",
    undefined,
    "the namespace of the pods with these labels, such as storage",
  );
  return {
    googleApis: check.oneOf("googleApis", args.googleApis, GoogleApis) ?? defaults.NetworkSettings.googleApis,
    store:
      store === undefined
        ? undefined
        : {
            id: archiveOf(basis),
            peer: isPlace(peer) ? peerOf(peer, "") : undefined,
            port: storePort,
          },
    operatorNamespace: args.operatorNamespace ?? defaults.NetworkSettings.operatorNamespace,
    apiServer: {
      cidrs: apiServer?.cidrs ?? [],
      ports: kind === NetworkKind.Kubernetes ? [port] : [...new Set([port, 6443])],
    },
    monitoring: scraper(check, args, monitoring, off),
  };
}

/** Whether it says where somebody is who is not in a cluster's own namespace. */
const isPlace = ({ namespace, cidr }: NetworkPeerArgs): boolean =>
  namespace !== undefined || cidr !== undefined;

function scraper(check: Check, args: NetworkSettings, backend: MonitoringBackend, off: boolean): Peer[] {
  if (args.monitoring !== undefined) {
    checkPeer(check.at("monitoring"), args.monitoring);
    check.require(
      isPlace(args.monitoring),
      "monitoring.namespace",
      undefined,
      "the namespace of the pods that scrape, such as monitoring",
    );
    return [peerOf(args.monitoring, "")];
  }
  // Where GKE runs the collectors itself, as Autopilot does, they are in a namespace of GKE's.
  if (backend === MonitoringBackend.Gmp) return [pods("gmp-system"), pods("gke-gmp-system")];
  check.require(
    off || backend === MonitoringBackend.None,
    "monitoring",
    undefined,
    "who scrapes, such as { namespace: monitoring, labels: { app.kubernetes.io/name: prometheus } }, or the monitors of this stack would find nothing but closed ports",
  );
  return [];
}

/** Settings without policies would be ones without an effect. */
function checkUnused(check: Check, { args, clusters }: NetworkBasis): void {
  const { policies: _, ...rest } = args ?? {};
  const allowed = "remove it, or set network.policies to audit or enforce";
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) check.fail(key, value, allowed);
  for (const { at, args: own } of clusters)
    if (own.network !== undefined) at.fail("network", own.network, allowed);
}

/** A store whose address no policy can tell has to be said; what is said of a store that nobody goes to would have no effect. */
function checkStores(check: Check, { args = {}, clusters }: NetworkBasis): void {
  const places = clusters.flatMap(({ plan }) => placesOf(plan));
  const s3 = clusters
    .flatMap(({ plan }) => plan.backup?.location.store ?? [])
    .filter(({ scheme }) => scheme === "s3");
  check.require(
    args.store === undefined || s3.length > 0,
    "store",
    args.store,
    "remove it: no cluster archives to an S3-compatible store",
  );
  check.require(
    args.googleApis === undefined || places.some(({ scheme }) => scheme === "gs"),
    "googleApis",
    args.googleApis,
    "remove it: no cluster goes to Cloud Storage",
  );
  const placeless = s3.flatMap(({ endpoint }) => {
    const host = endpoint === undefined ? "" : new URL(endpoint).hostname;
    return host !== "" && isHidden(host) ? [host] : [];
  });
  check.require(
    isPlace(args.store ?? {}) || placeless.length === 0,
    "store",
    undefined,
    `where ${placeless[0]} is, which no policy can tell from its name: { namespace: storage, labels: { app: minio } }, or { cidr: 10.8.0.7/32 }`,
  );
}

/** A server, a store beside the archive, or a proxy whose address no policy can tell has to be said too. */
function checkServers(basis: NetworkBasis): void {
  const archive = archiveOf(basis);
  for (const { at, args, plan } of basis.clusters) {
    const stores = placesOf(plan).flatMap(({ id, endpoint }) =>
      endpoint === undefined || id === archive ? [] : [new URL(endpoint).hostname],
    );
    const servers = hostsOf(plan).map(({ name }) => name);
    const proxies = proxiesIn([toldOf(plan), jobPodsOf(plan)]).map(({ host }) => host);
    const hidden = [...servers, ...proxies].find(isPrivateName) ?? stores.find(isHidden);
    at.require(
      hidden === undefined || (args.network?.destinations?.length ?? 0) > 0,
      "network.destinations",
      undefined,
      `where ${hidden} is, which no policy can tell from its name: [{ cidr: 10.8.0.7/32 }]`,
    );
  }
}

/** Which store the clusters archive to. */
const archiveOf = ({ clusters }: NetworkBasis): string =>
  clusters.flatMap(({ plan }) => plan.backup?.location.store.id ?? [])[0] ?? "";

const placesOf = ({ backup, recovery, dumps }: ClusterPlan): StorePlace[] =>
  [
    backup?.location.store,
    recovery?.source?.store,
    ...dumps.tenants.map(({ folder }) => folder.store),
  ].filter((place) => place !== undefined);
