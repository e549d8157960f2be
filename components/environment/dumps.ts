import { IdentityMode } from "../args/backup";
import { defaults } from "../args/defaults";
import { type ExportSettings, JobPurpose } from "../args/export";
import { type Profile, profiles } from "../args/profiles";
import type { Check } from "../check";
import type { BucketDemand } from "../plan/backup";
import type { ClusterPlan } from "../plan/cluster";
import type { JobTenant } from "../plan/dumps";
import type { PlannedCluster } from "../plan/environment";
import { parseRetention } from "../units";
import { overlapping } from "../units/location";
import { type StorePlace, sameStore } from "../units/storePlace";

/** Dumps lie apart from every archive, since whoever may write the one must not reach the other. */
export function checkDumps(
  check: Check,
  settings: ExportSettings | undefined,
  mode: IdentityMode,
  clusters: readonly PlannedCluster[],
): void {
  const archives = clusters.flatMap(({ key, plan: { backup, recovery } }) => [
    ...(backup === undefined ? [] : [{ key, location: backup.location }]),
    ...(recovery?.source === undefined || recovery.inPlace ? [] : [{ key, location: recovery.source }]),
  ]);
  const owners = new Map<string, string>();
  for (const { key, plan } of clusters) {
    const own = plan.dumps.tenants.find(({ purpose }) => purpose === JobPurpose.Export);
    if (own === undefined) continue;
    const { url } = own.folder;
    // Where no identity is granted access, keys are those of all clusters.
    const folder = mode === IdentityMode.Shared || !own.ofGoogle ? own.sharedFolder : own.folder;
    const archive = archives.find(
      ({ location }) => sameStore(folder.store, location.store) && overlapping(folder, location),
    );
    if (archive !== undefined)
      check.fail(
        "exports.prefix",
        settings?.prefix ?? defaults.ExportSettings.prefix,
        `a folder apart from the backups of clusters.${archive.key} (${archive.location.destinationPath}): clusters.${key} would ` +
          `export to ${folder.url}`,
      );
    const other = owners.get(url);
    if (other !== undefined)
      check
        .at("clusters")
        .at(key)
        .fail(
          "name",
          plan.workload.cluster,
          `another name than clusters.${other}, whose dumps go to ${url} too`,
        );
    owners.set(url, key);
  }
  checkNames(check, clusters);
}

/** Names of jobs and their accounts are derived; `a` with an export `b-c` must not be `a-b` with an export `c`. */
function checkNames(check: Check, clusters: readonly PlannedCluster[]): void {
  const accounts = new Map(clusters.map(({ key, plan }) => [plan.workload.toString(), key]));
  const taken = new Map<string, string>();
  for (const { key, plan } of clusters) {
    const at = check.at("clusters").at(key);
    const { namespace, cluster } = plan.workload;
    for (const { workload } of plan.dumps.tenants) {
      const twin = accounts.get(workload.toString());
      if (twin !== undefined)
        at.fail(
          "name",
          cluster,
          `another name: its jobs would run as the service account of clusters.${twin}, ${workload}`,
        );
    }
    for (const { kind, name } of plan.objects) {
      const object = `${kind} ${namespace}/${name}`;
      const other = taken.get(object);
      if (other !== undefined && other !== key)
        at.fail(
          "name",
          cluster,
          `another name or namespace than clusters.${other}: both would have the ${object}`,
        );
      taken.set(object, key);
    }
  }
}

/** Dumps of a cluster without backups are kept as long as backups would be. */
export function exportDemand(key: string, { dumps }: ClusterPlan, profile: Profile): BucketDemand[] {
  if (Object.keys(dumps.exports).length === 0) return [];
  const retention = parseRetention(profiles[profile].BackupSettings.retention);
  return [
    {
      of: `clusters.${key}.exports`,
      retentionDays: retention.ok ? retention.value.days : 1,
      longestInterval: 86_400,
      schedule: defaults.BackupSettings.schedule,
    },
  ];
}

/** Whether the bucket of the backups, in this store, is needed for dumps. */
export function writesDumps(jobs: readonly JobTenant[], bucket: string, store: StorePlace): boolean {
  return jobs.some(
    ({ purpose, folder }) =>
      purpose === JobPurpose.Export && folder.bucket === bucket && sameStore(folder.store, store),
  );
}
