/** What scrapes the metrics, and evaluates the rules. */
export const MonitoringBackend = {
  /** Google Cloud Managed Service for Prometheus, which every GKE cluster has: PodMonitoring and ClusterRules. */
  Gmp: "gmp",
  /** The Prometheus Operator, as kube-prometheus-stack installs it: PodMonitor and PrometheusRule. */
  PrometheusOperator: "prometheusOperator",
  /** The VictoriaMetrics operator: VMPodScrape and VMRule. */
  VictoriaMetrics: "victoriaMetrics",
  /** A Prometheus without an operator: a ConfigMap with a scrape configuration and a file of rules, to be mounted by it. */
  ScrapeConfig: "scrapeConfig",
  /** Nobody that the stack knows of. */
  None: "none",
} as const;
export type MonitoringBackend = (typeof MonitoringBackend)[keyof typeof MonitoringBackend];

/** How urgent an alert is: `critical` wakes somebody, `warning` makes a ticket. */
export const AlertSeverity = { Critical: "critical", Warning: "warning" } as const;
export type AlertSeverity = (typeof AlertSeverity)[keyof typeof AlertSeverity];

/** Limits of alerts; those that follow from the stack file, as the age of a base backup does from its schedule, are no settings. */
export interface AlertThresholds {
  /** What the age of the last base backup may exceed the longest time between two of them by. @default `2h` */
  backupMargin?: string;
  /** WAL files that wait to be archived, for a warning. @default `10` */
  walBacklog?: number;
  /** WAL files that wait to be archived, for a critical alert. @default `100` */
  walBacklogCritical?: number;
  /** How old the last archived WAL file of a primary that writes may be. @default `30m` */
  walArchiveAge?: string;
  /** WAL that a replication slot may hold, such as `1Gi`. @default `1Gi` */
  slotWal?: string;
  /** WAL that a replica may be behind by. @default `256Mi` */
  replicationLagSize?: string;
  /** Time that a replica may be behind by. @default `5m` */
  replicationLag?: string;
  /** Time that a replica cluster may be behind its source by; while the source writes nothing, this grows too. @default `1d` */
  replicaClusterLag?: string;
  /** Percentage of a volume that is used, for a warning. @default `80` */
  volumeUsage?: number;
  /** Percentage of a volume that is used, for a critical alert. @default `95` */
  volumeUsageCritical?: number;
  /** Percentage of `max_connections` that is used, for a warning. @default `80` */
  connections?: number;
  /** Percentage of `max_connections` that is used, for a critical alert. @default `95` */
  connectionsCritical?: number;
  /** How long a transaction may be open. @default `1h` */
  longTransaction?: string;
  /** How long a session may be idle in a transaction. @default `15m` */
  idleInTransaction?: string;
  /** Age in transactions of a database's oldest row that is not frozen, for a warning. @default `500000000` */
  transactionIdAge?: number;
  /** The same for a critical alert; Postgres takes no more writes at about 2.1 thousand million. @default `1200000000` */
  transactionIdAgeCritical?: number;
  /** Deadlocks in an hour. @default `5` */
  deadlocks?: number;
  /** Percentage of checkpoints that WAL forced before their time. @default `50` */
  forcedCheckpoints?: number;
  /** Percentage of an hour in which checkpoints wait for the volume, so that commits wait too. @default `10` */
  checkpointSync?: number;
  /** How long a client of a pooler may wait for a connection to Postgres. @default `10s` */
  poolerWait?: string;
  /** How long before its end a certificate of cert-manager is told of. @default `21d` */
  certificateLife?: string;
}

/** Which alerts there are, and when each fires; [runbooks.md](runbooks.md) has them all. */
export interface AlertSettings {
  /** Whether rules are made at all. @default `true` */
  enabled?: boolean;
  /** Alert that is left out, such as `CNPGLongTransaction`, to the reason why. @default none */
  off?: { [alert: string]: string };
  /** Alert to `critical` or `warning`. @default as in runbooks.md */
  severities?: { [alert: string]: AlertSeverity };
  /** Limits. */
  thresholds?: AlertThresholds;
}

/** Alerts of the whole environment. */
export interface EnvironmentAlertSettings extends AlertSettings {
  /** Labels of each alert, for Alertmanager's routes. @default none */
  labels?: { [name: string]: string };
  /** Address of the page whose headings are the alerts' names, in small letters: each has a link to its own. @default docs/runbooks.md of this project */
  runbookUrl?: string;
}

/** Dashboards for Grafana. */
export interface DashboardSettings {
  /** Whether ConfigMaps with dashboards are made. @default `true`, but with `gmp` */
  enabled?: boolean;
  /** Labels by which Grafana's sidecar finds them. @default `grafana_dashboard: "1"` */
  labels?: { [name: string]: string };
  /** Annotations, such as `grafana_folder`. @default none */
  annotations?: { [name: string]: string };
}

/** The operator and the plugin, which are there once per Kubernetes cluster: one of its stacks watches them. */
export interface OperatorMonitoringSettings {
  /** Whether this stack makes the monitors and alerts of the operator. @default `false` */
  enabled?: boolean;
  /** Namespace of the operator and the plugin. @default `cnpg-system` */
  namespace?: string;
  /** Whether the plugin's metrics are scraped too: its Deployment has to have `--metrics-bind-address=:8080`, which by default it has not. @default `false` */
  plugin?: boolean;
}

/** What a column of a custom query is. */
export const QueryUsage = {
  /** A value that only grows. */
  Counter: "COUNTER",
  /** A value that goes up and down. */
  Gauge: "GAUGE",
  /** The name of what the others are values of. */
  Label: "LABEL",
  /** An array of buckets, with `_sum` and `_count` beside it. */
  Histogram: "HISTOGRAM",
  /** Text of a duration in milliseconds; the metric's name ends in `_milliseconds`. */
  Duration: "DURATION",
  /** Text, each of which stands for a number; see `values`. */
  MappedMetric: "MAPPEDMETRIC",
  /** Read, and not exported. */
  Discard: "DISCARD",
} as const;
export type QueryUsage = (typeof QueryUsage)[keyof typeof QueryUsage];

/** A column of a custom query. */
export interface QueryColumnArgs {
  /** `COUNTER`, `GAUGE`, `LABEL`, `HISTOGRAM`, `DURATION`, `MAPPEDMETRIC` or `DISCARD`. */
  usage: QueryUsage;
  /** Text to its number, with `MAPPEDMETRIC`; other texts are no sample. @default none */
  values?: { [text: string]: number };
  /** What it is, for people. Needed but for labels. @default none */
  description?: string;
}

/** SQL whose result is exported as metrics, `cnpg_<query>_<column>`; it runs as `cnpg_metrics_exporter`, a member of `pg_monitor`. */
export interface MetricsQueryArgs {
  /** A SELECT; tables by schema and name, since `search_path` is fixed. */
  query: string;
  /** Column to what it is; each column of the result has to be here, and none else, but the `_bucket`, `_sum` and `_count` of a histogram. */
  columns: { [column: string]: QueryColumnArgs };
  /**
   * Databases that it runs in; in a name `*` is any text, and alone all that have granted CONNECT. For several, one column has to be a
   * label that tells them apart.
   * @default the cluster's first database, or `postgres` where it has none
   */
  targetDatabases?: string[];
  /** Whether it runs on the primary alone. @default `false` */
  primary?: boolean;
  /** SQL that gives one boolean: whether it runs. @default none */
  predicateQuery?: string;
  /** Versions of Postgres that it is for, as a range such as `>=17.0.0`; 17.6 counts as 17.0.6. @default all */
  runOnServer?: string;
}

/** How metrics are served and scraped: of an environment, and over it of a cluster. */
export interface MetricsSettings {
  /** How often each pod is scraped. @default `30s` */
  interval?: string;
  /** How long a scrape may take; less than `interval`. @default `10s` */
  scrapeTimeout?: string;
  /**
   * Whether metrics are served by TLS, with the cluster's server certificate, and the scraper verifies that. A change restarts a
   * cluster's pods.
   * @default `false`
   */
  tls?: boolean;
  /** Queries of your own, by name; the metrics are `cnpg_<name>_<column>`. A cluster has those of `monitoring` too. @default none */
  queries?: { [name: string]: MetricsQueryArgs };
  /** Whether CNPG's default queries are left out, which alerts and dashboards need. @default `false` */
  disableDefaultQueries?: boolean;
  /** How long a result of the queries is kept before they run again. @default the operator's, `30s` */
  metricsQueriesTTL?: string;
}

/** What watches the clusters of an environment. */
export interface MonitoringSettings extends MetricsSettings {
  /** What scrapes: `gmp` on GKE, else `prometheusOperator`, `victoriaMetrics`, `scrapeConfig`; or `none`. @default `none` */
  backend?: MonitoringBackend;
  /** Namespace of the rules and the dashboards, which has to be there, unless it is a cluster's own. @default that of the first cluster, in the order of their keys */
  namespace?: string;
  /**
   * Settings of Postgres whose values are kept as `cnpg_pg_settings_setting`; `"*"` keeps all, about 350 series of each instance.
   * @default those that alerts and dashboards read
   */
  postgresSettings?: string[];
  /**
   * Whether the cluster's name is in a label `cluster` too, beside `cnpg_cluster`, as CNPG's own dashboard reads it. Not with `gmp`,
   * where that is the Kubernetes cluster; nor where another Prometheus collects from this one by such a label.
   * @default `true`, but with `gmp`
   */
  clusterLabel?: boolean;
  /** Labels by which a Prometheus selects its monitors and rules, such as `release: kube-prometheus-stack`. @default none */
  selectorLabels?: { [name: string]: string };
  /** Alerts. */
  alerts?: EnvironmentAlertSettings;
  /** Dashboards. */
  dashboards?: DashboardSettings;
  /** Operator and plugin. */
  operator?: OperatorMonitoringSettings;
}

/** What watches one cluster. */
export interface ClusterMonitoring extends MetricsSettings {
  /** Whether it is scraped, and its alerts are made. @default `true` */
  enabled?: boolean;
  /** Alerts, over what `monitoring.alerts` says. */
  alerts?: AlertSettings;
}
