import { alertingResources, alertingTypes, rulesIn } from "../core/alerting";
import { CLUSTER } from "../core/cluster";
import { isExported, isReserved, metricsIn, nearestMetric } from "../core/metrics";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-alert-metric-exported",
  title: "Alerts read metrics that CNPG or its plugin exports.",
  severity: "medium",
  tags: ["monitoring"],
  why: "An expression on a metric that nobody exports has no value, and its alert never fires: it looks like a database without trouble. cnpg_pgbouncer_up is set and never exported by CNPG 1.30.",
  remedy:
    "Write the name of a metric that is exported, or name the query that makes it in spec.monitoring.customQueriesConfigMap of the Cluster.",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: alertingTypes,
  judge({ stack, report, part }) {
    const custom = stack
      .ofType(CLUSTER)
      .some(({ view }) =>
        ["customQueriesConfigMap", "customQueriesSecret"].some(
          (field) => known(() => view.list("spec", "monitoring", field).length) !== 0,
        ),
      );
    const entries = alertingResources(stack).flatMap((resource) =>
      (known(() => rulesIn(resource)) ?? []).map((rule) => ({ resource, rule })),
    );
    const recorded = new Set(entries.flatMap(({ rule }) => known(() => rule.text("record")) ?? []));
    for (const { resource, rule } of entries)
      part(() => {
        const missing = metricsIn(rule.scalar("expr") ?? "").filter(
          (name) => !isExported(name) && !recorded.has(name) && (!custom || isReserved(name)),
        );
        const [first] = missing;
        if (first === undefined) return;
        const near = nearestMetric(first);
        const what = missing.length > 1 ? `${missing.join(", ")} are metrics` : `${first} is a metric`;
        report(
          resource,
          rule.at("expr"),
          `${what} that neither CNPG 1.30 nor its default queries export. ${near === undefined ? "Write one that is exported, or add the query that makes it" : `Write ${near}`}.`,
        );
      });
  },
});
