import { type ClusterArgs, DataDurability } from "../args/cluster";
import { defaults } from "../args/defaults";
import { type ClusterMonitoring, MonitoringBackend } from "../args/monitoring";
import type { Check } from "../check";
import type { BackupPlan } from "../plan/backup";
import type { Sizing } from "../plan/cluster";
import type { MigrationPlan } from "../plan/migration";
import type { ClusterMonitoringPlan, MonitoringContext, ScrapeTarget } from "../plan/monitoring";
import type { PlannedObject } from "../plan/object";
import type { PoolerPlan } from "../plan/pooler";
import type { CertificatesPlan } from "../plan/tls";
import { bad, derivedName, type Parsed, parseWait } from "../units";
import type { Workload } from "../units/workload";
import { backends } from "./backends";
import { decideLimits } from "./limits";
import { decideQueries, queriesKey } from "./queries";
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
  return args?.tls ?? context.tls;
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
  const tls = metricsTls(args, context);
  const enabled = args?.enabled ?? defaults.ClusterMonitoring.enabled;
  const scrapes = enabled && context.backend !== MonitoringBackend.None;
  const alerting = scrapes && (args?.alerts?.enabled ?? alerts.enabled ?? defaults.AlertSettings.enabled);
  const defaultQueries = args?.defaultQueries ?? defaults.ClusterMonitoring.defaultQueries;
  check.parse("queriesTTL", args?.queriesTTL, timeToLive);
  check.require(
    defaultQueries || !alerting,
    "defaultQueries",
    defaultQueries,
    "true with alerts, most of which read the metrics of CNPG's default queries; or alerts.enabled: false",
  );
  checkAlerts(check.at("alerts"), args?.alerts, true);
  const queries = decideQueries(check.at("queries"), args?.queries, workload);
  const targets = scrapes ? targetsOf(basis, tls) : [];
  if (tls) checkTls(check, context, basis);
  const spec = {
    ...(queries !== undefined && { customQueriesConfigMap: [{ name: queries.name, key: queriesKey }] }),
    ...(!defaultQueries && { disableDefaultQueries: true }),
    ...(args?.queriesTTL !== undefined && { metricsQueriesTTL: args.queriesTTL }),
    ...(tls && { tls: { enabled: true } }),
  };
  const limits = decideLimits(check.at("alerts.thresholds"), args?.alerts?.thresholds, alerts.thresholds, {
    walVolume: sizing.walVolume,
    walSegment: sizing.archived.walSegment,
  });
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
    walVolume: sizing.walStorage !== undefined,
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
  tls: boolean,
): ScrapeTarget[] {
  const { cluster } = workload;
  const secured = { tls: { caSecret: certificates.caSecret, serverName: workload.service("rw") } };
  return [
    {
      key: "monitor",
      name: derivedName([cluster, "instances"], 63),
      workload,
      // The pods of poolers and jobs have the first label too.
      matchLabels: { "cnpg.io/cluster": cluster, "cnpg.io/podRole": "instance" },
      ...(tls && secured),
    },
    ...poolers.map(({ key, name }) => ({
      key: `monitor/${key}`,
      name,
      workload,
      pooler: name,
      matchLabels: { "cnpg.io/poolerName": name },
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

/** Zero would run every query at each scrape. */
function timeToLive(text: string): Parsed<number> {
  const parsed = parseWait(text, 3600);
  return parsed.ok && parsed.value >= 1 ? parsed : bad('a time of a second to an hour, such as "30s"');
}
