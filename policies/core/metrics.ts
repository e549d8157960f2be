import { distance } from "fastest-levenshtein";
import { selectorsIn } from "./promql";

/** Metrics of CNPG 1.30's instances: its collector, its default queries, and its exporter's own. */
const ofInstances = new Set(
  `
  cnpg_backends_max_tx_duration_seconds cnpg_backends_total cnpg_backends_waiting_total cnpg_cache_hits cnpg_cache_miss
  cnpg_collector_collection_duration_seconds cnpg_collector_collection_errors_total cnpg_collector_collections_total
  cnpg_collector_fencing_on cnpg_collector_first_recoverability_point cnpg_collector_last_available_backup_timestamp
  cnpg_collector_last_collection_error cnpg_collector_last_failed_backup_timestamp cnpg_collector_lo_pages
  cnpg_collector_manual_switchover_required cnpg_collector_nodes_used cnpg_collector_pg_wal
  cnpg_collector_pg_wal_archive_status cnpg_collector_postgres_version cnpg_collector_replica_mode
  cnpg_collector_sync_replicas cnpg_collector_up cnpg_collector_wal_buffers_full cnpg_collector_wal_bytes
  cnpg_collector_wal_fpi cnpg_collector_wal_records cnpg_collector_wal_sync cnpg_collector_wal_sync_time
  cnpg_collector_wal_write cnpg_collector_wal_write_time cnpg_errors_total cnpg_last_error cnpg_last_update_timestamp
  cnpg_pg_database_mxid_age cnpg_pg_database_size_bytes cnpg_pg_database_xid_age cnpg_pg_extensions_update_available
  cnpg_pg_postmaster_start_time cnpg_pg_replication_in_recovery cnpg_pg_replication_is_wal_receiver_up
  cnpg_pg_replication_lag cnpg_pg_replication_slots_active cnpg_pg_replication_slots_pg_wal_lsn_diff
  cnpg_pg_replication_streaming_replicas cnpg_pg_settings_setting cnpg_pg_stat_archiver_archived_count
  cnpg_pg_stat_archiver_failed_count cnpg_pg_stat_archiver_last_archived_time
  cnpg_pg_stat_archiver_last_archived_wal_start_lsn cnpg_pg_stat_archiver_last_failed_time
  cnpg_pg_stat_archiver_last_failed_wal_start_lsn cnpg_pg_stat_archiver_seconds_since_last_archival
  cnpg_pg_stat_archiver_seconds_since_last_failure cnpg_pg_stat_archiver_stats_reset_time
  cnpg_pg_stat_bgwriter_buffers_alloc cnpg_pg_stat_bgwriter_buffers_backend cnpg_pg_stat_bgwriter_buffers_backend_fsync
  cnpg_pg_stat_bgwriter_buffers_checkpoint cnpg_pg_stat_bgwriter_buffers_clean
  cnpg_pg_stat_bgwriter_checkpoint_sync_time cnpg_pg_stat_bgwriter_checkpoint_write_time
  cnpg_pg_stat_bgwriter_checkpoints_req cnpg_pg_stat_bgwriter_checkpoints_timed cnpg_pg_stat_bgwriter_maxwritten_clean
  cnpg_pg_stat_bgwriter_stats_reset_time cnpg_pg_stat_checkpointer_buffers_written
  cnpg_pg_stat_checkpointer_checkpoints_req cnpg_pg_stat_checkpointer_checkpoints_timed
  cnpg_pg_stat_checkpointer_restartpoints_done cnpg_pg_stat_checkpointer_restartpoints_req
  cnpg_pg_stat_checkpointer_restartpoints_timed cnpg_pg_stat_checkpointer_stats_reset_time
  cnpg_pg_stat_checkpointer_sync_time cnpg_pg_stat_checkpointer_write_time cnpg_pg_stat_database_blk_read_time
  cnpg_pg_stat_database_blk_write_time cnpg_pg_stat_database_blks_hit cnpg_pg_stat_database_blks_read
  cnpg_pg_stat_database_conflicts cnpg_pg_stat_database_deadlocks cnpg_pg_stat_database_temp_bytes
  cnpg_pg_stat_database_temp_files cnpg_pg_stat_database_tup_deleted cnpg_pg_stat_database_tup_fetched
  cnpg_pg_stat_database_tup_inserted cnpg_pg_stat_database_tup_returned cnpg_pg_stat_database_tup_updated
  cnpg_pg_stat_database_xact_commit cnpg_pg_stat_database_xact_rollback cnpg_pg_stat_replication_backend_start
  cnpg_pg_stat_replication_backend_xmin_age cnpg_pg_stat_replication_flush_diff_bytes
  cnpg_pg_stat_replication_flush_lag_seconds cnpg_pg_stat_replication_replay_diff_bytes
  cnpg_pg_stat_replication_replay_lag_seconds cnpg_pg_stat_replication_sent_diff_bytes
  cnpg_pg_stat_replication_write_diff_bytes cnpg_pg_stat_replication_write_lag_seconds
  `
    .trim()
    .split(/\s+/),
);

/** Metrics of the Barman Cloud plugin 0.15. */
const ofPlugin = new Set(
  ["first_recoverability_point", "last_available_backup_timestamp", "last_failed_backup_timestamp"].map(
    (name) => `barman_cloud_cloudnative_pg_io_${name}`,
  ),
);

/** Metrics of CNPG 1.30's poolers, in their groups. `up` is set and never exported. */
const ofPoolers = new Set(
  Object.entries({
    "": "collections_total collection_errors_total last_collection_error collection_duration_seconds",
    lists_: `databases users pools free_clients used_clients login_clients free_servers used_servers dns_names dns_zones
      dns_queries dns_pending`,
    pools_: `cl_active cl_waiting cl_cancel_req cl_active_cancel_req cl_waiting_cancel_req sv_active sv_active_cancel
      sv_wait_cancels sv_idle sv_used sv_tested sv_login maxwait maxwait_us pool_mode load_balance_hosts`,
    stats_: `total_bind_count total_client_parse_count total_server_assignment_count total_server_parse_count
      total_xact_count total_query_count total_received total_sent total_xact_time total_query_time total_wait_time
      avg_bind_count avg_client_parse_count avg_server_assignment_count avg_server_parse_count avg_xact_count
      avg_query_count avg_recv avg_sent avg_xact_time avg_query_time avg_wait_time`,
  }).flatMap(([group, names]) => names.split(/\s+/).map((name) => `cnpg_pgbouncer_${group}${name}`)),
);

/** How the name of a metric of CNPG or its plugin begins. */
const ofCnpg = /^(?:cnpg|barman_cloud_cloudnative_pg_io)_\w+$/;

/** Names of metrics of CNPG and its plugin that an expression of PromQL reads, before a selector's braces or in them. */
export function metricsIn(expression: string): string[] {
  const bare = expression.replace(/#.*/g, "").replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  const outside = bare
    .replace(/\{[^}]*\}/g, " ")
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ");
  const inside = selectorsIn(expression).flatMap(({ matchers }) =>
    matchers.flatMap(({ label, operator, value }) =>
      label === "__name__" && operator === "=" && ofCnpg.test(value) ? value : [],
    ),
  );
  return [
    ...new Set([
      ...[...outside.matchAll(/(?<![\w:])(?:cnpg|barman_cloud_cloudnative_pg_io)_\w+(?![\w:]|\s*\()/g)].map(
        ([name]) => name,
      ),
      ...inside,
    ]),
  ];
}

/** Whether CNPG or its plugin exports a metric without any queries of somebody's own. */
export const isExported = (name: string): boolean =>
  ofInstances.has(name) || ofPlugin.has(name) || ofPoolers.has(name);

/** Whether a metric can only be CNPG's own: a custom query makes others, which begin with its name. */
export const isReserved = (name: string): boolean => /^(cnpg_(collector|pgbouncer)_|barman_)/.test(name);

/** The metric that was probably meant by one that there is not. */
export function nearestMetric(name: string): string | undefined {
  const tail = name.replace(/^cnpg_(?:collector_)?/, "");
  const all = [...ofInstances, ...ofPlugin, ...(name.startsWith("cnpg_pgbouncer_") ? ofPoolers : [])];
  const same = all.filter((one) => one.endsWith(`_${tail}`));
  if (same.length > 0) return same.sort((a, b) => a.length - b.length)[0];
  const [best] = all.map((one) => ({ one, away: distance(one, name) })).sort((a, b) => a.away - b.away);
  return best !== undefined && best.away <= Math.max(2, name.length / 6) ? best.one : undefined;
}

/** Names that Postgres 17 gave to what the background writer had before. */
const renamed: Readonly<Record<string, string>> = {
  cnpg_pg_stat_bgwriter_checkpoints_timed: "cnpg_pg_stat_checkpointer_checkpoints_timed",
  cnpg_pg_stat_bgwriter_checkpoints_req: "cnpg_pg_stat_checkpointer_checkpoints_req",
  cnpg_pg_stat_bgwriter_checkpoint_write_time: "cnpg_pg_stat_checkpointer_write_time",
  cnpg_pg_stat_bgwriter_checkpoint_sync_time: "cnpg_pg_stat_checkpointer_sync_time",
  cnpg_pg_stat_bgwriter_buffers_checkpoint: "cnpg_pg_stat_checkpointer_buffers_written",
};

/** What the metric is called in the other versions of Postgres, if it is there at all. */
export const otherName = (name: string): string | undefined =>
  renamed[name] ?? Object.entries(renamed).find(([, newer]) => newer === name)?.[0];

/** Versions of Postgres that have a metric, from the first and below the second; undefined for all of them. */
export function versionsOf(name: string): { readonly from?: number; readonly below?: number } | undefined {
  if (renamed[name] !== undefined || /^cnpg_pg_stat_bgwriter_buffers_backend(?:_fsync)?$/.test(name))
    return { below: 17 };
  if (/^cnpg_pg_stat_checkpointer_|^cnpg_pg_stat_bgwriter_stats_reset_time$/.test(name)) return { from: 17 };
  return /^cnpg_collector_wal_(?:write|sync)(?:_time)?$/.test(name) ? { below: 18 } : undefined;
}

/** Whether the value of a metric is a point in time. */
export const isTime = (name: string): boolean =>
  /^(?:cnpg|barman)_\w+_(?:timestamp|first_recoverability_point|last_(?:archived|failed)_time|start_time|stats_reset_time)$/.test(
    name,
  );

/** Whether a metric counts what happened since Postgres or its statistics began. */
export const isCounter = (name: string): boolean =>
  /^cnpg_(?:pg_stat_(?:database|bgwriter|checkpointer)_(?!stats_reset)\w+|pg_stat_archiver_(?:archived|failed)_count|(?:collector_collection_)?errors_total|pgbouncer_(?:collection_errors_total|stats_total_\w+))$/.test(
    name,
  );
