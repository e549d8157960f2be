import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import { Profile } from "../args/profiles";
import { type BackupBasis, decideBackup } from "../backup/decide";
import { checkBackupSettings } from "../backup/settings";
import type { Check } from "../check";
import type { BackupPlan } from "../plan/backup";
import type { ClusterContext } from "../plan/cluster";

/** Whether a cluster has backups. */
export function backupsEnabled(args: ClusterArgs): boolean {
  return args.backup?.enabled ?? defaults.ClusterBackup.enabled;
}

/** How a cluster is backed up; undefined if it is not, or after a problem. */
export function decideOwnBackup(
  check: Check,
  context: ClusterContext,
  args: ClusterArgs,
  known: Pick<BackupBasis, "defaults" | "archived"> & {
    readonly name: string;
    /** Server name of its archive, unless the settings say another one. */
    readonly server: string;
  },
): BackupPlan | undefined {
  const { name, server, ...rest } = known;
  const backup = args.backup ?? {};
  const at = check.at("backup");
  if (!backupsEnabled(args)) {
    at.require(context.profile !== Profile.Prod, "enabled", false, "true with profile prod");
    at.require(backup.manual === undefined, "manual", backup.manual, "remove it without backups");
    return undefined;
  }
  if (context.bucket === undefined) {
    check.fail("bucket", undefined, "a bucket to write to, or backup.enabled: false (in dev)");
    return undefined;
  }
  at.require(
    backup.serverName === undefined || args.generation === undefined,
    "serverName",
    backup.serverName,
    "remove it when generation is set, which decides the server name",
  );
  const { enabled: _, prefix, serverName, manual: _manual, ...settings } = backup;
  checkBackupSettings(at, settings, context.method);
  return decideBackup(at, {
    cluster: name,
    serverName: serverName ?? server,
    bucket: context.bucket,
    store: context.stores.archive,
    prefix: prefix ?? `${context.prefix}/${name}`,
    method: context.method,
    settings: { ...context.backups, ...settings },
    ...rest,
  });
}
