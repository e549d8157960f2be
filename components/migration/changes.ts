import type { Problem } from "../problems";

/** `spec.replica` as it came back from the engine. */
type Loose = { readonly [key: string]: unknown } | undefined;

/**
 * Changes of what a live Cluster follows that CNPG takes, and that can't be meant (operator 1.30: `validateReplicaMode` asks for
 * a bootstrap only as a Cluster is created; `IsReplica` is false without the section).
 *
 * @param shutsOut whether the change shuts out all roles that the stack does not declare
 */
export function replicaChanges(was: Loose, is: Loose, shutsOut: boolean): Problem[] {
  const [followed, follows] = [isReplica(was), isReplica(is)];
  if (!followed && follows && is?.enabled === true)
    return [
      {
        path: "spec.replica.enabled",
        value: true,
        allowed:
          "false: what this cluster wrote itself is not in the source, so it can't follow it; clusters that take turns are a distributed topology, with primary",
      },
    ];
  if (followed && is === undefined)
    return [
      {
        path: "spec.replica",
        value: undefined,
        allowed:
          was?.enabled === true
            ? '{"enabled":false} to promote it, which can\'t be undone: taken out, it would be promoted without a word'
            : "what it was: taken out, it would be promoted without a word; primary says who is the primary",
      },
    ];
  if (was !== undefined && is === undefined && shutsOut)
    return [
      {
        path: "spec.replica",
        value: undefined,
        allowed: `what it was, ${JSON.stringify(was)}: without it this cluster counts as a clone, and lets in only the roles that this stack declares`,
      },
    ];
  return [];
}

/**
 * A Cluster that is created as a replica without a copy of what it follows. Once it is there the same is right: that of a
 * cluster which was the primary of its topology, and handed over.
 */
export function unbornReplica(spec: Loose): Problem[] {
  const [replica, bootstrap] = [spec?.replica as Loose, spec?.bootstrap as Loose];
  if (!isReplica(replica) || bootstrap?.initdb === undefined) return [];
  return [
    {
      path: "spec.replica.primary",
      value: replica?.primary,
      allowed: `${JSON.stringify(replica?.self)} until the cluster is there; or recoverFrom or baseBackupFrom, to create it as a replica: that begins as a copy of what it follows, and this one would begin empty`,
    },
  ];
}

function isReplica(replica: Loose): boolean {
  if (replica === undefined) return false;
  return replica.enabled === undefined || replica.enabled === null
    ? replica.primary !== replica.self
    : replica.enabled === true;
}
