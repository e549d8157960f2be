import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-maintenance-window",
  title: "No node maintenance window is left open.",
  severity: "medium",
  tags: ["availability", "operations"],
  why: "While inProgress is true a replica of a drained node is not made anew elsewhere, and a single instance has no disruption budget: the next failure finds the cluster with less than it should have. CNPG's webhook recommends enablePDB instead.",
  remedy: "Take nodeMaintenanceWindow away once the work on the nodes is done.",
  url: "https://cloudnative-pg.io/documentation/current/kubernetes_upgrade/",
  types: [CLUSTER],
  judge({ view, report }) {
    const at = view.at("spec", "nodeMaintenanceWindow", "inProgress");
    if (at.flag() === true) report(at, "is true. Take nodeMaintenanceWindow away after the maintenance.");
  },
});
