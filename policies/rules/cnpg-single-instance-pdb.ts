import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-single-instance-pdb",
  title: "A Cluster with one instance has no PodDisruptionBudget.",
  severity: "medium",
  tags: ["availability", "operations"],
  why: "enablePDB is true by default, and the budget wants the primary available at all times. With nothing to switch over to, draining its node blocks until somebody steps in: upgrades of the node pool hang.",
  remedy: "Set enablePDB: false, or instances to 2 or more.",
  url: "https://cloudnative-pg.io/documentation/current/kubernetes_upgrade/#pod-disruption-budgets",
  levels: { recommended: "disabled" },
  types: [CLUSTER],
  judge({ view, report }) {
    if (view.number("spec", "instances") !== 1 || view.flag("spec", "enablePDB") === false) return;
    const window = view.at("spec", "nodeMaintenanceWindow");
    if (window.flag("inProgress") === true && window.flag("reusePVC") !== false) return;
    report(
      view.at("spec", "enablePDB"),
      `is ${view.at("spec", "enablePDB").exists ? "true" : "not said, which is true"}: with one instance its node can't be drained. Write enablePDB: false.`,
    );
  },
});
