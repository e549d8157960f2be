import { POOLER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-pooler-instances",
  title: "A Pooler in production has more than one PgBouncer.",
  severity: "medium",
  tags: ["availability", "pooler"],
  why: "Applications that connect through a Pooler reach Postgres by no other way. With one PgBouncer, and 1 is the default, the drain of its node or an eviction is an outage although Postgres is fine.",
  remedy: "Set instances to 2 or more, and add a PodDisruptionBudget: CNPG makes none for a Pooler.",
  url: "https://cloudnative-pg.io/documentation/current/connection_pooling/",
  types: [POOLER],
  productionOnly: true,
  parameters: {
    minimum: { type: "number", default: 2, description: "Fewest PgBouncers of a Pooler in production." },
  },
  judge({ view, parameters, report }) {
    const at = view.at("spec", "instances");
    const instances = at.number() ?? 1;
    // None at all is how somebody switches a Pooler off.
    if (instances > 0 && instances < Number(parameters.minimum))
      report(
        at,
        `${instances === 1 ? "one PgBouncer is" : `${instances} PgBouncers are`} too few: while it restarts nobody can connect. Write ${parameters.minimum} or more.`,
      );
  },
});
