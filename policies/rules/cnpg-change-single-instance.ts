import { CLUSTER } from "../core/cluster";
import { changeRule } from "../core/rule";

export default changeRule({
  id: "cnpg-change-single-instance",
  title: "A production Cluster is not scaled down to one instance.",
  severity: "high",
  tags: ["change", "availability"],
  why: "CNPG deletes the replicas with their volumes. With one instance there is no failover: every restart of its pod, and every drained node, is an outage.",
  remedy: "Write two instances or more.",
  url: "https://cloudnative-pg.io/documentation/current/failover/",
  types: [CLUSTER],
  productionOnly: true,
  judge({ view, before, report }) {
    const [was, is] = [before.view.number("spec", "instances"), view.number("spec", "instances")];
    // Hibernation and fencing have annotations of their own, and leave instances alone.
    if (was !== undefined && is !== undefined && was > 1 && is <= 1)
      report(view.at("spec", "instances"), `was ${was}, and ${is} has no failover. Write 2 or more.`);
  },
});
