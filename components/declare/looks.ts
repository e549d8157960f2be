import type * as pulumi from "@pulumi/pulumi";
import type { ClusterPlan } from "../plan/cluster";
import { archiveLooks } from "./archiveLooks";
import { restoreLooks } from "./restoreLooks";
import type { Watching } from "./settled";

/**
 * What looks whether the Cluster's archive is empty: before it is created, and before an update that gives its archive another
 * name, as a major upgrade does.
 */
export function emptyArchive(
  { archiveCheck, waitSeconds }: ClusterPlan,
  watching: Watching | undefined,
): pulumi.ResourceHook[] {
  if (archiveCheck === undefined || watching === undefined) return [];
  const looks = archiveLooks(watching);
  looks.add(archiveCheck.cluster, { ...archiveCheck, ...patience(waitSeconds) });
  return [looks.hook];
}

/**
 * Hooks of the ObjectStore that a Cluster begins from. On a live Cluster another source would be read by nobody, unless it takes
 * turns with that one. And before the live Cluster makes room for a former life of it, something looks whether that can be
 * restored: hooks of the Cluster itself would come too late, since what belongs to it is deleted first, and the hooks of a
 * deletion are those of the update before.
 */
export function sourceHooks(
  { restoreCheck, recovery, migration, waitSeconds }: ClusterPlan,
  guard: pulumi.ResourceHook,
  watching: Watching | undefined,
): pulumi.ResourceHookBinding {
  const beforeUpdate = migration.replica?.self === undefined ? [guard] : [];
  if (restoreCheck === undefined || recovery?.objectStore === undefined || watching === undefined)
    return { beforeUpdate };
  const looks = restoreLooks(watching);
  looks.add(recovery.objectStore.name, { ...restoreCheck, ...patience(waitSeconds) });
  return { beforeCreate: [looks.hook], beforeUpdate: [...beforeUpdate, looks.hook] };
}

/** An annotation that changes with the target: so another one is looked at again, after an update that was broken off. */
export function restoring({ restoreCheck, spec }: ClusterPlan) {
  if (restoreCheck === undefined) return {};
  const target = JSON.stringify(spec.bootstrap?.recovery?.recoveryTarget ?? {});
  return { annotations: { "pulumi-cnpg/target": target } };
}

/** How long a look may take, and whether it has to be done. */
const patience = (waitSeconds: number) => ({ timeout: waitSeconds || 900, required: waitSeconds > 0 });
