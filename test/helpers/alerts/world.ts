import { BackupMethod } from "../../../components/args/backup";
import { AlertSeverity } from "../../../components/args/monitoring";
import { ruleGroups } from "../../../components/monitoring/alerts";
import type { WatchedEnvironment } from "../../../components/plan/monitoring";
import { environmentOf, limits, small, watched } from "../watched";
import { healthy, operatorsOf } from "./healthy";
import { DAY, type Edit, edited, HOUR, type Labels, type Series } from "./series";

const required = watched("shop/required", { synchronous: { standbys: 1, required: true } });
const follower = watched("shop/follower", { follows: true, instances: 2 });
const streaming = watched("shop/streaming", { follows: true, streams: true, instances: 2 });

const weekly = { interval: 7 * DAY, immediate: false, retentionDays: 30 };

/** A cluster with half of every limit, a weekly backup, one alert less and one that is more urgent. */
const own = watched("shop/own", {
  backups: weekly,
  limits: Object.fromEntries(
    Object.entries(limits).map(([name, value]) => [name, value / 2]),
  ) as unknown as typeof limits,
  off: ["CNPGWALBacklog"],
  severities: { CNPGVolumeFilling: AlertSeverity.Critical },
});

/** Environments whose alerts are tried. */
export const environments = {
  main: environmentOf([watched("shop/pg"), required, follower, small("shop/alone")]),
  "one instance": environmentOf([small("shop/pg", { backups: { ...weekly, interval: DAY } })]),
  "two instances": environmentOf([watched("shop/pg", { instances: 2 })]),
  "three instances": environmentOf([watched("shop/pg")]),
  "a replica cluster": environmentOf([follower]),
  "replica clusters": environmentOf([follower, streaming]),
  "in-tree backups": environmentOf([watched("shop/pg")], { method: BackupMethod.InTree }),
  "no WAL volume": environmentOf([watched("shop/pg", { walVolume: false })]),
  "limits of its own": environmentOf([watched("shop/pg"), watched("shop/other"), own]),
} satisfies Record<string, WatchedEnvironment>;

export type EnvironmentName = keyof typeof environments;

/** Another environment, whose clusters are beside those that are looked at, one in the same namespace, and do badly in every way. */
export const dev = environmentOf(
  [
    watched("dev/pg"),
    watched("dev/sync", { synchronous: { standbys: 1, required: true } }),
    watched("rest/pg-1"),
    watched("dev/follower", { follows: true, streams: true, instances: 2 }),
    watched("dev/ghost"),
  ],
  { environment: "dev" },
);

const of = (namespace: string, cnpg_cluster: string): Labels => ({ namespace, cnpg_cluster });

const certificate = "certmanager_certificate_expiration_timestamp_seconds";

/** What is wrong with them, always. */
const troubles: readonly Edit[] = [
  ...(
    [
      ["cnpg_collector_up", 0],
      ["cnpg_collector_last_collection_error", 1],
      ["cnpg_last_error", 1],
      ["cnpg_collector_fencing_on", 1],
      ["cnpg_collector_manual_switchover_required", 1],
      ["cnpg_collector_nodes_used", 1],
      ["cnpg_pg_replication_is_wal_receiver_up", 0],
      ["cnpg_pg_replication_lag", 9e12],
      ["cnpg_pg_replication_slots_pg_wal_lsn_diff", 9e12],
      ["cnpg_collector_sync_replicas", 0],
      ["cnpg_pg_stat_archiver_last_archived_time", 1],
      ["cnpg_collector_pg_wal_archive_status", 9e12],
      ["barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", 1],
      ["barman_cloud_cloudnative_pg_io_first_recoverability_point", 1],
      ["cnpg_pg_database_xid_age", 2e9],
      ["cnpg_pg_database_mxid_age", 2e9],
      ["cnpg_backends_total", 99],
      ["cnpg_backends_max_tx_duration_seconds", 9e12],
      ["cnpg_backends_waiting_total", 9],
      ["cnpg_pgbouncer_last_collection_error", 1],
      ["cnpg_pgbouncer_pools_maxwait", 9e12],
      ["cnpg_pgbouncer_pools_cl_waiting", 9],
      ["cnpg_pgbouncer_pools_sv_idle", 0],
    ] as const
  ).map(([metric, value]): Edit => ({ metric, of: of("dev", "pg"), value })),
  { metric: "cnpg_pg_stat_archiver_last_failed_time", of: of("dev", "pg"), value: (time) => time },
  {
    metric: "barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp",
    of: of("dev", "pg"),
    value: (time) => time,
  },
  { metric: "cnpg_pg_stat_database_deadlocks", of: of("dev", "pg"), value: (time) => time },
  { metric: "cnpg_pg_stat_checkpointer_checkpoints_req", of: of("dev", "pg"), value: (time) => time },
  { metric: "cnpg_pg_stat_checkpointer_sync_time", of: of("dev", "pg"), value: (time) => 999 * time },
  { metric: "cnpg_collector_pg_wal", of: { ...of("dev", "pg"), value: "size" }, value: 999 },
  ...["flush", "replay"].map(
    (what): Edit => ({
      metric: `cnpg_pg_stat_replication_${what}_diff_bytes`,
      of: of("dev", "pg"),
      value: null,
    }),
  ),
  // A new primary beside the old one, for a quarter of every hour.
  {
    metric: "cnpg_pg_replication_in_recovery",
    of: { ...of("dev", "pg"), pod: "pg-2" },
    value: (time) => (time % 1800 < 900 ? 1 : 0),
  },
  { metric: "cnpg_pg_replication_in_recovery", of: { ...of("dev", "pg"), pod: "pg-3" }, value: 0 },
  {
    metric: "kubelet_volume_stats_available_bytes",
    of: { namespace: "dev" },
    value: (time) => 3 - time / HOUR / 2,
  },
  ...[1, 2, 3].flatMap((number) =>
    ["", "-wal", "-tbs-big"].map(
      (suffix): Edit => ({
        metric: "kubelet_volume_stats_available_bytes",
        of: { namespace: "dev", persistentvolumeclaim: `ghost-${number}${suffix}` },
        value: null,
      }),
    ),
  ),
  { metric: certificate, of: { name: "pg-1-server" }, value: 1 },
  { metric: certificate, of: { name: "ghost-server" }, value: null },
  { metric: "cnpg_*", of: of("dev", "ghost"), value: null },
  { metric: "barman_*", of: of("dev", "ghost"), value: null },
  { metric: "barman_*", of: of("dev", "sync"), value: null },
  { metric: "cnpg_collector_sync_replicas", of: of("dev", "sync"), value: 9 },
  {
    metric: "cnpg_pg_stat_replication_replay_diff_bytes",
    of: of("dev", "sync"),
    value: 9e12,
  },
  { metric: "cnpg_pg_replication_in_recovery", of: of("rest", "pg-1"), value: 1 },
  {
    metric: "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp",
    of: of("rest", "pg-1"),
    value: 0,
  },
  {
    metric: "barman_cloud_cloudnative_pg_io_first_recoverability_point",
    of: of("rest", "pg-1"),
    value: (time) => 4 * time,
  },
  { metric: "cnpg_pg_replication_in_recovery", of: of("dev", "follower"), value: 0 },
  { metric: "cnpg_pg_replication_is_wal_receiver_up", of: of("dev", "follower"), value: 0 },
  { metric: "cnpg_pg_replication_lag", of: of("dev", "follower"), value: 9e12 },
];

/** What another environment's rules have recorded. */
function recorded(environment: WatchedEnvironment): readonly Series[] {
  return ruleGroups(environment).flatMap(({ rules }) =>
    rules.flatMap((rule) => {
      if (!("record" in rule)) return [];
      const [, value] = /^vector\((.+)\)$/.exec(rule.expr) ?? [];
      return [{ metric: rule.record, labels: rule.labels ?? {}, value: Number(value) }];
    }),
  );
}

/** Namespaces in which nothing may fire: of clusters that do well, and of those of {@link dev}. */
export const quiet = "dev|rest|other";

/** What else is scraped: environments that do badly. */
export const besides: readonly Series[] = [
  ...edited(healthy(dev), troubles, 0, Number.POSITIVE_INFINITY),
  ...recorded(dev),
];

/** What the operator and the plugin tell. */
export const operators = operatorsOf("cnpg-system");
