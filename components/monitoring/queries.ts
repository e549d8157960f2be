import { type MetricsQueryArgs, type QueryColumnArgs, QueryUsage } from "../args/monitoring";
import type { Check } from "../check";
import { reloadLabel } from "../credentials/externalSecrets";
import { own } from "../own";
import type { PlannedObject } from "../plan/object";
import { bad, derivedName, matching, type Parsed, postgresIdentifier } from "../units";
import type { Workload } from "../units/workload";
import { inOrder, statement, versionRange } from "./sql";
import { yaml } from "./yaml";

/**
 * CNPG's own default queries and what they export, as of `default-monitoring.yaml` of 1.30: another one of such a name would take
 * its place, and another metric of such a name would be there twice.
 */
const defaultQueries: Readonly<Record<string, string>> = {
  backends: "total max_tx_duration_seconds",
  backends_waiting: "total",
  pg_database: "size_bytes xid_age mxid_age",
  pg_extensions: "update_available",
  pg_postmaster: "start_time",
  pg_replication: "lag in_recovery is_wal_receiver_up streaming_replicas",
  pg_replication_slots: "active pg_wal_lsn_diff",
  pg_settings: "setting",
  pg_stat_archiver:
    "archived_count failed_count seconds_since_last_archival seconds_since_last_failure last_archived_time last_failed_time last_archived_wal_start_lsn last_failed_wal_start_lsn stats_reset_time",
  pg_stat_bgwriter:
    "checkpoints_timed checkpoints_req checkpoint_write_time checkpoint_sync_time buffers_checkpoint buffers_clean maxwritten_clean buffers_backend buffers_backend_fsync buffers_alloc",
  pg_stat_bgwriter_17: "buffers_clean maxwritten_clean buffers_alloc stats_reset_time",
  pg_stat_checkpointer:
    "checkpoints_timed checkpoints_req restartpoints_timed restartpoints_req restartpoints_done write_time sync_time buffers_written stats_reset_time",
  pg_stat_database:
    "xact_commit xact_rollback blks_read blks_hit tup_returned tup_fetched tup_inserted tup_updated tup_deleted conflicts temp_files temp_bytes deadlocks blk_read_time blk_write_time",
  pg_stat_replication:
    "backend_start backend_xmin_age sent_diff_bytes write_diff_bytes flush_diff_bytes replay_diff_bytes write_lag_seconds flush_lag_seconds replay_lag_seconds",
};

/** Metrics that CNPG's exporter has of its queries. */
const exporter = ["errors_total", "last_error", "last_update_timestamp", "cache_hits", "cache_miss"];

const ownMetrics = new Set([
  ...exporter,
  ...Object.entries(defaultQueries).flatMap(([name, columns]) =>
    columns.split(" ").map((column) => `${name}_${column}`),
  ),
]);

/** Prefixes of metrics that CNPG makes besides queries. */
const taken = /^(collector|pgbouncer)(_|$)/;

type Queries = Readonly<Record<string, MetricsQueryArgs>>;

/** Checks queries, and whether any of all that a cluster has take another one's place. */
export function checkQueries(check: Check, queries: Queries = {}, all: Queries = queries): void {
  const names = Object.keys(queries).sort();
  if (names.length > 0) checkCollisions(check, all);
  for (const name of names) {
    check.parse(name, name, queryName);
    checkQuery(check.at(name), own(queries, name) as MetricsQueryArgs);
  }
}

/**
 * The ConfigMap with a cluster's own queries (`monitoring.customQueriesConfigMap`), in the format of CNPG's
 * `pkg/management/postgres/metrics/parser.go`; undefined without any. SQL is not read here: a wrong one shows as
 * `cnpg_collector_last_collection_error`, and by an alert.
 */
export function queriesObject(queries: Queries, workload: Workload): PlannedObject | undefined {
  const names = Object.keys(queries).sort();
  if (names.length === 0) return undefined;
  const written = names.map((name) => [name, writtenQuery(own(queries, name) as MetricsQueryArgs)]);
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
  if (taken.test(text) || Object.hasOwn(defaultQueries, text))
    return bad("another name: CNPG has metrics of its own of this one");
  return matching(
    text,
    /^[a-z][a-z0-9_]{0,62}$/,
    "a name of small letters, digits and underscores, such as orders_open",
  );
}

function checkQuery(check: Check, args: MetricsQueryArgs): void {
  check.parse("query", args.query, statement);
  check.parse("predicateQuery", args.predicateQuery, statement);
  check.parse("runOnServer", args.runOnServer, versionRange);
  args.targetDatabases?.forEach((database, i) => {
    check.at("targetDatabases").parse(i, database, postgresIdentifier);
  });
  checkDatabases(check, args);
  const columns = Object.entries(args.columns ?? {});
  const values = columns.filter(([, { usage }]) => !isLabel(usage));
  check.require(
    values.length > 0,
    "columns",
    columns.map(([name]) => name),
    `at least one column that is a value: ${[QueryUsage.Gauge, QueryUsage.Counter, QueryUsage.Duration, QueryUsage.Histogram, QueryUsage.MappedMetric].join(", ")}`,
  );
  for (const [name, { usage, description, values: mapping }] of columns) {
    const at = check.at("columns").at(name);
    check.at("columns").parse(name, name, columnName);
    at.oneOf("usage", usage, QueryUsage);
    at.require(
      isLabel(usage) || (description ?? "").trim() !== "",
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
  }
}

/** A query as CNPG reads it. */
const writtenQuery = (args: MetricsQueryArgs): object => ({
  query: orderedQuery(args),
  ...(args.predicateQuery !== undefined && { predicate_query: args.predicateQuery }),
  ...(args.primary !== undefined && { primary: args.primary }),
  ...(args.targetDatabases !== undefined && { target_databases: args.targetDatabases }),
  ...(args.runOnServer !== undefined && { runonserver: args.runOnServer }),
  metrics: Object.entries(args.columns ?? {}).map(([name, { usage, description, values }]) => ({
    [name]: {
      usage,
      ...(usage === QueryUsage.MappedMetric && { metric_mapping: values }),
      ...(description !== undefined && { description }),
    },
  })),
});

/** A label's name can't begin with two underscores. */
const columnName = (text: string) =>
  matching(text, /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,62}$/, "a column's name of letters, digits and underscores");

/** What a histogram has beside its own column. */
const ofHistogram = ["bucket", "sum", "count"] as const;

/** Names of the metrics that a column becomes, without `cnpg_`. */
function metricsOf(query: string, column: string, { usage }: QueryColumnArgs): string[] {
  const name = `${query}_${column}`;
  if (isLabel(usage)) return [];
  if (usage === QueryUsage.Duration) return [`${name}_milliseconds`];
  return usage === QueryUsage.Histogram ? [name, ...ofHistogram.map((part) => `${name}_${part}`)] : [name];
}

const isLabel = (usage: QueryUsage) => usage === QueryUsage.Label || usage === QueryUsage.Discard;

/** The exporter answers with an error, and with no metric at all, if one of them is there twice. */
function checkCollisions(check: Check, queries: Readonly<Record<string, MetricsQueryArgs>>): void {
  const seen = new Map<string, string>();
  for (const name of Object.keys(queries).sort())
    for (const [column, args] of Object.entries(queries[name]?.columns ?? {}))
      for (const metric of metricsOf(name, column, args)) {
        const other = ownMetrics.has(metric) ? "CNPG has itself" : seen.get(metric);
        seen.set(metric, `${name}.${column} has too`);
        check
          .at(name)
          .at("columns")
          .require(
            other === undefined,
            column,
            column,
            `another name: its metric cnpg_${metric} is one that ${other}, and the exporter answers with an error to each scrape if one is there twice`,
          );
      }
}

/** The same as above: of each database there would be a metric, and nothing that tells them apart. */
function checkDatabases(check: Check, { targetDatabases = [], columns }: MetricsQueryArgs): void {
  const several = targetDatabases.length > 1 || targetDatabases.some((name) => /[[*?]/.test(name));
  const labelled = Object.values(columns ?? {}).some(({ usage }) => usage === QueryUsage.Label);
  check.require(
    !several || labelled,
    "targetDatabases",
    targetDatabases,
    "one database, or a column that tells them apart, such as current_database() AS datname with the usage LABEL: the exporter answers with an error to each scrape if a metric is there twice",
  );
}

/** The statement as it is, but where there are labels that could change places. */
function orderedQuery({ query, columns }: MetricsQueryArgs): string {
  const all = Object.entries(columns ?? {});
  if (all.filter(([, { usage }]) => usage === QueryUsage.Label).length < 2) return query;
  const names = all.flatMap(([name, { usage }]) =>
    usage === QueryUsage.Histogram ? [name, ...ofHistogram.map((part) => `${name}_${part}`)] : [name],
  );
  return inOrder(query, [...new Set(names)]);
}
