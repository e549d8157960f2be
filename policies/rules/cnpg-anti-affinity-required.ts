import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-anti-affinity-required",
  title: "No two instances of a Cluster in production can be on one node.",
  severity: "low",
  tags: ["availability"],
  why: "podAntiAffinityType is preferred by default: when nodes are short, two instances share one all the same, and stay there.",
  remedy:
    "Set podAntiAffinityType: required if there are at least as many nodes as instances, or a topologySpreadConstraint with whenUnsatisfiable: DoNotSchedule.",
  url: "https://cloudnative-pg.io/documentation/current/scheduling/#requiring-pod-anti-affinity",
  levels: { recommended: "disabled" },
  types: [CLUSTER],
  productionOnly: true,
  judge({ view, report }) {
    const affinity = view.at("spec", "affinity");
    const instances = view.number("spec", "instances");
    if (instances === undefined || instances < 2 || affinity.flag("enablePodAntiAffinity") === false) return;
    const type = affinity.text("podAntiAffinityType") ?? "preferred";
    if (type !== "preferred" || affinity.at("additionalPodAntiAffinity").exists) return;
    if (view.list("spec", "topologySpreadConstraints").length > 0) return;
    // Preferring other zones is about zones; whether nodes are shared is up to the scheduler there as well.
    report(
      affinity.at("podAntiAffinityType"),
      `is ${affinity.at("podAntiAffinityType").exists ? type : "not said, which is preferred"}: instances may share a node. Write required.`,
    );
  },
});
