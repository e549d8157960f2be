import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-anti-affinity",
  title: "Instances of a Cluster in production are kept apart.",
  severity: "medium",
  tags: ["availability"],
  why: "With anti-affinity off the scheduler may put the primary and its replicas on one node, and the loss of that node is an outage.",
  remedy:
    "Take enablePodAntiAffinity: false away, or spread the instances by additionalPodAntiAffinity or topologySpreadConstraints.",
  url: "https://cloudnative-pg.io/documentation/current/scheduling/",
  types: [CLUSTER],
  productionOnly: true,
  judge({ view, report }) {
    const at = view.at("spec", "affinity", "enablePodAntiAffinity");
    if (at.flag() !== false || view.number("spec", "instances") === 1) return;
    if (view.at("spec", "affinity", "additionalPodAntiAffinity").exists) return;
    if (view.list("spec", "topologySpreadConstraints").length > 0) return;
    report(at, "is false, and nothing else keeps instances apart. Take it away: true is the default.");
  },
});
