import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import type { RoleArgs } from "../args/roles";
import type { Check } from "../check";
import type { ClusterContext, ClusterPlan, Sizing } from "../plan/cluster";
import type { DatabasesPlan } from "../plan/database";
import type { RecoveryPlan } from "../plan/recovery";
import type { RolesPlan } from "../plan/roles";
import { decideRecovery } from "../recovery/decide";
import { checkHeldBack, heldBack } from "../recovery/heldBack";
import { checkAllowedRoles, checkLogins, cloneLogins, everyRole } from "../recovery/logins";
import { checkMasking } from "../recovery/masking";
import { snapshotsAlone } from "../recovery/snapshots";
import { isInPlace } from "../recovery/source";
import { checkMethodKnown } from "./operatorVersion";

/** How a cluster begins, as far as what it may carry is concerned. */
function beginningOf({ recoverFrom }: ClusterArgs): "empty" | "inPlace" | "copy" {
  return recoverFrom === undefined ? "empty" : isInPlace(recoverFrom) ? "inPlace" : "copy";
}

/** Checks what a copy of a cluster may carry, and holds its Secrets back if it has to be masked first. */
export function checkCopy(check: Check, args: ClusterArgs, databases: DatabasesPlan): DatabasesPlan {
  if (args.masking === undefined) return databases;
  const names = databases.databases.map(({ database }) => database);
  checkMasking(check, args.masking, beginningOf(args), names);
  checkHeldBack(check, args);
  return heldBack(databases);
}

/**
 * Lines of `pg_hba`: those of roles that log in with a certificate, and in a clone those that shut everybody else out; in a
 * cluster that is restored in place as well, if it says whom it lets in: its former generation may have been a clone. A replica is
 * none: it is to become its source, and lets in whom that does.
 */
export function decideHba(
  check: Check,
  args: ClusterArgs,
  { owners }: DatabasesPlan,
  roles: RolesPlan,
  roleArgs: Readonly<Record<string, RoleArgs>>,
): readonly string[] {
  const { recoverFrom, replica } = args;
  const beginning = beginningOf(args);
  const users = [...owners, ...roles.logins].map(({ role }) => role);
  const everybody =
    replica !== undefined
      ? "with replica: it has the roles and passwords of what it follows, and lets them in"
      : undefined;
  const declared = new Set([...users, ...Object.keys(roleArgs)]);
  checkAllowedRoles(check.at("recoverFrom"), recoverFrom?.allowRoles, everybody, declared);
  if (beginning === "empty" || replica !== undefined) return roles.hba;
  const allowed = recoverFrom?.allowRoles ?? (beginning === "inPlace" ? [everyRole] : []);
  if (allowed.includes(everyRole)) return roles.hba;
  checkLogins(check, users);
  return [...roles.hba, ...cloneLogins(users, allowed)];
}

/** The archive or the snapshots that a cluster begins from or follows; undefined if there is none, or after a problem. */
export function decideOwnRecovery(
  check: Check,
  context: ClusterContext,
  args: ClusterArgs,
  known: Pick<ClusterPlan, "generation" | "databases" | "backup"> & {
    name: string;
    major: number | undefined;
    walVolume: boolean;
    archived: Sizing["archived"];
  },
): RecoveryPlan | undefined {
  const setting = args.recoverFrom === undefined ? "replica.source" : "recoverFrom";
  const from = args.recoverFrom ?? args.replica?.source;
  if (from === undefined) return undefined;
  check.require(
    (args.backup?.enabled ?? defaults.ClusterBackup.enabled) || snapshotsAlone(from),
    "backup.enabled",
    false,
    `true with ${setting}: it is with the identity of its own backups that a clone reads its source`,
  );
  checkMethodKnown(
    check.at(setting),
    "method",
    from.method,
    context.operatorVersion ?? defaults.PostgresEnvironmentArgs.operatorVersion,
  );
  return decideRecovery(check.at(setting), {
    args: from,
    cluster: known.name,
    generation: known.generation,
    profile: context.profile,
    major: known.major,
    method: context.method,
    own: known.backup?.location,
    ownAccess: known.backup?.access,
    stores: context.stores,
    walVolume: known.walVolume,
    archived: known.archived,
    settings: { ...context.backups, ...args.backup },
    first: known.databases.first,
  });
}
