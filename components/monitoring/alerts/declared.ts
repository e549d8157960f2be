import type { AlertLimits, RecordingRule, WatchedCluster, WatchedEnvironment } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { firstBackupRecord, firstBackups } from "./backups";
import { mostCommon, recordOf } from "./promql";
import { exceptionsOf } from "./rules";

/** What dashboards draw lines of, and so is there whether or not an alert needs it. */
const always = ["cluster:cnpg_instances:declared", "cluster:cnpg_backup_interval_seconds:declared"];

function rule(
  environment: WatchedEnvironment,
  { workload: { namespace, cluster } }: WatchedCluster,
  record: string,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): RecordingRule {
  return {
    record,
    expr: `vector(${value})`,
    labels: { namespace, cnpg_cluster: cluster, cnpg_environment: environment.environment, ...labels },
  };
}

/** Limits of clusters that differ from those of most. */
function limits(environment: WatchedEnvironment): RecordingRule[] {
  const [first] = environment.clusters;
  return (Object.keys(first?.limits ?? {}) as (keyof AlertLimits)[]).flatMap((limit) => {
    const common = mostCommon(environment.clusters.map((cluster) => cluster.limits[limit]));
    return environment.clusters
      .filter((cluster) => cluster.limits[limit] !== common)
      .map((cluster) => rule(environment, cluster, recordOf(limit), cluster.limits[limit]));
  });
}

/** What a cluster is. */
function facts(environment: WatchedEnvironment, cluster: WatchedCluster): RecordingRule[] {
  const { backups, certificates, follows, poolers, streams, synchronous } = cluster;
  const one = (record: string, value: number, labels?: Readonly<Record<string, string>>) =>
    rule(environment, cluster, record, value, labels);
  return [
    ...(follows ? [one("cluster:cnpg_follows:declared", 1)] : []),
    ...(streams ? [one("cluster:cnpg_streams:declared", 1)] : []),
    ...(synchronous === undefined || follows
      ? []
      : [
          one("cluster:cnpg_sync_standbys:declared", synchronous.standbys, {
            durability: synchronous.required ? "required" : "preferred",
          }),
        ]),
    ...poolers.map((name) => one("pooler:cnpg_pooler:declared", 1, { cnpg_pooler: name })),
    ...certificates.map((name) => one("cluster:cnpg_certificate:declared", 1, { name })),
    ...(backups === undefined
      ? []
      : [one("cluster:cnpg_backup_interval_seconds:declared", backups.interval)]),
  ];
}

/**
 * What the stack declares, as series beside those that are scraped: one for each cluster and what it is. Those that an expression
 * takes away come before those that it begins with, so that at no moment there are some without the others.
 *
 * @param alerts those of which there are rules
 * @param expressions theirs
 */
export function declaredRules(
  environment: WatchedEnvironment,
  alerts: readonly Alert[],
  expressions: readonly string[],
): RecordingRule[] {
  const { clusters } = environment;
  const all = [
    ...alerts.flatMap((alert) =>
      exceptionsOf(alert, environment).map(({ record, cluster, labels }) =>
        rule(environment, cluster, record, 1, labels),
      ),
    ),
    ...limits(environment),
    ...[...firstBackups(environment)].map(([cluster, wait]) =>
      rule(environment, cluster, firstBackupRecord, wait),
    ),
    ...clusters.flatMap((cluster) => facts(environment, cluster)),
    ...clusters.map((cluster) =>
      rule(environment, cluster, "cluster:cnpg_instances:declared", cluster.instances),
    ),
  ];
  const isRead = (record: string) => expressions.some((expression) => expression.includes(`${record}{`));
  return all.filter(({ record }) => always.includes(record) || isRead(record));
}
