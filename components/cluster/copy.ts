import type { Check } from "../check";
import type { DatabasesPlan } from "../database/decide";
import { decideRecovery, type RecoveryPlan } from "../recovery/decide";
import { checkAllowedRoles } from "../recovery/logins";
import { checkMasking, heldBack } from "../recovery/masking";
import { isInPlace } from "../recovery/snapshots";
import type { ClusterArgs } from "./args";
import type { ClusterContext, ClusterPlan } from "./decide";

/** Checks what a copy of a cluster may carry, and holds its Secrets back if it has to be masked first. */
export function checkCopy(check: Check, args: ClusterArgs, databases: DatabasesPlan): DatabasesPlan {
  const { recoverFrom, masking } = args;
  const begins = recoverFrom === undefined ? "empty" : isInPlace(recoverFrom) ? "inPlace" : "copy";
  checkAllowedRoles(check.at("recoverFrom"), recoverFrom?.allowRoles, begins === "inPlace");
  const names = databases.databases.map(({ database }) => database);
  const ownerSecrets = Object.fromEntries(
    Object.entries(args.databases ?? {}).flatMap(([name, { ownerSecret }]) =>
      ownerSecret === undefined ? [] : [[name, ownerSecret]],
    ),
  );
  checkMasking(check, masking, begins, names, ownerSecrets);
  return masking === undefined ? databases : heldBack(databases);
}

/** How a cluster begins from an archive or from snapshots; undefined if it begins empty, or after a problem. */
export function decideOwnRecovery(
  check: Check,
  context: ClusterContext,
  args: ClusterArgs,
  known: Pick<ClusterPlan, "generation" | "databases" | "backup"> & {
    name: string;
    major: number | undefined;
    walVolume: boolean;
  },
): RecoveryPlan | undefined {
  if (args.recoverFrom === undefined) return undefined;
  check.require(
    args.backup?.enabled ?? true,
    "backup.enabled",
    false,
    "true with recoverFrom: it is with the identity of its own backups that a clone reads its source",
  );
  return decideRecovery(check.at("recoverFrom"), {
    args: args.recoverFrom,
    cluster: known.name,
    generation: known.generation,
    major: known.major,
    method: context.method,
    own: known.backup?.location,
    walVolume: known.walVolume,
    settings: { ...context.backups, ...args.backup },
    first: known.databases.first,
  });
}
