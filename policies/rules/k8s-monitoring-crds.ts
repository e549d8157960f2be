import { CLUSTER, POOLER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "k8s-monitoring-crds",
  title:
    "PodMonitor, ServiceMonitor and PrometheusRule are declared only where their definitions are installed.",
  severity: "medium",
  tags: ["monitoring"],
  why: "These kinds are the Prometheus Operator's. A Prometheus without it has no such definitions: the object is refused at every reconciliation, and with it whatever is applied in one go.",
  remedy:
    "Install the Prometheus Operator's definitions, or scrape port 9187 with a static configuration. Set the parameter crdsInstalled to false only for a cluster without them.",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: [
    CLUSTER,
    POOLER,
    ...["PodMonitor", "ServiceMonitor", "PrometheusRule"].map((kind) => `${kind}.monitoring.coreos.com`),
  ],
  parameters: {
    crdsInstalled: {
      type: "boolean",
      default: true,
      description: "Whether the Prometheus Operator's definitions are installed, which no manifest says.",
    },
  },
  judge({ resource, view, report, parameters }) {
    if (parameters.crdsInstalled !== false) return;
    const kind = resource.type.replace(/\..*/, "");
    if (resource.type === CLUSTER || resource.type === POOLER) {
      if (view.flag("spec", "monitoring", "enablePodMonitor") === true)
        report(
          view.at("spec", "monitoring", "enablePodMonitor"),
          `makes a PodMonitor, and the Prometheus Operator's definitions are not installed. Write false.`,
        );
      return;
    }
    report(
      [],
      `there is no definition of ${kind} in this cluster. Take it away, or install the Prometheus Operator.`,
    );
  },
});
