import type { ArchivePod } from "../plan/archivePod";
import type { ClusterPlan } from "../plan/cluster";
import type { PlannedObject, PlannedResource } from "../plan/object";
import { shortHash } from "../units";
import { first, hookIf, resourceOf } from "./resourceOf";

/** All that the resources of a cluster are made of. */
export type Decided = Omit<ClusterPlan, "resources">;

/** The ObjectStores: the one that it archives to, and the one that it begins from. */
export function objectStores(plan: Decided): PlannedResource[] {
  const { backup, recovery, migration, restoreCheck, generation, waitSeconds, protect } = plan;
  const object = { apiVersion: "barmancloud.cnpg.io/v1", kind: "ObjectStore", after: [first] };
  const stores: PlannedResource[] = [];
  if (backup?.objectStore !== undefined) {
    const { name, spec } = backup.objectStore;
    const store = { ...object, key: "store", called: "", name, body: { spec } };
    const hooks = { beforeUpdate: ["objectStoreChanges"] } as const;
    stores.push(resourceOf(store, plan, { life: { protect }, hooks }));
  }
  if (recovery?.objectStore !== undefined) {
    const { name, spec } = recovery.objectStore;
    const source = { ...object, key: "source", name, body: { spec }, ...restoring(plan) };
    // On a live Cluster another source would be read by nobody, unless it takes turns with that one. And before the live
    // Cluster makes room for a former generation of it, something looks whether that can be restored: hooks of the Cluster itself
    // would come too late, since what belongs to it is deleted first, and the hooks of a deletion are those of the update before.
    const look = hookIf(restoreCheck !== undefined, "restorable");
    const guard = hookIf(migration.replica?.self === undefined, "sourceChanges");
    const hooks = { beforeCreate: look, beforeUpdate: [...guard, ...look] };
    // With a new generation another source is right.
    stores.push(
      resourceOf(source, plan, { life: { generation }, hooks, ...looking(restoreCheck, waitSeconds) }),
    );
  }
  return stores;
}

/** An annotation that changes with the target: so another one is looked at again, after an update that was broken off. */
function restoring({ restoreCheck, spec }: Decided) {
  if (restoreCheck === undefined) return {};
  const target = JSON.stringify(spec.bootstrap?.recovery?.recoveryTarget ?? {});
  return { annotations: { "pulumi-cnpg/target": target } };
}

/** A look into an archive: how long it may take, and whether it has to be done. */
const looking = (look: ArchivePod | undefined, waitSeconds: number): Pick<PlannedResource, "facts"> =>
  look === undefined
    ? {}
    : { facts: { look: { ...look, timeout: waitSeconds || 900, required: waitSeconds > 0 } } };

/**
 * The Cluster.
 *
 * @param before keys of what it needs to be there
 * @param keys those Secrets among them that have keys to its store
 */
export function clusterResource(
  plan: Decided,
  before: readonly string[],
  keys: readonly string[],
): PlannedResource {
  const { workload, backup, migration, archiveCheck, waitSeconds, generation, protect, upgrade } = plan;
  const follows = migration.replica?.follows === true;
  const waits = waitSeconds > 0;
  const granted = backup?.granted === true;
  // Before it is created, and before an update that gives its archive another name, as a major upgrade does.
  const look = hookIf(archiveCheck !== undefined, "emptyArchive");
  const object: PlannedObject = {
    key: "cluster",
    called: "",
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    name: workload.cluster,
    annotations: annotationsOf(plan, { "pulumi.com/skipAwait": "true" }),
    body: { spec: plan.spec },
    after: [first, ...before],
    ...(waits && { waitSeconds }),
  };
  return resourceOf(object, plan, {
    // A new generation is a new cluster under the same name.
    life: { protect, generation },
    hooks: {
      beforeCreate: [...hookIf(follows, "unbornReplica"), ...hookIf(granted, "awaitGrants"), ...look],
      beforeUpdate: ["clusterChanges", ...look, ...hookIf(waits, "noteConfiguration")],
    },
    facts: { upgrade, ...looking(archiveCheck, waitSeconds).facts },
    ...(waits && {
      watch: {
        kind: "Cluster",
        timeout: waitSeconds,
        archives: backup !== undefined && !follows,
        objectStore: backup?.objectStore?.name,
        rights: ["rights", ...keys],
        unwatched: annotationsOf(plan, { "pulumi.com/waitFor": JSON.stringify(conditions(plan)) }),
      },
    }),
  });
}

/**
 * What Pulumi's provider waits for when a Cluster is made and nobody else looks: for its first WAL file too. Ready alone says
 * nothing of the archive, and ContinuousArchiving turns true when that is in the bucket. After a change both are still true
 * from before, so that nothing is waited for.
 */
const conditions = ({ backup, migration }: Decided): string[] => [
  "condition=Ready",
  ...(backup !== undefined && !migration.archivesLate ? ["condition=ContinuousArchiving"] : []),
];

/**
 * Changes with what an ObjectStore says of the plugin's sidecar: CNPG makes pods anew for that, but looks at them when the
 * Cluster changes, and not when its ObjectStore does (seen with operator 1.30: nothing happened within minutes).
 */
const sidecarAnnotation = "pulumi-cnpg/sidecar";

/** Annotations of the Cluster itself: those that say what is waited for, and its own. */
function annotationsOf({ backup }: Decided, wait: Readonly<Record<string, string>>): Record<string, string> {
  const sidecar = backup?.objectStore?.spec.instanceSidecarConfiguration;
  return {
    ...wait,
    ...(sidecar !== undefined && { [sidecarAnnotation]: shortHash(JSON.stringify(sidecar)) }),
  };
}
