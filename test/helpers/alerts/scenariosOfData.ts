import {
  COARSE,
  claim,
  DAILY,
  faster,
  hours,
  minutes,
  pg,
  pod,
  QUARTER,
  type Scenario,
  set,
} from "./scenario";
import { DAY, HOUR, MINUTE } from "./series";

const MIB = 2 ** 20;
const archived = "cnpg_pg_stat_archiver_last_archived_time";
const failed = "cnpg_pg_stat_archiver_last_failed_time";
const waiting = (files: number) =>
  set("cnpg_collector_pg_wal_archive_status", files, { ...pg, value: "ready" });
const plugin = (name: string) => `barman_cloud_cloudnative_pg_io_${name}`;
const last = plugin("last_available_backup_timestamp");
const first = plugin("first_recoverability_point");

/** WAL by the hour, in bytes, after the first twenty minutes. */
const written = (mebibytes: number) => set("cnpg_collector_wal_bytes", faster(8000 * MIB, mebibytes * MIB));

/** What happens to the archive of WAL. */
const archive: readonly Scenario[] = [
  {
    name: "archiving that fails",
    until: 40 * MINUTE,
    edits: [set(archived, 1200), set(failed, (time) => time)],
    expect: minutes({ 25: [], 31: ["shop/pg CNPGWALArchivingFailing"], 41: [] }),
  },
  {
    name: "archiving that never worked",
    from: 0,
    edits: [set(archived, -1), set(failed, (time) => time)],
    expect: minutes({ 5: [], 11: ["shop/pg CNPGWALArchivingFailing"] }),
  },
  {
    name: "a failure of long ago that is told of again after a restart",
    edits: [set(failed, 100)],
    expect: minutes({ 45: [] }),
    silent: ["CNPGWALArchivingFailing"],
  },
  {
    name: "an archiver that hangs",
    edits: [set(archived, 1200), waiting(1), written(0)],
    expect: minutes({ 48: [], 55: [], 61: ["shop/pg CNPGWALArchiveStale"] }),
  },
  {
    name: "an archiver that is off",
    until: 63 * MINUTE,
    edits: [set(archived, 1200), waiting(0), written(400)],
    expect: minutes({ 55: [], 61: ["shop/pg CNPGWALArchiveStale"], 64: [] }),
  },
  {
    name: "a database that is idle",
    edits: [set(archived, 1200), waiting(0), written(80)],
    expect: minutes({ 55: [], 62: [] }),
    silent: ["CNPGWALArchiveStale", "CNPGWALArchivingFailing"],
  },
  {
    name: "twenty WAL files that wait",
    edits: [waiting(20)],
    expect: minutes({ 27: [], 36: ["shop/pg CNPGWALBacklog"] }),
    silent: ["CNPGWALBacklogCritical"],
  },
  {
    name: "two hundred WAL files that wait",
    until: 40 * MINUTE,
    edits: [waiting(200)],
    expect: minutes({ 27: [], 36: ["shop/pg CNPGWALBacklog", "shop/pg CNPGWALBacklogCritical"], 41: [] }),
  },
];

/** What happens to base backups. */
const backups: readonly Scenario[] = [
  {
    name: "no base backup ever",
    step: COARSE,
    from: 0,
    until: 150 * MINUTE,
    edits: [set(last, 0), set(first, 0)],
    expect: minutes({ 100: [], 125: [], 140: ["shop/pg CNPGFirstBackupMissing"], 155: [] }),
  },
  {
    name: "all base backups gone",
    step: COARSE,
    from: 150 * MINUTE,
    edits: [set(last, 0), set(first, 0)],
    expect: minutes({ 145: [], 155: [], 170: ["shop/pg CNPGFirstBackupMissing"] }),
  },
  {
    name: "a base backup that is more than a day and two hours old",
    step: QUARTER,
    from: 0,
    until: 27 * HOUR,
    edits: [set(last, 1)],
    expect: hours({ 10: [], 26.25: [], 26.5: ["shop/pg CNPGBackupTooOld"], 27: [] }),
  },
  {
    name: "a base backup that failed",
    until: 40 * MINUTE,
    edits: [set(plugin("last_failed_backup_timestamp"), 1200, pod("pg-1"))],
    expect: minutes({ 27: [], 36: ["shop/pg CNPGBackupFailed"], 41: [] }),
  },
  {
    name: "metrics of the plugin that are gone",
    until: 60 * MINUTE,
    edits: [set("barman_*", null)],
    expect: minutes({ 35: [], 51: ["shop/pg CNPGBackupMetricsAbsent"], 61: [] }),
  },
  {
    name: "a first recoverable moment that jumps by two days",
    step: QUARTER,
    from: 50 * HOUR,
    edits: [set(first, 49 * HOUR)],
    expect: hours({
      50: [],
      50.25: ["shop/pg CNPGRecoveryPointJumped"],
      54: ["shop/pg CNPGRecoveryPointJumped"],
    }),
  },
  {
    name: "an oldest backup that retention deletes",
    step: QUARTER,
    from: 50 * HOUR,
    edits: [set(first, 40 * HOUR)],
    expect: hours({ 51: [], 54: [] }),
    silent: ["CNPGRecoveryPointJumped"],
  },
  {
    name: "an oldest backup that the bucket is about to delete",
    step: DAILY,
    from: 0,
    edits: [set(first, 1)],
    expect: hours({ 120: [], 840: [], 852: [], 864: ["shop/pg CNPGLifecycleMarginSmall"] }),
  },
  {
    name: "a last backup that the bucket is about to delete",
    step: DAILY,
    from: 0,
    edits: [set(last, 1)],
    expect: hours({
      120: ["shop/pg CNPGBackupTooOld"],
      732: ["shop/pg CNPGBackupTooOld"],
      744: ["shop/pg CNPGBackupTooOld", "shop/pg CNPGLastBackupExpiring"],
    }),
  },
];

const free = "kubelet_volume_stats_available_bytes";
const claims = [1, 2, 3].flatMap((number) =>
  ["", "-wal", "-tbs-big"].map((suffix) => `pg-${number}${suffix}`),
);

/** What happens to volumes. */
const volumes: readonly Scenario[] = [
  {
    name: "a tablespace that is 85 % full",
    edits: [set(free, 15, claim("pg-2-tbs-big"))],
    expect: minutes({ 27: [], 36: ["shop/pg CNPGVolumeFilling"] }),
  },
  {
    name: "a WAL volume that is 98 % full",
    until: 40 * MINUTE,
    edits: [set(free, 2, claim("pg-1-wal"))],
    expect: minutes({
      22: [],
      26: ["shop/pg CNPGVolumeFull"],
      36: ["shop/pg CNPGVolumeFilling", "shop/pg CNPGVolumeFull"],
      41: [],
    }),
  },
  {
    name: "a volume that will be full tomorrow",
    step: COARSE,
    from: 0,
    edits: [set(free, (time) => 39 - (2 * time) / HOUR, claim("pg-3"))],
    expect: minutes({ 35: [], 75: ["shop/pg CNPGVolumeFullIn24h"] }),
  },
  {
    name: "a volume that fills and has much room",
    step: COARSE,
    from: 0,
    edits: [set(free, (time) => 60 - (4 * time) / HOUR, claim("pg-3"))],
    expect: minutes({ 75: [], 90: [] }),
    silent: ["CNPGVolumeFullIn24h"],
  },
  {
    name: "a volume that fills slowly",
    step: COARSE,
    from: 0,
    edits: [set(free, (time) => 25 - time / HOUR / 4, claim("pg-3"))],
    expect: minutes({ 75: [], 90: [] }),
    silent: ["CNPGVolumeFullIn24h"],
  },
  {
    name: "volumes that no kubelet tells of",
    step: COARSE,
    edits: claims.map((name) => set(free, null, claim(name))),
    expect: minutes({ 50: [], 75: [], 85: ["shop/pg CNPGVolumeMetricsAbsent"] }),
  },
  {
    name: "a WAL volume that is 85 % full by what Postgres tells",
    edits: [set("cnpg_collector_pg_wal", 850, { ...pod("pg-2"), value: "size" })],
    expect: minutes({ 25: [], 31: ["shop/pg CNPGWALVolumeFilling"] }),
  },
];

const certificate = "certmanager_certificate_expiration_timestamp_seconds";
const ours = { namespace: "cert-manager", exported_namespace: "shop", name: "pg-server" };
const direct = { namespace: "shop", name: "required-server" };
const endsIn = (days: number) => (time: number) => time + days * DAY;
const operator = (controller: string) => ({ namespace: "cnpg-system", controller });

/** What happens to what is beside the clusters. */
const around: readonly Scenario[] = [
  {
    name: "a certificate that ends in twenty days",
    step: COARSE,
    clusters: ["pg", "required"],
    edits: [set(certificate, endsIn(20), ours), set(certificate, endsIn(20), direct)],
    expect: minutes({
      50: [],
      85: ["shop/pg CNPGCertificateExpiring", "shop/required CNPGCertificateExpiring"],
    }),
    silent: ["CNPGCertificateExpiringCritical"],
  },
  {
    name: "a certificate that ends in five days",
    clusters: ["pg", "required"],
    step: COARSE,
    edits: [set(certificate, endsIn(5), ours), set(certificate, endsIn(5), direct)],
    expect: minutes({
      50: [],
      85: ["pg", "required"].flatMap((name) => [
        `shop/${name} CNPGCertificateExpiring`,
        `shop/${name} CNPGCertificateExpiringCritical`,
      ]),
    }),
  },
  {
    name: "a certificate that nobody tells of",
    step: COARSE,
    edits: [set(certificate, null, ours)],
    expect: minutes({ 50: [], 85: ["shop/pg CNPGCertificateMetricsAbsent"] }),
  },
  {
    name: "an operator that is gone",
    apart: true,
    until: 35 * MINUTE,
    edits: [set("controller_runtime_reconcile_total", null, operator("cluster"))],
    expect: minutes({ 25: [], 31: ["cnpg-system CNPGOperatorDown"], 36: [] }),
    silent: ["CNPGPluginDown"],
  },
  {
    name: "a plugin that is gone, and an operator that fails again and again",
    apart: true,
    edits: [
      set("controller_runtime_reconcile_total", null, operator("objectstore")),
      set("controller_runtime_reconcile_errors_total", faster(18, 24), operator("cluster")),
    ],
    expect: minutes({
      27: [],
      36: ["cnpg-system CNPGPluginDown"],
      45: ["cnpg-system CNPGPluginDown", "cnpg-system CNPGReconcileErrors"],
    }),
    silent: ["CNPGOperatorDown"],
  },
];

export const scenariosOfData: readonly Scenario[] = [...archive, ...backups, ...volumes, ...around];
