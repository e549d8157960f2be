import { alertingResources, alertingTypes, rulesIn } from "../core/alerting";
import { archivesWal, takesSnapshots } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { metricsIn } from "../core/metrics";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

const onArchiving = /_(archiv|pg_wal_archive_status|last_failed_archive)/;
const onBackups = /_(available_backup|failed_backup|first_recoverability_point)/;

export default stackRule({
  id: "k8s-alerts-on-backups",
  title: "Alerts about CNPG watch its backups and the archiving of WAL.",
  severity: "low",
  tags: ["monitoring", "backup"],
  why: "A database whose backups have stopped works as before. CNPG's own sample of rules watches connections, lag and transactions, and the archiver's last failure, but not whether there is a backup of today.",
  remedy:
    "Add an alert on the age of barman_cloud_cloudnative_pg_io_last_available_backup_timestamp (cnpg_collector_last_available_backup_timestamp in the in-tree model) and one on cnpg_pg_stat_archiver_last_failed_time > cnpg_pg_stat_archiver_last_archived_time.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/observability/",
  types: alertingTypes,
  judge({ stack, report, part }) {
    part(() => {
      const clusters = stack.ofType(CLUSTER);
      // Those without backups have another finding.
      if (
        clusters.length > 0 &&
        !clusters.some((one) => known(() => archivesWal(one) || takesSnapshots(one)) !== false)
      )
        return;
      let first: Parameters<typeof report>[0] | undefined;
      const watched = new Set<string>();
      for (const resource of alertingResources(stack))
        for (const rule of rulesIn(resource)) {
          // Alerts alone: what is only recorded tells nobody.
          if (!rule.at("alert").exists) continue;
          const metrics = metricsIn(rule.scalar("expr") ?? "");
          if (metrics.length > 0) first ??= resource;
          for (const name of metrics) watched.add(name);
        }
      if (first === undefined) return;
      const names = [...watched];
      const missing = [
        ...(names.some((name) => onBackups.test(name)) ? [] : ["whether there are backups"]),
        ...(names.some((name) => onArchiving.test(name)) ? [] : ["whether WAL is archived"]),
      ];
      if (missing.length > 0)
        report(
          first,
          ["spec", "groups"],
          `no alert here watches ${missing.join(", nor ")}. Add one.`,
          "unless elsewhere",
        );
    });
  },
});
