import { type ClusterArgs, DataDurability } from "../args/cluster";
import { defaults } from "../args/defaults";
import { type ClusterMonitoring, MonitoringBackend } from "../args/monitoring";
import type { Check } from "../check";
import type { BackupPlan } from "../plan/backup";
import type { Sizing } from "../plan/cluster";
import type { MigrationPlan } from "../plan/migration";
import type { ClusterMonitoringPlan, Metrics, MonitoringContext, ScrapeTarget } from "../plan/monitoring";
import type { PlannedObject } from "../plan/object";
import type { PoolerPlan } from "../plan/pooler";
import type { CertificatesPlan } from "../plan/tls";
import { derivedName, parseWait } from "../units";
import { clusterLabel, poolerNameLabel } from "../units/labels";
import type { Workload } from "../units/workload";
import { backends } from "./backends";
import { decideLimits } from "./limits";
import { decideMetrics } from "./metrics";
import { queriesKey, queriesObject } from "./queries";
import { checkAlerts } from "./settings";

/** What {@link decideClusterMonitoring} starts from. */
export interface ClusterMonitoringBasis {
  readonly args: Pick<ClusterArgs, "monitoring" | "synchronous" | "timeToLive">;
  readonly workload: Workload;
  readonly instances: number;
  readonly sizing: Sizing;
  readonly backup: BackupPlan | undefined;
  readonly migration: MigrationPlan;
  readonly poolers: readonly PoolerPlan[];
  readonly certificates: CertificatesPlan;
}

/** Alerts that fire when a cluster is gone, as it is meant to be after its `timeToLive`. */
export const ofGone = [
  "CNPGMetricsAbsent",
  "CNPGPoolerMetricsAbsent",
  "CNPGVolumeMetricsAbsent",
  "CNPGCertificateMetricsAbsent",
];

/** Whether a cluster's metrics, and its poolers', are served by TLS. */
export function metricsTls(args: ClusterMonitoring | undefined, context: MonitoringContext): boolean {
  return args?.tls ?? context.metrics.tls;
}

/** Decides what watches a cluster. */
export function decideClusterMonitoring(
  check: Check,
  context: MonitoringContext,
  basis: ClusterMonitoringBasis,
): ClusterMonitoringPlan {
  const { workload, sizing } = basis;
  const { monitoring: args } = basis.args;
  const { alerts } = context;
  const metrics = decideMetrics(check, args, context.metrics);
  const { tls, disableDefaultQueries, metricsQueriesTTL } = metrics;
  const enabled = args?.enabled ?? defaults.ClusterMonitoring.enabled;
  const scrapes = enabled && context.backend !== MonitoringBackend.None;
  const alerting = scrapes && (args?.alerts?.enabled ?? alerts.enabled ?? defaults.AlertSettings.enabled);
  check.require(
    !disableDefaultQueries || !alerting,
    "disableDefaultQueries",
    disableDefaultQueries,
    "false with alerts, most of which read the metrics of CNPG's default queries; or alerts.enabled: false",
  );
  checkAlerts(check.at("alerts"), args?.alerts, true);
  const queries = queriesObject(metrics.queries, workload);
  const targets = scrapes ? targetsOf(basis, metrics) : [];
  if (tls) checkTls(check, context, basis);
  const spec = {
    ...(queries !== undefined && { customQueriesConfigMap: [{ name: queries.name, key: queriesKey }] }),
    ...(disableDefaultQueries && { disableDefaultQueries }),
    ...(metricsQueriesTTL !== undefined && { metricsQueriesTTL }),
    ...(tls && { tls: { enabled: true } }),
  };
  const limits = decideLimits(check.at("alerts.thresholds"), args?.alerts?.thresholds, alerts.thresholds, {
    walVolume: sizing.walVolume,
    walSegment: sizing.archived.walSegment,
  });
  // What is read again so seldom is taken for old.
  const kept = metricsQueriesTTL === undefined ? undefined : parseWait(metricsQueriesTTL, 3600);
  check.require(
    !alerting || kept?.ok !== true || kept.value * 2 <= limits.walArchiveAge,
    "metricsQueriesTTL",
    metricsQueriesTTL,
    `at most half of alerts.thresholds.walArchiveAge, which is ${limits.walArchiveAge} s: CNPGWALArchiveStale reads the time of the last archived file so`,
  );
  const watched = {
    ...declared(basis),
    poolers: basis.poolers.map(({ name }) => name),
    certificates: basis.certificates.certificates.map(({ name }) => name),
    limits,
    off: [
      ...new Set([
        ...Object.keys(alerts.off ?? {}),
        ...Object.keys(args?.alerts?.off ?? {}),
        ...(basis.args.timeToLive === undefined ? [] : ofGone),
      ]),
    ].sort(),
    severities: { ...alerts.severities, ...args?.alerts?.severities },
  };
  return {
    clusterSpec: Object.keys(spec).length > 0 ? { monitoring: spec } : {},
    before: queries === undefined ? [] : [queries],
    targets,
    monitors: targets.flatMap((target) => monitorOf(target, context)),
    watched: alerting ? watched : undefined,
  };
}

/** What alerts follow from that is declared elsewhere. */
function declared({ args, workload, instances, sizing, backup, migration }: ClusterMonitoringBasis) {
  const { synchronous } = args;
  const durability = synchronous?.dataDurability ?? defaults.SynchronousArgs.dataDurability;
  return {
    workload,
    instances,
    follows: migration.replica?.follows === true,
    streams: migration.replica?.streams === true,
    walVolume: sizing.walStorage !== undefined,
    walSegment: Number(sizing.archived.walSegment),
    ...(synchronous !== undefined && {
      synchronous: { standbys: synchronous.number, required: durability === DataDurability.Required },
    }),
    ...(backup !== undefined && {
      backups: {
        interval: backup.longestInterval,
        immediate: backup.scheduledBackup.spec.immediate === true,
        retentionDays: backup.retention.days,
      },
    }),
  };
}

function targetsOf(
  { workload, poolers, certificates }: ClusterMonitoringBasis,
  { interval, scrapeTimeout, tls }: Metrics,
): ScrapeTarget[] {
  const { cluster } = workload;
  const times = { interval, scrapeTimeout };
  const secured = { tls: { caSecret: certificates.caSecret, serverName: workload.service("rw") } };
  return [
    {
      key: "monitor",
      name: derivedName([cluster, "instances"], 63),
      workload,
      // The pods of poolers and jobs have the first label too.
      matchLabels: { [clusterLabel]: cluster, "cnpg.io/podRole": "instance" },
      ...times,
      ...(tls && secured),
    },
    ...poolers.map(({ key, name }) => ({
      key: `monitor/${key}`,
      name,
      workload,
      pooler: name,
      matchLabels: { [poolerNameLabel]: name },
      ...times,
      ...(tls && secured),
    })),
  ];
}

function monitorOf(target: ScrapeTarget, context: MonitoringContext): PlannedObject[] {
  const object = backends[context.backend]?.monitor?.(target, context);
  if (object === undefined) return [];
  const { apiVersion, kind, body } = object;
  const { key, name } = target;
  return [{ key, apiVersion, kind, name, labels: context.selectorLabels, body, after: [] }];
}

function checkTls(check: Check, context: MonitoringContext, { poolers }: ClusterMonitoringBasis): void {
  check.require(
    context.backend !== MonitoringBackend.Gmp,
    "tls",
    true,
    "false with backend gmp: Google's collector would have to read the Secret with the CA, which has the CA's key too; between nodes GKE encrypts by itself where in-transit encryption is on",
  );
  for (const { key, showsServerCertificate } of poolers)
    check.require(
      showsServerCertificate,
      "tls",
      true,
      `false with poolers.${key}.clientTLSSecret, which the metrics of that pooler would be served with: its CA is not known here`,
    );
}
