import {
  type ClusterArgs,
  type ClusterIdentity,
  type EnvironmentBackups,
  type EnvironmentPlace,
  type ExaminedEnvironment,
  isInPlace,
  kindOf,
  type Problems,
  storeKinds,
} from "../components/index";
import { type FormerLife, formerLife } from "./formerLife";
import type { Own } from "./load";

/** Where clusters archived by default before the environment's name was part of it, in whatever bucket. */
const formerPrefix = "cnpg";

/**
 * A cluster that archives where it did by an older default of `backups.prefix` stays there: no archive moves by an upgrade.
 *
 * @param was what this stack's last update said of it
 */
export function atFormerPlace(
  key: string,
  cluster: ClusterArgs,
  backups: EnvironmentBackups | undefined,
  was: FormerLife | undefined,
): ClusterArgs {
  if (backups?.prefix !== undefined || cluster.backup?.prefix !== undefined) return cluster;
  const prefix = `${formerPrefix}/${cluster.name ?? key}`;
  const { scheme } = storeKinds[kindOf(backups ?? {})];
  if (was?.destinationPath !== `${scheme}://${backups?.bucket}/${prefix}`) return cluster;
  return { ...cluster, backup: { ...cluster.backup, prefix } };
}

/**
 * A cluster that was restored in place before copies held subscriptions and jobs is production by now, with its own running: they
 * go on. A clone's don't, which would still take from its source what is not its own.
 *
 * @param was what this stack's last update said of it
 */
export function withFormerWorkers(cluster: ClusterArgs, was: FormerLife | undefined): ClusterArgs {
  const { recoverFrom, masking, subscriptions, replica, generation = 1 } = cluster;
  if (recoverFrom === undefined || recoverFrom.startWorkers !== undefined || !isInPlace(recoverFrom))
    return cluster;
  // Where these are, it has to be said what may run.
  if (masking !== undefined || subscriptions !== undefined || replica !== undefined) return cluster;
  // From the first update that held them on, the output says so.
  if (was?.generation !== generation || was.workers === "held") return cluster;
  return { ...cluster, recoverFrom: { ...recoverFrom, startWorkers: true } };
}

/**
 * Refuses what would make objects anew that are there, under other names in Pulumi or in other places, and delete those that
 * hold the data: who is who is known from the stack's own outputs.
 */
export function checkSame(problems: Problems, now: ExaminedEnvironment, own: Own): void {
  const was = loose(own.formerPlace) as Partial<EnvironmentPlace>;
  checkPlace(problems, now.place, was);
  const former = loose(own.former);
  const others = byPlace(former);
  for (const cluster of now.clusters) {
    checkOthers(problems, cluster, others);
    const was = formerLife(former, cluster.key);
    if (was !== undefined) checkOwn(problems, cluster, was);
  }
}

/** Clusters that the stack has: by their workload, and by their archive. */
interface Others {
  readonly workloads: ReadonlyMap<string, readonly string[]>;
  readonly archives: ReadonlyMap<string, readonly string[]>;
}

function byPlace(former: object): Others {
  const workloads = new Map<string, string[]>();
  const archives = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, place: string | undefined, key: string) => {
    if (place !== undefined) map.set(place, [...(map.get(place) ?? []), key]);
  };
  for (const key of Object.keys(former)) {
    const was = formerLife(former, key);
    note(workloads, was?.kubernetesServiceAccount, key);
    note(archives, archiveOf(was), key);
  }
  return { workloads, archives };
}

function checkPlace(problems: Problems, now: EnvironmentPlace, was: Partial<EnvironmentPlace>): void {
  const instead = "For another one make a new stack; or destroy this one first, if nothing in it is needed";
  if (was.name && was.name !== now.name)
    problems.add(
      "environment",
      now.name,
      `${was.name}, with which all objects of this stack were made: with another name every one of them would be deleted, and made ` +
        `anew and empty. To do: pulumi-cnpg:environment: ${was.name}. ${instead}`,
    );
  const kept = "would be deleted with every backup in it";
  if (was.project && now.project !== "" && was.project !== now.project)
    problems.add(
      "gcp:project",
      now.project,
      `${was.project}, where the stack's accounts are, and its bucket, which ${kept}. ${instead}`,
    );
  else if (was.bucket && was.bucket !== now.bucket)
    problems.add(
      "backups.bucket",
      now.bucket === "" ? undefined : now.bucket,
      `${was.bucket}, which the stack made: without a cluster that is backed up to it, it ${kept}. ${instead}`,
    );
  else if (was.location && was.location !== now.location)
    problems.add(
      "backups.location",
      now.location,
      `${was.location}: a bucket can't move, so ${was.bucket} ${kept}. To do: backups.location: ${was.location}, also where gcp:region ` +
        `is another one. ${instead}`,
    );
}

/** Refuses a cluster that is another one of those that the stack has. */
function checkOthers(problems: Problems, now: ClusterIdentity, { workloads, archives }: Others): void {
  const path = `clusters.${now.key}`;
  const same = workloads.get(workloadOf(now)) ?? [];
  for (const key of same)
    if (key !== now.key)
      problems.add(
        path,
        now.key,
        `${key}, the key under which this stack has the Cluster ${workloadOf(now)}: under another one it would be deleted, with its data, and ` +
          "made anew. To do: leave the key",
      );
  const archive = archiveOf(now.archive);
  for (const key of archives.get(archive ?? "") ?? [])
    if (key !== now.key && !same.includes(key))
      problems.add(
        `${path}.backup.prefix`,
        now.archive?.destinationPath,
        `another folder: ${archive} is the archive of clusters.${key}, and a cluster that archives there deletes its backups`,
      );
}

/** Refuses a cluster that is not the one that the stack has under its key, nor a new generation of it. */
function checkOwn(problems: Problems, now: ClusterIdentity, was: FormerLife): void {
  const path = `clusters.${now.key}`;
  const [namespace, cluster] = (was.kubernetesServiceAccount ?? "").split("/");
  const generation = was.generation ?? now.generation;
  const next = generation + 1;
  if (cluster && cluster !== now.cluster)
    problems.add(
      `${path}.name`,
      now.cluster,
      `${cluster}, as the Cluster is called that would be deleted, with its data, for one of another name. To do: leave it; or add the other ` +
        "one under a key of its own, with recoverFrom for the data, and take this one out when nobody needs it any more",
    );
  else if (namespace && namespace !== now.namespace && now.generation <= generation)
    problems.add(
      `${path}.namespace`,
      now.namespace,
      `${namespace}, where the Cluster is, which would be deleted with its data: no object moves to another namespace. To do: leave it; or ` +
        `generation: ${next}, for a new Cluster there with an archive of its own, and recoverFrom: { generation: ${generation} } for the data ` +
        "up to its last WAL file in the bucket",
    );
  if (now.generation <= generation) return;
  if (archiveOf(was) !== undefined && archiveOf(was) === archiveOf(now.archive))
    problems.add(
      `${path}.generation`,
      now.generation,
      `${now.generation + 1} or more: ${archiveOf(was)} is the archive that the Cluster writes now, and a new one can't archive there`,
    );
  else if (now.restores && was.destinationPath && was.destinationPath !== now.archive?.destinationPath)
    problems.add(
      `${path}.backup.prefix`,
      now.archive?.destinationPath,
      `${was.destinationPath}, where the former generation is that recoverFrom names: elsewhere nothing would be found, when the Cluster is gone already`,
    );
}

const workloadOf = ({ namespace, cluster }: ClusterIdentity) => `${namespace}/${cluster}`;

/** `<destinationPath>/<serverName>`; undefined without backups. */
function archiveOf(
  place: { readonly destinationPath?: string; readonly serverName?: string } | undefined,
): string | undefined {
  if (!place?.destinationPath || !place.serverName) return undefined;
  return `${place.destinationPath}/${place.serverName}`;
}

function loose(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
