import { dashboards } from "../../../components/monitoring/dashboards";

/** Metrics that rules or panels read and that this lab has not, each with the reason. */
export const unseen: Readonly<Record<string, string>> = {
  kubelet_volume_stats_available_bytes: "the lab's volumes are folders, of which kubelet measures nothing",
  kubelet_volume_stats_capacity_bytes: "the same",
  certmanager_certificate_expiration_timestamp_seconds: "there is no cert-manager in the lab",
  controller_runtime_reconcile_errors_total:
    "other suites have the operator at the same time: it is not watched here",
  up: "the same: it is read of the operator and the plugin only",
  cnpg_pg_stat_bgwriter_checkpoints_req: "of Postgres before 17, which is not in the lab",
  cnpg_pg_stat_bgwriter_checkpoints_timed: "the same",
  cnpg_pg_stat_bgwriter_checkpoint_write_time: "the same",
  cnpg_pg_stat_bgwriter_checkpoint_sync_time: "the same",
  cnpg_collector_first_recoverability_point: "of in-tree backups and snapshots, where the value counts",
};

/** Expressions of all panels. */
export const panels = () =>
  dashboards.flatMap(({ json }) =>
    [...json.matchAll(/"expr":("(?:[^"\\]|\\.)*")/g)].map(([, text = '""']) => JSON.parse(text) as string),
  );
