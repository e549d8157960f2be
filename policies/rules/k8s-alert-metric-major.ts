import { alertingResources, alertingTypes, rulesIn } from "../core/alerting";
import { CLUSTER } from "../core/cluster";
import { majorOf } from "../core/major";
import { metricsIn, otherName, versionsOf } from "../core/metrics";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-alert-metric-major",
  title: "Alerts read metrics that the Clusters' version of Postgres has.",
  severity: "medium",
  tags: ["monitoring", "upgrade"],
  why: "Postgres 17 moved the checkpoints from pg_stat_bgwriter to pg_stat_checkpointer, and 18 took wal_write and wal_sync out of pg_stat_wal: CNPG's metrics went with them. An alert on one that is not there never fires, and nothing tells that an upgrade has silenced it.",
  remedy:
    "Read both names, as in rate(cnpg_pg_stat_checkpointer_checkpoints_req[5m]) or rate(cnpg_pg_stat_bgwriter_checkpoints_req[5m]).",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: alertingTypes,
  judge({ stack, report, part }) {
    const majors = stack.ofType(CLUSTER).map((cluster) => known(() => majorOf(cluster)?.major));
    // A metric is read in vain for certain only where no Cluster has it; one of an unknown version may.
    const isNowhere = (name: string) => {
      const { from = 0, below = Number.POSITIVE_INFINITY } = versionsOf(name) ?? {};
      return majors.length > 0 && majors.every((one) => one !== undefined && (one < from || one >= below));
    };
    const entries = alertingResources(stack).flatMap((resource) =>
      (known(() => rulesIn(resource)) ?? []).map((rule) => ({ resource, rule })),
    );
    const read = new Set(entries.flatMap(({ rule }) => metricsIn(known(() => rule.scalar("expr")) ?? "")));
    for (const { resource, rule } of entries)
      part(() => {
        const name = metricsIn(rule.scalar("expr") ?? "").find(isNowhere);
        if (name === undefined) return;
        const other = otherName(name);
        // Rules for both versions, of which one is silent, are made for an upgrade.
        if (other !== undefined && read.has(other)) return;
        const { from, below } = versionsOf(name) ?? {};
        const range = from === undefined ? `before ${below}` : `from ${from} on`;
        report(
          resource,
          rule.at("expr"),
          `${name} is a metric of Postgres ${range}, and no Cluster here is of such a version. ${other === undefined ? "Take it out" : `Read ${other} too, with "or"`}.`,
          "unless elsewhere",
        );
      });
  },
});
