import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-pdb-off",
  title: "A Cluster with a replica keeps its PodDisruptionBudgets.",
  severity: "medium",
  tags: ["availability"],
  why: "With enablePDB: false a node can be drained with the primary on it, or with all instances at once, whatever state the replicas are in: nothing makes it wait for the switchover.",
  remedy: "Remove enablePDB: true is the default.",
  url: "https://cloudnative-pg.io/documentation/current/kubernetes_upgrade/#pod-disruption-budgets",
  types: [CLUSTER],
  productionOnly: true,
  judge({ view, report }) {
    const at = view.at("spec", "enablePDB");
    if (at.flag() !== false || (view.number("spec", "instances") ?? 1) < 2) return;
    report(at, "is false, and draining nodes may stop every instance at once. Remove it.");
  },
});
