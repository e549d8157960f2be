import { CLUSTER } from "./cluster";
import { instanceLabels } from "./networkFlows";
import { known, type Resource } from "./resource";
import { labels, meets, type Requirement, requirementsOf, type Verdict } from "./selector";
import type { Stack } from "./stack";
import type { View } from "./view";

/** Google's monitor for the pods of all namespaces. */
const CLUSTER_POD_MONITORING = "ClusterPodMonitoring.monitoring.googleapis.com";

/** Objects that say which pods are scraped: the Prometheus Operator's, VictoriaMetrics', and Google's two. */
export const podMonitorTypes: readonly string[] = [
  "PodMonitor.monitoring.coreos.com",
  "VMPodScrape.operator.victoriametrics.com",
  "PodMonitoring.monitoring.googleapis.com",
  CLUSTER_POD_MONITORING,
];

export const podMonitors = (stack: Stack): Resource[] =>
  podMonitorTypes.flatMap((type) => stack.ofType(type));

/** What a monitor asks of pods. */
export const podsOf = (monitor: Resource): Requirement[] =>
  requirementsOf(monitor.view.at("spec", "selector"));

/** Whether a monitor asks for pods of CNPG by one of its labels. */
export const isOfCnpg = (monitor: Resource): boolean =>
  podsOf(monitor).some(({ key, operator }) => key.startsWith("cnpg.io/") && operator !== "DoesNotExist");

/** The ports of pods that a monitor scrapes, each as its object has it. */
export const endpointsOf = ({ view }: Resource): View[] => [
  ...view.list("spec", "podMetricsEndpoints"),
  ...view.list("spec", "endpoints"),
];

/** The namespaces that a monitor looks into; undefined where it looks into all, or is an object without a namespace. */
export function namespacesOf(monitor: Resource): readonly string[] | undefined {
  if (monitor.type === CLUSTER_POD_MONITORING) return undefined;
  const selector = monitor.view.at("spec", "namespaceSelector");
  if (selector.flag("any") === true) return undefined;
  const names = selector.texts("matchNames");
  if (names.length > 0) return names;
  return monitor.namespace === undefined ? undefined : [monitor.namespace];
}

/** Whether a monitor looks into a namespace; an object without a namespace may be in any one. */
export const looksInto = (monitor: Resource, namespace: string | undefined): boolean =>
  namespace === undefined || (namespacesOf(monitor)?.includes(namespace) ?? true);

/** Whether a monitor selects the instances of a Cluster. */
export function selectsInstances(monitor: Resource, cluster: Resource): Verdict {
  if (!looksInto(monitor, cluster.namespace)) return "no";
  return meets(podsOf(monitor), instanceLabels(cluster));
}

/** Whether a monitor selects the pods of a Pooler. */
export function selectsPooler(monitor: Resource, pooler: Resource): Verdict {
  if (!looksInto(monitor, pooler.namespace)) return "no";
  const cluster = known(() => pooler.view.partial("spec", "cluster", "name"));
  return meets(
    podsOf(monitor),
    labels(
      {
        "cnpg.io/cluster": cluster ?? null,
        "cnpg.io/podRole": "pooler",
        "cnpg.io/poolerName": pooler.name ?? null,
      },
      pooler.view.at("spec", "template", "metadata", "labels").exists,
    ),
  );
}

/** Clusters, if each says its namespace: nothing that is compared with these is elsewhere for certain otherwise. */
export function placedClusters(stack: Stack): readonly Resource[] | undefined {
  const clusters = stack.ofType(CLUSTER);
  return clusters.length > 0 && clusters.every(({ namespace }) => namespace !== undefined)
    ? clusters
    : undefined;
}
