/** What the panels' expressions have in common. */

/** Whose metrics a dashboard reads. */
export interface Scope {
  /** Matchers of the metrics of instances and poolers. */
  readonly of: string;
  /** Matcher of the namespace alone. */
  readonly namespace: string;
  /** Name of one cluster's series. */
  readonly cluster: string;
  /** Name of one pod's series. */
  readonly pod: string;
}

/** Labels that tell a cluster, as monitors put them on every series of its pods. */
export const ofCluster = "namespace, cnpg_cluster";

/** `max by (…)`: what several pods say alike, or the worst of them. */
export const max = (metric: string, by = ofCluster): string => `max by (${by}) (${metric})`;

/** The rate of a counter, summed. */
export const perSecond = (metric: string, by = ofCluster): string =>
  `sum by (${by}) (rate(${metric}[$__rate_interval]))`;

/**
 * A time of a backup, by the plugin's metric where it has one, else by the operator's own: that one is 0 for ever where the plugin
 * backs up, and each is 0 before there is a backup.
 */
export const backupTime = (
  { of }: Scope,
  what: "first_recoverability_point" | "last_available_backup_timestamp" | "last_failed_backup_timestamp",
): string =>
  `(${max(`barman_cloud_cloudnative_pg_io_${what}{${of}} > 0`)} or ${max(`cnpg_collector_${what}{${of}} > 0`)})`;

/** Of two metrics the one that is there: Postgres 17 has checkpoints under other names. */
export const eitherRate = (newer: string, older: string): string =>
  `(${perSecond(newer)} or ${perSecond(older)})`;

/** Volumes have the label of their claim alone: the cluster's name is taken out of it, and kept if such a cluster is scraped. */
export const volumes = ({ of, namespace }: Scope, expression: (matchers: string) => string): string => {
  const claims = 'persistentvolumeclaim=~"$cnpg_cluster-[0-9]+(-wal|-tbs-.+)?"';
  const named = `label_replace(${expression(`${namespace},${claims}`)}, "cnpg_cluster", "$1", "persistentvolumeclaim", "(.+?)-[0-9]+(-wal|-tbs-.+)?")`;
  return `${named} and on (${ofCluster}) cnpg_collector_up{${of}}`;
};

/** The part of each volume that is used. */
export const volumeUsage = (scope: Scope): string =>
  volumes(
    scope,
    (matchers) =>
      `max by (namespace, persistentvolumeclaim) (1 - kubelet_volume_stats_available_bytes{${matchers}} / kubelet_volume_stats_capacity_bytes{${matchers}})`,
  );
