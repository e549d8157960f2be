import { CLUSTER, POOLER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-pod-monitor-deprecated",
  title: "Metrics are scraped by a PodMonitor of one's own and not by enablePodMonitor.",
  severity: "low",
  tags: ["monitoring", "upgrade"],
  why: "spec.monitoring.enablePodMonitor is deprecated, and CNPG's webhook warns that a later release removes it: alerts would go quiet after an upgrade.",
  remedy:
    "Set it to false and write a PodMonitor that selects cnpg.io/cluster and cnpg.io/podRole: instance, or cnpg.io/poolerName for a Pooler.",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: [CLUSTER, POOLER],
  judge({ view, report }) {
    const at = view.at("spec", "monitoring", "enablePodMonitor");
    if (at.flag() === true) report(at, "is true, and deprecated. Write a PodMonitor and set it to false.");
  },
});
