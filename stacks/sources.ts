import type { ClusterArgs, ClusterSummary, Problem, Problems, RecoverFromArgs } from "../components";
import { Profile, units } from "../components";
import { IfUnavailable, type StackCluster } from "./recoverySchema";

/** What is read of another stack: its output `clusters`, or why there is none. */
export type Source = { readonly clusters: unknown } | { readonly unavailable: string };

/** Other stacks by the name under which `recoverFrom.stack` has them. */
export type Sources = ReadonlyMap<string, Source>;

/** Those of a ClusterSummary's fields that a clone needs. Older stacks don't tell of their databases. */
interface SourceCluster {
  readonly destinationPath: string;
  readonly serverName: string;
  readonly image: string;
  readonly databases?: Readonly<Record<string, string>>;
  readonly database?: string;
}

/** The form of a stack's name that means the same whoever is signed in. */
const stackName = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;

/** Names of the stacks that clusters recover from, each once; those of a wrong form are left to {@link resolve}. */
export function namedStacks(clusters: unknown): string[] {
  const all = typeof clusters === "object" && clusters !== null ? Object.values(clusters) : [];
  const names = all.map(
    (cluster) => (cluster as { recoverFrom?: { stack?: unknown } } | null)?.recoverFrom?.stack,
  );
  return [...new Set(names)].filter((name) => typeof name === "string" && stackName.test(name)) as string[];
}

/** What decides about a cluster beside its own settings and other stacks. */
export interface Surroundings {
  readonly profile: unknown;
  readonly sources: Sources;
  /** This stack's own output `clusters` of its last update; undefined if there was none. */
  readonly former: unknown;
  /** Told what a person has to know. */
  readonly warn: (text: string) => void;
}

/** Whether any cluster may begin empty if its source is not there: only then the stack's own outputs are asked for. */
export function mayBeginEmpty(clusters: unknown): boolean {
  const all = typeof clusters === "object" && clusters !== null ? Object.values(clusters) : [];
  return all.some(
    (cluster) =>
      (cluster as { recoverFrom?: { ifUnavailable?: unknown } } | null)?.recoverFrom?.ifUnavailable ===
      IfUnavailable.Initdb,
  );
}

/**
 * A cluster as the components take it: what it says of another stack is replaced by what that stack says. Without `stack`
 * it stays as it is; if the other stack can't tell, that is reported, and the cluster is handed on without a source; or it
 * begins empty, if it says so and is not there yet.
 */
export function resolve(
  problems: Problems,
  key: string,
  cluster: StackCluster,
  surroundings: Surroundings,
): ClusterArgs {
  const { recoverFrom, ...rest } = cluster;
  if (recoverFrom === undefined) return rest;
  const { stack, ifUnavailable, ...own } = recoverFrom;
  const path = `clusters.${key}.recoverFrom`;
  const empty = ifUnavailable === IfUnavailable.Initdb;
  if (stack === undefined) {
    if (ifUnavailable !== undefined)
      problems.add(
        `${path}.ifUnavailable`,
        ifUnavailable,
        "left out without stack: whether there is an archive at a place can't be seen before the cluster is there",
      );
    return { ...rest, recoverFrom: own };
  }
  for (const field of ["bucket", "objectPrefix", "serverName", "postgresMajor", "generation"] as const) {
    if (own[field] !== undefined)
      problems.add(`${path}.${field}`, own[field], "left out with stack, whose outputs say it");
  }
  if (empty) checkEmpty(problems, key, cluster, surroundings.profile);
  const begun = empty ? begunBy(surroundings.former, key, rest.generation ?? 1) : undefined;
  if (begun !== undefined && begun !== "recovery") {
    surroundings.warn(
      `${path}: the cluster began by ${begun} and stays as it is; for a copy of ${stack} raise its generation`,
    );
    return beginsEmpty(rest, own);
  }
  const source = find(path, stack, own.cluster ?? key, surroundings.sources);
  if (!("why" in source)) return fill(rest, own, source);
  if (empty && begun === undefined && source.why !== "") {
    surroundings.warn(
      `${path}: ${source.why}. As ifUnavailable says, THE CLUSTER BEGINS EMPTY (initdb) and stays so: for a copy raise its ` +
        "generation when the source is there",
    );
    return beginsEmpty(rest, own);
  }
  problems.list.push(source.problem);
  return rest;
}

/** What a cluster needs that may have to begin without its source: nobody else says it then. */
function checkEmpty(problems: Problems, key: string, cluster: StackCluster, profile: unknown): void {
  const path = `clusters.${key}`;
  if (profile === Profile.Prod)
    problems.add(
      `${path}.recoverFrom.ifUnavailable`,
      IfUnavailable.Initdb,
      "left out with profile prod: an empty database in place of the one that was to be recovered is no help",
    );
  if (cluster.image === undefined && cluster.imageCatalog === undefined)
    problems.add(
      `${path}.image`,
      undefined,
      "an image, or imageCatalog: with ifUnavailable the source may not be there to say it",
    );
  if (cluster.databases === undefined)
    problems.add(
      `${path}.databases`,
      undefined,
      "the databases with their owners: with ifUnavailable the source may not be there to say them",
    );
  if (cluster.initdb !== undefined)
    problems.add(
      `${path}.initdb`,
      cluster.initdb,
      "left out with recoverFrom: nothing is initialized, and no SQL of it is run; what it says came with the source",
    );
}

/** How a life of a cluster began, as the stack's last update said; undefined if it is not there yet. */
function begunBy(former: unknown, key: string, generation: number): string | undefined {
  const clusters = typeof former === "object" && former !== null ? former : {};
  const found = Object.hasOwn(clusters, key) ? (clusters as Record<string, unknown>)[key] : undefined;
  const life = found as Partial<Pick<ClusterSummary, "bootstrap" | "generation">> | null | undefined;
  return life?.generation === generation ? life.bootstrap : undefined;
}

/** What remains without a source: nothing that is about what it would have brought. */
function beginsEmpty(
  { masking: _, initdb: __, ...rest }: Omit<ClusterArgs, "recoverFrom">,
  { database }: RecoverFromArgs,
): ClusterArgs {
  return { ...rest, ...(database !== undefined && { initdb: { database } }) };
}

/** Why there is no source: in words, which are empty if it is named wrongly, and as a problem of the file. */
interface Missing {
  readonly why: string;
  readonly problem: Problem;
}

function find(path: string, stack: string, key: string, sources: Sources): SourceCluster | Missing {
  const missing = (field: string, value: string, why: string, allowed: string): Missing => ({
    why,
    problem: { path: `${path}.${field}`, value, allowed },
  });
  const byPlace = "or bucket, serverName and postgresMajor of the source in its place";
  if (!stackName.test(stack))
    return missing("stack", stack, "", '<organization>/<project>/<stack>, such as "acme/pulumi-cnpg/prod"');
  const source = sources.get(stack) ?? { unavailable: "it was not read" };
  if ("unavailable" in source) {
    const { unavailable } = source;
    return missing(
      "stack",
      stack,
      `${stack} can't be read (${unavailable})`,
      `a stack that can be read (${unavailable}); ${byPlace}`,
    );
  }
  const { clusters } = source;
  if (typeof clusters !== "object" || clusters === null)
    return missing(
      "stack",
      stack,
      `${stack} has no output clusters`,
      `a stack of this project that has been updated: this one has no output clusters; ${byPlace}`,
    );
  const found = Object.hasOwn(clusters, key) ? (clusters as Record<string, unknown>)[key] : undefined;
  if (found === undefined) {
    const names = Object.keys(clusters).sort().join(", ");
    return missing(
      "cluster",
      key,
      `${stack} has no cluster ${key}`,
      `one of the clusters of ${stack}: ${names || "it has none"}`,
    );
  }
  if (isBackedUp(found as SourceCluster)) return found as SourceCluster;
  return missing(
    "cluster",
    key,
    `${key} of ${stack} is not backed up`,
    `a cluster of ${stack} that is backed up: this one has no archive to recover from`,
  );
}

function isBackedUp(found: SourceCluster): boolean {
  const told = (["destinationPath", "serverName", "image"] as const).every(
    (field) => typeof found?.[field] === "string",
  );
  return told && /^gs:\/\/[^/]+\/.+/.test(found.destinationPath) && found.serverName !== "";
}

/** The coordinates, and in place of what the clone leaves out, what its source has. */
function fill(
  rest: Omit<ClusterArgs, "recoverFrom">,
  own: RecoverFromArgs,
  source: SourceCluster,
): ClusterArgs {
  const [, bucket = "", objectPrefix = ""] = /^gs:\/\/([^/]+)\/(.+)$/.exec(source.destinationPath) ?? [];
  const major = majorOf(source.image);
  const { cluster: _, ...more } = own;
  const databases = rest.databases ?? databasesOf(source);
  const database =
    own.database ??
    (source.database !== undefined && databases?.[source.database] ? source.database : undefined);
  const ownImage = rest.image === undefined && rest.imageCatalog === undefined;
  return {
    ...rest,
    ...(ownImage && units.image(source.image).ok && { image: source.image }),
    ...(databases !== undefined && { databases }),
    recoverFrom: {
      ...more,
      bucket,
      objectPrefix,
      serverName: source.serverName,
      ...(major !== undefined && { postgresMajor: major }),
      ...(database !== undefined && { database }),
    },
  };
}

function databasesOf({ databases }: SourceCluster): ClusterArgs["databases"] {
  return databases && Object.fromEntries(Object.entries(databases).map(([name, owner]) => [name, { owner }]));
}

/** Of an image, or of `<catalog>/<major>`. */
function majorOf(image: string): number | undefined {
  const parsed = units.image(image);
  if (parsed.ok) return parsed.value.major;
  const major = /^[^/:]+\/(\d+)$/.exec(image)?.[1];
  return major === undefined ? undefined : Number(major);
}
