import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-metrics-cache",
  title: "Results of the queries for metrics are kept for a while.",
  severity: "low",
  tags: ["monitoring"],
  why: "With spec.monitoring.metricsQueriesTTL 0 every scrape, of everybody who reaches port 9187, runs all queries in every database: what measures the load is the load.",
  remedy: "Take the field away, which gives 30 seconds, or write the interval of the scrapes.",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: [CLUSTER],
  judge({ view, report }) {
    const at = view.at("spec", "monitoring", "metricsQueriesTTL");
    const text = at.scalar();
    if (text !== undefined && /^(?:0+(?:\.0+)?(?:ns|us|µs|ms|s|m|h)?)+$/.test(text))
      report(at, "keeps no result: each scrape runs every query again. Take it away.");
  },
});
