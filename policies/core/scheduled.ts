import { CLUSTER, SCHEDULED_BACKUP } from "./cluster";
import { addTo } from "./grouped";
import { mayBeSame } from "./placeholder";
import { known, type Resource } from "./resource";
import { parseSchedule } from "./schedule";
import type { Stack } from "./stack";
import { Undecided } from "./view";

interface Index {
  readonly byCluster: ReadonlyMap<string, readonly Resource[]>;
  /** A ScheduledBackup whose cluster is not known yet. */
  readonly doubt: Undecided | undefined;
}

const indexes = new WeakMap<Stack, Index>();

function indexOf(stack: Stack): Index {
  let index = indexes.get(stack);
  if (index === undefined) {
    const byCluster = new Map<string, Resource[]>();
    let doubt: Undecided | undefined;
    for (const backup of stack.ofType(SCHEDULED_BACKUP)) {
      try {
        const name = backup.view.partial("spec", "cluster", "name");
        const key = `${backup.view.partial("metadata", "namespace") ?? ""}/${name ?? ""}`;
        addTo(byCluster, key, backup);
      } catch (error) {
        if (!(error instanceof Undecided)) throw error;
        doubt ??= error;
      }
    }
    index = { byCluster, doubt };
    indexes.set(stack, index);
  }
  return index;
}

/**
 * The ScheduledBackups of a cluster. Where one of them does not say its namespace, the name alone has to do. Throws if
 * there is none, and one whose cluster is not known yet.
 */
export function schedulesOf(cluster: Resource, stack: Stack): readonly Resource[] {
  const { byCluster, doubt } = indexOf(stack);
  const name = cluster.name ?? "";
  const here = cluster.namespace;
  const found =
    here === undefined
      ? stack
          .ofType(SCHEDULED_BACKUP)
          .filter((one) => known(() => one.view.partial("spec", "cluster", "name")) === name)
      : [...(byCluster.get(`${here}/${name}`) ?? []), ...(byCluster.get(`/${name}`) ?? [])];
  if (found.length > 0) return found;
  if (doubt !== undefined) throw doubt;
  // One whose cluster would be this one if only its placeholders were filled in.
  for (const { view, namespace } of name === "" ? [] : stack.ofType(SCHEDULED_BACKUP)) {
    const of = view.at("spec", "cluster", "name");
    const own = of.partial() ?? "";
    if (own === name || !mayBeSame(own, name) || !mayBeSame(namespace ?? here ?? "", here ?? namespace ?? ""))
      continue;
    throw of.undecided;
  }
  return found;
}

/** Seconds that may lie between two base backups of a cluster; undefined without a schedule that is read and not suspended. */
export function backupInterval(cluster: Resource, stack: Stack): number | undefined {
  const intervals = schedulesOf(cluster, stack).flatMap(({ view }) => {
    if (view.flag("spec", "suspend") === true) return [];
    const reading = parseSchedule(view.text("spec", "schedule") ?? "");
    return reading.ok && !reading.schedule.neverFires ? [reading.schedule.longestInterval] : [];
  });
  return intervals.length === 0 ? undefined : Math.min(...intervals);
}

/** The Cluster that a ScheduledBackup or Backup is for, if it is among the resources. */
export function clusterOf(backup: Resource, stack: Stack): Resource | undefined {
  const name = backup.view.partial("spec", "cluster", "name");
  return name === undefined ? undefined : stack.find(CLUSTER, backup.namespace, name);
}
