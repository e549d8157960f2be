import { type MetricsQueryArgs, QueryUsage } from "../args/monitoring";
import type { Check } from "../check";
import { own } from "../own";
import type { PlannedObject } from "../plan/object";
import { bad, derivedName, good, matching, type Parsed, postgresIdentifier } from "../units";
import type { Workload } from "../units/workload";
import { yaml } from "./yaml";

/** Makes CNPG read a changed ConfigMap at once. */
const reloadLabel = { "cnpg.io/reload": "true" };

/** Names of CNPG's own default queries: another one of such a name would take its place. */
const defaultQueries = [
  "backends",
  "backends_waiting",
  "pg_database",
  "pg_extensions",
  "pg_postmaster",
  "pg_replication",
  "pg_replication_slots",
  "pg_settings",
  "pg_stat_archiver",
  "pg_stat_bgwriter",
  "pg_stat_bgwriter_17",
  "pg_stat_checkpointer",
  "pg_stat_database",
  "pg_stat_replication",
];

/** Prefixes of metrics that CNPG makes besides queries. */
const taken = /^(collector|pgbouncer)(_|$)/;

/**
 * The ConfigMap with a cluster's own queries (`monitoring.customQueriesConfigMap`), in the format of CNPG's
 * `pkg/management/postgres/metrics/parser.go`; undefined without any. SQL is not read here: a wrong one shows as
 * `cnpg_collector_last_collection_error`, and by an alert.
 */
export function decideQueries(
  check: Check,
  queries: Readonly<Record<string, MetricsQueryArgs>> | undefined,
  workload: Workload,
): PlannedObject | undefined {
  const names = Object.keys(queries ?? {}).sort();
  if (names.length === 0) return undefined;
  const written = names.map((name) => {
    check.parse(name, name, queryName);
    return [name, writtenQuery(check.at(name), own(queries, name) as MetricsQueryArgs)] as const;
  });
  return {
    key: "queries",
    apiVersion: "v1",
    kind: "ConfigMap",
    name: derivedName([workload.cluster, "queries"], 63),
    labels: reloadLabel,
    body: { data: { [queriesKey]: yaml(Object.fromEntries(written)) } },
    after: [],
  };
}

export const queriesKey = "queries.yaml";

function queryName(text: string): Parsed<string> {
  if (/^cnpg_/.test(text)) return bad(`${text.slice(5)}: CNPG itself puts cnpg_ in front of each metric`);
  if (taken.test(text) || defaultQueries.includes(text))
    return bad("another name: CNPG has metrics of its own of this one");
  return matching(
    text,
    /^[a-z][a-z0-9_]{0,62}$/,
    "a name of small letters, digits and underscores, such as orders_open",
  );
}

function writtenQuery(check: Check, args: MetricsQueryArgs): object {
  check.parse("query", args.query, statement);
  check.parse("predicateQuery", args.predicateQuery, statement);
  check.parse("runOnServer", args.runOnServer, versionRange);
  args.targetDatabases?.forEach((database, i) => {
    check.at("targetDatabases").parse(i, database, postgresIdentifier);
  });
  const columns = Object.entries(args.columns ?? {});
  const values = columns.filter(
    ([, { usage }]) => usage !== QueryUsage.Label && usage !== QueryUsage.Discard,
  );
  check.require(
    values.length > 0,
    "columns",
    columns.map(([name]) => name),
    `at least one column that is a value: ${[QueryUsage.Gauge, QueryUsage.Counter, QueryUsage.Duration, QueryUsage.Histogram, QueryUsage.MappedMetric].join(", ")}`,
  );
  const metrics = columns.map(([name, { usage, description, values: mapping }]) => {
    const at = check.at("columns").at(name);
    check.at("columns").parse(name, name, columnName);
    at.oneOf("usage", usage, QueryUsage);
    const label = usage === QueryUsage.Label || usage === QueryUsage.Discard;
    at.require(
      label || (description ?? "").trim() !== "",
      "description",
      description,
      "what the value is, with its unit",
    );
    const mapped = usage === QueryUsage.MappedMetric;
    at.require(
      mapped === Object.keys(mapping ?? {}).length > 0,
      "values",
      mapping,
      mapped
        ? "each text with its number, such as { up: 1, down: 0 }"
        : "remove it: it goes with MAPPEDMETRIC",
    );
    return {
      [name]: {
        usage,
        ...(mapped && { metric_mapping: mapping }),
        ...(description !== undefined && { description }),
      },
    };
  });
  return {
    query: args.query,
    ...(args.predicateQuery !== undefined && { predicate_query: args.predicateQuery }),
    ...(args.primary !== undefined && { primary: args.primary }),
    ...(args.targetDatabases !== undefined && { target_databases: args.targetDatabases }),
    ...(args.runOnServer !== undefined && { runonserver: args.runOnServer }),
    metrics,
  };
}

const columnName = (text: string) =>
  matching(text, /^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/, "a column's name of letters, digits and underscores");

/** One statement that reads: the exporter runs it in a transaction that can't write. */
function statement(text: string): Parsed<string> {
  const bare = text
    .replace(/--[^\n]*/g, " ")
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1/g, " ")
    .replace(/"(?:[^"]|"")*"/g, "quoted")
    .trim();
  const allowed = "one statement that reads: SELECT or WITH, without a semicolon but at its end";
  const balanced = [...bare].reduce(
    (depth, letter) => (depth < 0 ? depth : depth + (letter === "(" ? 1 : letter === ")" ? -1 : 0)),
    0,
  );
  if (!/^(select|with|values|table|show)\b/i.test(bare) || /;(?!\s*$)/.test(bare)) return bad(allowed);
  if (/['"]/.test(bare)) return bad(`${allowed}; a quote in it does not end`);
  return balanced === 0 ? good(text) : bad(`${allowed}; its parentheses don't match`);
}

/** As `blang/semver` reads ranges, of three numbers each. */
function versionRange(text: string): Parsed<string> {
  const one = "(?:[<>]=?|=|==|!=?)?\\s*\\d+\\.\\d+\\.\\d+";
  return matching(
    text,
    new RegExp(`^\\s*${one}(?:\\s+(?:\\|\\|\\s*)?${one})*\\s*$`),
    'a range of versions of three numbers, such as ">=17.0.0" or ">=15.0.0 <17.0.0"',
  );
}
