import { alertingResources, alertingTypes, rulesIn } from "../core/alerting";
import { takesSnapshots } from "../core/backup";
import { barmanPlugin, CLUSTER, inTreeStore } from "../core/cluster";
import { stackRule } from "../core/rule";

const inTree = /\bcnpg_collector_(?:first_recoverability_point|last_(?:available|failed)_backup_timestamp)\b/;
const plugin =
  /\bbarman_cloud_cloudnative_pg_io_(?:first_recoverability_point|last_(?:available|failed)_backup_timestamp)\b/;

export default stackRule({
  id: "k8s-backup-metrics",
  title: "Alerts about backups read metrics that the Clusters' backup method sets.",
  severity: "high",
  tags: ["monitoring", "backup"],
  why: "With the plugin cnpg_collector_last_available_backup_timestamp and its like are there and stay 0; the plugin's own are barman_cloud_cloudnative_pg_io_*, which no in-tree cluster has. An alert on the wrong ones never fires, or always.",
  remedy:
    "With the plugin use barman_cloud_cloudnative_pg_io_last_available_backup_timestamp, _last_failed_backup_timestamp and _first_recoverability_point; with the in-tree model cnpg_collector_*.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/observability/",
  types: alertingTypes,
  judge({ stack, report, part }) {
    part(() => {
      const methods = new Set<"plugin" | "in-tree">();
      for (const cluster of stack.ofType(CLUSTER)) {
        if (barmanPlugin(cluster) !== undefined) methods.add("plugin");
        // Snapshots of volumes set the operator's own metrics too.
        if (inTreeStore(cluster) !== undefined || takesSnapshots(cluster)) methods.add("in-tree");
      }
      // With both methods every metric has its clusters; with none there is nothing to compare with.
      const [method] = methods;
      if (method === undefined || methods.size !== 1) return;
      const [wrong, right] = method === "plugin" ? [inTree, plugin] : [plugin, inTree];
      for (const resource of alertingResources(stack))
        for (const rule of rulesIn(resource))
          part(() => {
            const expression = rule.scalar("expr") ?? "";
            const [metric] = wrong.exec(expression) ?? [];
            // An expression that reads both is made for both.
            if (metric === undefined || right.test(expression)) return;
            const other = metric.replace(/^(cnpg_collector|barman_cloud_cloudnative_pg_io)_/, "");
            const prefix = method === "plugin" ? "barman_cloud_cloudnative_pg_io" : "cnpg_collector";
            report(
              resource,
              rule.at("expr"),
              `${metric} says nothing of these clusters, whose backups are of the ${method} model. Write ${prefix}_${other}.`,
            );
          });
    });
  },
});
