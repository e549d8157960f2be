import {
  type ArchiveSourceArgs,
  type ClusterArgs,
  kindAt,
  type Problem,
  type Problems,
  type RecoverFromArgs,
  type ReplicaArgs,
  type StoreKind,
  settingsAt,
  storeKinds,
  units,
} from "../components/index";
import { checkFormerLife } from "./formerLife";
import {
  IfUnavailable,
  type StackCluster,
  type StackRecoverFrom,
  type StackReplica,
  type StackReplicaSource,
} from "./settings";
import { beginsEmpty, begunBy, checkEmpty } from "./unavailable";

/** What is read of another stack: its output `clusters`, or why there is none. */
export type Source = { readonly clusters: unknown } | { readonly unavailable: string };

/** Other stacks by the name under which `recoverFrom.stack` has them. */
export type Sources = ReadonlyMap<string, Source>;

/** Fields of a ClusterSummary that a clone needs. Older stacks don't tell of their databases. */
interface SourceCluster {
  readonly destinationPath: string;
  readonly serverName: string;
  /** With S3, as far as they are not boto3's defaults. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly image: string;
  readonly databases?: Readonly<Record<string, string>>;
  readonly database?: string;
}

/** The form of a stack's name that means the same whoever is signed in. */
const stackName = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;

/** Names of the stacks that clusters recover from, each once; those of a wrong form are left to {@link resolve}. */
export function namedStacks(clusters: unknown): string[] {
  const all = typeof clusters === "object" && clusters !== null ? Object.values(clusters) : [];
  const names = all.flatMap((cluster) => {
    const { recoverFrom, replica } = (cluster ?? {}) as {
      recoverFrom?: { stack?: unknown } | null;
      replica?: { source?: { stack?: unknown } | null } | null;
    };
    return [recoverFrom?.stack, replica?.source?.stack];
  });
  return [...new Set(names)].filter((name) => typeof name === "string" && stackName.test(name)) as string[];
}

/** What decides about a cluster beside its own settings and other stacks. */
export interface Surroundings {
  readonly profile: unknown;
  readonly sources: Sources;
  /** The kind of store that this stack's own backups go to. */
  readonly archive: StoreKind;
  /** This stack's own output `clusters` of its last update; undefined if there was none. */
  readonly former: unknown;
  /** Told what a person has to know. */
  readonly warn: (text: string) => void;
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
  const { recoverFrom, replica, ...others } = cluster;
  checkFormerLife(problems, key, cluster, surroundings.former);
  const rest = {
    ...others,
    ...(replica !== undefined && { replica: followed(problems, key, replica, surroundings) }),
  };
  if (recoverFrom === undefined) return rest;
  const { stack, ifUnavailable, ...own } = recoverFrom;
  const path = `clusters.${key}.recoverFrom`;
  const empty = ifUnavailable === IfUnavailable.Initdb;
  if (stack === undefined) {
    if (ifUnavailable !== undefined)
      problems.add(
        `${path}.ifUnavailable`,
        ifUnavailable,
        "remove it without stack: whether there is an archive at a place can't be seen before the cluster is there",
      );
    return { ...rest, recoverFrom: own };
  }
  if (empty) checkEmpty(problems, key, cluster, surroundings.profile);
  const begun = empty ? begunBy(surroundings.former, key, rest.generation ?? 1) : undefined;
  const source = told(problems, path, key, recoverFrom, surroundings.sources);
  if (begun !== undefined && begun !== "recovery") {
    surroundings.warn(
      `${path}: the cluster began by ${begun} and stays as it is; for a copy of ${stack} raise its generation`,
    );
    return beginsEmpty(rest, own);
  }
  if (!("why" in source))
    return storeFits(problems, path, own, source) ? fill(rest, own, source, surroundings.archive) : rest;
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

/** What a cluster follows, with the place of the archive in full. */
function followed(
  problems: Problems,
  key: string,
  replica: StackReplica,
  { sources, archive }: Surroundings,
): ReplicaArgs {
  const { source, ...rest } = replica;
  if (source === undefined) return rest;
  const { stack, cluster, ...own } = source;
  if (stack === undefined) return { ...rest, source: { ...own, ...(cluster !== undefined && { cluster }) } };
  const path = `clusters.${key}.replica.source`;
  const found = told(problems, path, key, source, sources);
  if ("why" in found) problems.list.push(found.problem);
  if ("why" in found || !storeFits(problems, path, own, found)) return rest;
  return { ...rest, source: { ...own, ...placeOf(found, own, archive) } };
}

/** Whether what is said of the source's store goes with where its archive lies. */
function storeFits(
  problems: Problems,
  path: string,
  own: Pick<RecoverFromArgs, StoreKind>,
  { destinationPath }: SourceCluster,
): boolean {
  const before = problems.list.length;
  const kind = kindAt(destinationPath) ?? "gcs";
  const others = (Object.keys(storeKinds) as StoreKind[]).filter((each) => each !== kind && own[each]);
  for (const other of others)
    problems.add(
      `${path}.${other}`,
      Object.keys(own[other] ?? {}),
      `remove it: the archive is at ${destinationPath}`,
    );
  if (others.length > 0) return false;
  const said = { endpoint: undefined, region: undefined, ...own[kind] };
  for (const field of ["endpoint", "region"] as const)
    if (said[field] !== undefined)
      problems.add(`${path}.${kind}.${field}`, said[field], "remove it with stack, whose outputs say it");
  return problems.list.length === before;
}

/** What the stack that is named says of the source. */
function told(
  problems: Problems,
  path: string,
  key: string,
  own: StackRecoverFrom | StackReplicaSource,
  sources: Sources,
): SourceCluster | Missing {
  for (const field of ["bucket", "objectPrefix", "serverName", "postgresMajor", "generation"] as const) {
    const value = (own as StackRecoverFrom)[field];
    if (value !== undefined)
      problems.add(`${path}.${field}`, value, "remove it with stack, whose outputs say it");
  }
  return find(path, own.stack ?? "", own.cluster ?? key, sources);
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
  if (!told || kindAt(found.destinationPath) === undefined) return false;
  return /^\w+:\/\/[^/]+\/.+/.test(found.destinationPath) && found.serverName !== "";
}

/** The coordinates, and in place of what the clone leaves out, what its source has. */
function fill(
  rest: Omit<ClusterArgs, "recoverFrom">,
  own: RecoverFromArgs,
  source: SourceCluster,
  archive: StoreKind,
): ClusterArgs {
  const { cluster: _, ...more } = own;
  const databases = rest.databases ?? databasesOf(source);
  const database =
    own.database ??
    (source.database !== undefined && Object.hasOwn(databases ?? {}, source.database)
      ? source.database
      : undefined);
  const ownImage = rest.image === undefined && rest.imageCatalog === undefined;
  return {
    ...rest,
    ...(ownImage && units.image(source.image).ok && { image: source.image }),
    ...(databases !== undefined && { databases }),
    recoverFrom: {
      ...more,
      ...placeOf(source, own, archive),
      ...(database !== undefined && { database }),
    },
  };
}

/** Where a source's archive lies, in which store, and which files it has. */
function placeOf(
  source: SourceCluster,
  own: Pick<RecoverFromArgs, StoreKind>,
  archive: StoreKind,
): ArchiveSourceArgs {
  const [, bucket = "", objectPrefix = ""] = /^\w+:\/\/([^/]+)\/(.+)$/.exec(source.destinationPath) ?? [];
  const major = majorOf(source.image);
  return {
    ...settingsAt(source.destinationPath, own, serverOf(source), archive),
    bucket,
    objectPrefix,
    serverName: source.serverName,
    ...(major !== undefined && { postgresMajor: major }),
  };
}

/** Amazon's own region has to be said; of another server, boto3's default may be right. */
function serverOf({ endpoint, region }: SourceCluster) {
  return { ...(endpoint !== undefined && { endpoint }), ...(region !== undefined && { region }) };
}

function databasesOf({ databases }: SourceCluster): ClusterArgs["databases"] {
  return databases && Object.fromEntries(Object.entries(databases).map(([name, owner]) => [name, { owner }]));
}

/** Postgres major of an image, or of `<catalog>/<major>`. */
function majorOf(image: string): number | undefined {
  const parsed = units.image(image);
  if (parsed.ok) return parsed.value.major;
  const major = /^[^/:]+\/(\d+)$/.exec(image)?.[1];
  return major === undefined ? undefined : Number(major);
}
