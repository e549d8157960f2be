import { POOLER } from "../core/cluster";
import { groupedBy } from "../core/grouped";
import {
  endpointsOf,
  namespacesOf,
  podMonitors,
  podMonitorTypes,
  podsOf,
  selectsPooler,
} from "../core/monitors";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Requirement } from "../core/selector";
import type { View } from "../core/view";

export default stackRule({
  id: "k8s-monitor-instances",
  title: "A monitor of a Cluster's instances does not take its poolers for instances.",
  severity: "low",
  tags: ["monitoring"],
  why: "Pods of poolers have the label cnpg.io/cluster too, and a port called metrics. A monitor that selects by that label alone scrapes them as instances, and twice where they have a monitor of their own: up and absent() count them, sums of a pooler's metrics are double.",
  remedy:
    "Add cnpg.io/podRole: instance to the selector, and write a monitor with cnpg.io/poolerName for each Pooler.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types: podMonitorTypes,
  judge({ stack, report, part }) {
    const monitors = podMonitors(stack);
    const poolers = stack.ofType(POOLER);
    const byNamespace = groupedBy(poolers, ({ namespace }) => namespace);
    // Of many monitors each looks into its own namespace: only the poolers there are asked about.
    const near = (monitor: Resource): readonly Resource[] => {
      const namespaces = known(() => namespacesOf(monitor));
      return namespaces === undefined
        ? poolers
        : [...namespaces, undefined].flatMap((namespace) => byNamespace.get(namespace) ?? []);
    };
    const takes = (monitor: Resource, pooler: Resource) =>
      known(() => selectsPooler(monitor, pooler) === "yes" && reachesMetrics(monitor)) === true;
    for (const monitor of monitors)
      part(() => {
        const pods = podsOf(monitor);
        if (!pods.some(({ key }) => key === "cnpg.io/cluster") || pods.some(isTelling)) return;
        const pooler = near(monitor).find((one) => takes(monitor, one));
        if (pooler === undefined) return;
        const other = monitors.find((one) => one !== monitor && takes(one, pooler));
        const what = other === undefined ? "as if it were an instance" : `which ${other.called} scrapes too`;
        report(
          monitor,
          ["spec", "selector"],
          `selects ${pooler.called} as well, ${what}. Add "cnpg.io/podRole: instance".`,
        );
      });
  },
});

/** Labels that only some of a Cluster's pods have; a role they all have. */
const isTelling = ({ key, operator }: Requirement): boolean =>
  ["cnpg.io/poolerName", "cnpg.io/instanceName", "cnpg.io/instanceRole"].includes(key) ||
  (key === "cnpg.io/podRole" && operator !== "Exists");

/** Poolers call their port as instances do, and it has another number; without any, all ports are scraped. */
const reachesMetrics = (monitor: Resource): boolean =>
  endpointsOf(monitor).some((endpoint) => {
    const said = ["port", "targetPort", "portNumber"].map((field) => endpoint.scalar(field));
    const reaches =
      said.every((port) => port === undefined) || said.some((port) => port === "metrics" || port === "9127");
    return reaches && !leavesOut(endpoint);
  });

/** Whether pods are left out by their labels after they are found, which nobody but Prometheus can follow. */
const leavesOut = (endpoint: View): boolean =>
  ["relabelings", "relabelConfigs"]
    .flatMap((field) => endpoint.list(field))
    .filter((rule) => /^(?:keep|drop)$/i.test(rule.scalar("action") ?? ""))
    .flatMap((rule) => ["sourceLabels", "source_labels"].flatMap((field) => rule.texts(field)))
    .some((label) => /_label(?:present)?_cnpg_io_|_container_(?:name|port_number)$|_pod_name$/.test(label));
