import { BackupMethod } from "../../../components/args/backup";
import type { WatchedCluster, WatchedEnvironment } from "../../../components/plan/monitoring";
import { DAY, HOUR, type Labels, type Series, type Value } from "./series";

const MIB = 2 ** 20;

/** Grows by so many in an hour. */
const each = (hour: number) => (time: number) => (hour * time) / HOUR;

type Add = (metric: string, value: Value, labels?: Labels) => void;

/** One for seven minutes of ten, then none: what comes and goes is no fault. */
export const flickering = (time: number): number => (time % 600 >= 120 && time % 600 < 540 ? 1 : 0);

/** Clusters of this name run Postgres 16, which has other names for checkpoints. */
const OLD = "required";

/** What every instance tells of itself, as near to its limits as a healthy one gets. */
function instance(add: Add, cluster: WatchedCluster, number: number): void {
  const isPrimary = number === 1 && !cluster.follows;
  const { instances, workload, backups } = cluster;
  add("cnpg_collector_up", 1, { cluster: workload.cluster });
  add("cnpg_collector_last_collection_error", 0);
  add("cnpg_last_error", 0);
  add("cnpg_pg_replication_in_recovery", isPrimary ? 0 : 1);
  // The first of a replica cluster is fed by the archive, or by a server of its source.
  add("cnpg_pg_replication_is_wal_receiver_up", number === 1 && !cluster.streams ? 0 : 1);
  add("cnpg_pg_replication_lag", cluster.follows ? 30_000 : isPrimary ? 0 : 250);
  add("cnpg_collector_fencing_on", 0);
  add("cnpg_collector_manual_switchover_required", 0);
  add("cnpg_collector_nodes_used", instances);
  add("cnpg_collector_pg_wal_archive_status", backups === undefined ? 500 : 8, { value: "ready" });
  add("cnpg_collector_pg_wal_archive_status", 500, { value: "done" });
  const wal = { size: 750, volume_size: cluster.walVolume ? 1000 : Number.NaN, max: 99_999, count: 40 };
  for (const [value, is] of Object.entries(wal)) add("cnpg_collector_pg_wal", is, { value });
  add("cnpg_pg_replication_slots_pg_wal_lsn_diff", isPrimary ? 700 * MIB : 9e12, {
    slot_name: `_cnpg_${number}`,
    slot_type: "physical",
    database: "",
  });
  if (cluster.synchronous !== undefined)
    for (const [value, is] of Object.entries({ observed: cluster.synchronous.standbys, max: 9 }))
      add("cnpg_collector_sync_replicas", is, { value });
}

/** What Postgres tells of sessions and databases. */
function sessions(add: Add, { workload }: WatchedCluster): void {
  add("cnpg_pg_database_xid_age", 450e6, { datname: "app" });
  add("cnpg_pg_database_mxid_age", 650e6, { datname: "app" });
  const app = { datname: "app", usename: "app", application_name: "" };
  add("cnpg_backends_total", 40, { ...app, state: "idle" });
  add("cnpg_backends_total", 35, { ...app, state: "active" });
  add("cnpg_pg_settings_setting", 100, { name: "max_connections" });
  add("cnpg_pg_settings_setting", 16_384, { name: "shared_buffers" });
  const duration = "cnpg_backends_max_tx_duration_seconds";
  add(duration, 3000, { ...app, state: "active" });
  add(duration, 800, { ...app, state: "idle in transaction" });
  for (const state of ["active", "idle in transaction"])
    for (const application_name of ["pg_dump", "pg_16388_sync_16385_7"])
      add(duration, 40_000, { ...app, usename: "exporter", application_name, state });
  add(duration, 0, { ...app, state: "idle in transaction (aborted)" });
  add("cnpg_backends_waiting_total", flickering);
  const view = workload.cluster === OLD ? "bgwriter" : "checkpointer";
  add(`cnpg_pg_stat_${view}_checkpoints_req`, each(9));
  add(`cnpg_pg_stat_${view}_checkpoints_timed`, each(11));
  const ofCheckpoints = view === "bgwriter" ? "bgwriter_checkpoint" : view;
  add(`cnpg_pg_stat_${ofCheckpoints}_sync_time`, each(340_000));
}

/** What a primary tells of its archive and its standbys: a reader of changes and another cluster stream from it too. */
function primary(add: Add, { backups, instances, workload }: WatchedCluster): void {
  const backedUp = backups !== undefined;
  add("cnpg_pg_stat_archiver_last_archived_time", (time) => (backedUp ? Math.floor(time / 1500) * 1500 : -1));
  add("cnpg_pg_stat_archiver_last_failed_time", (time) => (backedUp ? -1 : time));
  add("cnpg_collector_wal_bytes", each(8000 * MIB), { stats_reset: "" });
  add("cnpg_pg_stat_database_deadlocks", each(4), { datname: "app" });
  const stream = (application_name: string, usename: string, flush: number, replay: number) => {
    add("cnpg_pg_stat_replication_flush_diff_bytes", flush, { application_name, usename });
    add("cnpg_pg_stat_replication_replay_diff_bytes", replay, { application_name, usename });
  };
  for (let number = 2; number <= instances; number++)
    stream(`${workload.cluster}-${number}`, "streaming_replica", number === 2 ? 0 : 1000, 200 * MIB);
  stream("debezium", "cdc", 9e12, 9e12);
  stream("elsewhere-1", "streaming_replica", 9e12, 9e12);
}

/** What every instance tells of the backups, all of them the same. */
function backups(add: Add, { method }: WatchedEnvironment): void {
  const prefix = method === BackupMethod.Plugin ? "barman_cloud_cloudnative_pg_io" : "cnpg_collector";
  add(`${prefix}_last_available_backup_timestamp`, (time) => Math.max(1, time - 25 * HOUR));
  add(`${prefix}_last_failed_backup_timestamp`, 0);
  add(`${prefix}_first_recoverability_point`, (time) => Math.max(1, time - 34.5 * DAY));
  if (method === BackupMethod.InTree) return;
  // With the plugin the operator's own are there too, and 0 for ever.
  for (const name of ["last_available_backup_timestamp", "last_failed_backup_timestamp"])
    add(`cnpg_collector_${name}`, 0);
}

/** What is told of a cluster by others than its instances: kubelet, PgBouncer and cert-manager. */
function around(add: Add, { certificates, instances, poolers, walVolume, workload }: WatchedCluster): void {
  const { namespace, cluster } = workload;
  for (let number = 1; number <= instances; number++)
    for (const suffix of ["", ...(walVolume ? ["-wal"] : []), "-tbs-big"]) {
      const claim = { namespace, persistentvolumeclaim: `${cluster}-${number}${suffix}` };
      add("kubelet_volume_stats_available_bytes", 25, claim);
      add("kubelet_volume_stats_capacity_bytes", 100, claim);
    }
  for (const cnpg_pooler of poolers) {
    const of = { namespace, cnpg_cluster: cluster, cnpg_pooler, pod: `${cnpg_pooler}-x` };
    const pool = { ...of, database: "app", user: "app" };
    add("cnpg_pgbouncer_last_collection_error", 0, of);
    add("cnpg_pgbouncer_pools_maxwait", 8, pool);
    add("cnpg_pgbouncer_pools_cl_waiting", flickering, pool);
    add("cnpg_pgbouncer_pools_sv_active", 20, pool);
    add("cnpg_pgbouncer_pools_sv_idle", 1, pool);
  }
  // With its own namespace or with cert-manager's, as the scraper is told to.
  const whose: Labels =
    cluster === OLD ? { namespace } : { namespace: "cert-manager", exported_namespace: namespace };
  for (const name of certificates)
    add("certmanager_certificate_expiration_timestamp_seconds", (time) => time + 22 * DAY, {
      ...whose,
      name,
      issuer_name: "ca",
    });
}

/** Everything that is scraped of a healthy environment, and of the operator. */
export function healthy(environment: WatchedEnvironment): readonly Series[] {
  const all: Series[] = [];
  const add: Add = (metric, value, labels = {}) => all.push({ metric, value, labels });
  for (const cluster of environment.clusters) {
    const { workload, instances, follows } = cluster;
    for (let number = 1; number <= instances; number++) {
      const pod = `${workload.cluster}-${number}`;
      const cnpg_role = number === 1 ? "primary" : "replica";
      const of = { namespace: workload.namespace, cnpg_cluster: workload.cluster, pod, cnpg_role };
      const here: Add = (metric, value, labels = {}) => add(metric, value, { ...of, ...labels });
      instance(here, cluster, number);
      sessions(here, cluster);
      if (number === 1 && !follows) primary(here, cluster);
      if (cluster.backups !== undefined) backups(here, environment);
    }
    around(add, cluster);
  }
  return all;
}

/** What the operator and the plugin tell, and others in a namespace of their own, who do badly. */
export function operatorsOf(namespace: string): readonly Series[] {
  return ["cluster", "objectstore"].flatMap((controller) => [
    {
      metric: "controller_runtime_reconcile_total",
      labels: { namespace, controller, result: "success" },
      value: each(60),
    },
    {
      metric: "controller_runtime_reconcile_errors_total",
      labels: { namespace, controller },
      value: each(18),
    },
    {
      metric: "controller_runtime_reconcile_errors_total",
      labels: { namespace: "other", controller },
      value: each(9000),
    },
    {
      metric: "controller_runtime_reconcile_total",
      labels: { namespace: "other", controller, result: "error" },
      value: each(9000),
    },
  ]);
}
