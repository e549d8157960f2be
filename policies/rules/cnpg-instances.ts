import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-instances",
  title: "A Cluster in production has a replica to fail over to.",
  severity: "medium",
  tags: ["availability"],
  why: "With one instance every restart of its pod or node is an outage, and the loss of its volume is a restore from backup.",
  remedy: "Set instances to 2 or more.",
  url: "https://cloudnative-pg.io/documentation/current/replication/",
  types: [CLUSTER],
  productionOnly: true,
  parameters: {
    minimum: { type: "number", default: 2, description: "Fewest instances of a cluster in production." },
  },
  judge({ view, parameters, report }) {
    const at = view.at("spec", "instances");
    const instances = at.number();
    if (instances !== undefined && instances < Number(parameters.minimum))
      report(at, `${instances} leaves nothing to fail over to. Write ${parameters.minimum} or more.`);
  },
});
