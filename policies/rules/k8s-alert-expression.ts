import { alertingTypes, rulesIn } from "../core/alerting";
import { isCounter, isTime, metricsIn } from "../core/metrics";
import { bareOf, unreadable } from "../core/promql";
import { resourceRule } from "../core/rule";

/** What may stand before the thing that is compared, and lets it be what it is. */
const grouped = "(?:(?:by|without)\\s*\\([^)]*\\)\\s*)?";
const aggregated = `(?:\\b(?:sum|max|avg)\\s*${grouped}\\(\\s*)?`;
const above = ">=?\\s*(?:bool\\s+)?[\\d(]";
const compared = `\\s*(?:\\)\\s*${grouped})?${above}`;
const lastArchived = "cnpg_pg_stat_archiver_last_archived_time";
/** How long ago something was archived, in CNPG's own metric or reckoned from when it was. */
const archiveAges: Readonly<Record<string, RegExp>> = {
  cnpg_pg_stat_archiver_seconds_since_last_archival: new RegExp(
    `\\bcnpg_pg_stat_archiver_seconds_since_last_archival${compared}`,
  ),
  [lastArchived]: new RegExp(
    `\\btime\\(\\)\\s*-\\s*${aggregated}${lastArchived}\\s*(?:\\)\\s*${grouped})*${above}`,
  ),
};

export default resourceRule({
  id: "k8s-alert-expression",
  title: "Alerts can be read, add up no points in time, and compare what happened lately, not ever.",
  severity: "medium",
  tags: ["monitoring"],
  why: "Each instance exports the time of the last backup, so that a sum of two is in the year 2080, and no backup is ever too old. An expression that is not PromQL is refused with every rule beside it. A counter such as deadlocks only grows: once it is over the limit its alert fires for ever. An idle database archives nothing, and seconds_since_last_archival grows without any fault, as time() - last_archived_time does.",
  remedy:
    'Use max where times are; increase(…[1h]) or rate(…[5m]) where counters are; last_failed_time > last_archived_time, or WAL files that wait (cnpg_collector_pg_wal_archive_status{value="ready"}), for archiving that fails.',
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: alertingTypes,
  judge({ resource, report, part }) {
    for (const rule of rulesIn(resource))
      part(() => {
        const expression = rule.scalar("expr") ?? "";
        const fault = unreadable(expression);
        if (fault !== undefined) {
          report(
            rule.at("expr"),
            `${fault}: Prometheus can't read it, and loads none of the rules beside it. Close what is open.`,
          );
          return;
        }
        const bare = bareOf(expression);
        const isAlert = rule.at("alert").exists;
        for (const name of metricsIn(expression)) {
          const trap =
            (isTime(name) ? summed(bare, name) : undefined) ??
            (isAlert
              ? (idle(bare, name) ?? (isCounter(name) ? everCounted(bare, name) : undefined))
              : undefined);
          if (trap === undefined) continue;
          report(rule.at("expr"), trap);
          return;
        }
      });
  },
});

/** A sum by pod or by instance is of one series each, and harmless. */
function summed(bare: string, name: string): string | undefined {
  const before = `(?:time\\(\\)\\s*-\\s*)?`;
  const by = "(?:by\\s*\\(([^)]*)\\))?";
  const [found, first = "", last = ""] =
    new RegExp(`\\bsum\\s*${by}\\s*\\(\\s*${before}${name}\\b\\s*(?:\\)\\s*${by}|[><=!])`).exec(bare) ?? [];
  return found === undefined || /\b(?:pod|instance)\b/.test(`${first} ${last}`)
    ? undefined
    : `adds up ${name}, which is a point in time that each instance exports. Write max in place of sum.`;
}

function idle(bare: string, name: string): string | undefined {
  // With a second condition it can be made to mean something.
  return /\b(?:and|unless)\b/.test(bare) || archiveAges[name]?.test(bare) !== true
    ? undefined
    : `grows on a database in which nothing is written, and fires without any fault. Write cnpg_pg_stat_archiver_last_failed_time > ${lastArchived}.`;
}

function everCounted(bare: string, name: string): string | undefined {
  const whole = new RegExp(`(?:^|\\b(?:and|or|unless)\\b|^\\s*\\()\\s*${aggregated}${name}${compared}`);
  return whole.test(bare)
    ? `compares ${name}, which counts from the beginning and never falls: once over the limit it fires for ever. Write increase(${name}[1h]).`
    : undefined;
}
