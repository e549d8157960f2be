import { CLUSTER } from "../core/cluster";
import { isOfCnpg, podMonitors, selectsInstances } from "../core/monitors";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-scraped",
  title: "A Cluster in production is scraped, where monitors of others are beside it.",
  severity: "low",
  tags: ["monitoring"],
  why: "Alerts on metrics that nobody scrapes never fire, and look like a database without trouble. Where some Clusters have a monitor and one has none, it was forgotten.",
  remedy:
    "Write a PodMonitor, VMPodScrape or PodMonitoring that selects cnpg.io/cluster: <name> and cnpg.io/podRole: instance, or exempt the Cluster with where its monitor is.",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: [CLUSTER],
  productionOnly: true,
  judge({ stack, report, part, isProduction }) {
    const monitors = podMonitors(stack).filter((one) => known(() => isOfCnpg(one)) !== false);
    // Without any, they are somewhere else.
    if (monitors.length === 0) return;
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        if (!isProduction(cluster)) return;
        if (cluster.view.flag("spec", "monitoring", "enablePodMonitor") === true) return;
        if (monitors.some((monitor) => selectsInstances(monitor, cluster) !== "no")) return;
        report(
          cluster,
          ["spec", "monitoring"],
          `no monitor here selects its pods, and ${monitors[0]?.called} does others'. Write one.`,
          "unless elsewhere",
        );
      });
  },
});
