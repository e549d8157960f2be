import type { ClusterArgs, Problems, RecoverFromArgs, ReplicaArgs, ReplicaSourceArgs } from "../components";
import { units } from "../components";
import type { StackCluster, StackRecoverFrom, StackReplica, StackReplicaSource } from "./recoverySchema";

/** What is read of another stack: its output `clusters`, or why there is none. */
export type Source = { readonly clusters: unknown } | { readonly unavailable: string };

/** Other stacks by the name under which `recoverFrom.stack` has them. */
export type Sources = ReadonlyMap<string, Source>;

/** Those of a ClusterSummary's fields that a clone needs. Older stacks don't tell of their databases. */
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

/**
 * A cluster as the components take it: what it says of another stack is replaced by what that stack says. Without `stack`
 * it stays as it is; if the other stack can't tell, that is reported, and the cluster is handed on without a source.
 *
 * @param archivesToS3 whether this stack's own backups go to S3
 */
export function resolve(
  problems: Problems,
  key: string,
  cluster: StackCluster,
  sources: Sources,
  archivesToS3: boolean,
): ClusterArgs {
  const { recoverFrom, replica, ...others } = cluster;
  const rest = {
    ...others,
    ...(replica !== undefined && { replica: followed(problems, key, replica, sources, archivesToS3) }),
  };
  if (recoverFrom === undefined) return rest;
  const { stack, ...own } = recoverFrom;
  if (stack === undefined) return { ...rest, recoverFrom: own };
  const path = `clusters.${key}.recoverFrom`;
  const source = told(problems, path, key, recoverFrom, sources);
  if (source === undefined || !storeFits(problems, path, own, source)) return rest;
  return fill(rest, own, source, archivesToS3);
}

/** What a cluster follows, with the place of the archive in full. */
function followed(
  problems: Problems,
  key: string,
  replica: StackReplica,
  sources: Sources,
  archivesToS3: boolean,
): ReplicaArgs {
  const { source, ...rest } = replica;
  if (source === undefined) return rest;
  const { stack, cluster, ...own } = source;
  if (stack === undefined) return { ...rest, source: { ...own, ...(cluster !== undefined && { cluster }) } };
  const path = `clusters.${key}.replica.source`;
  const found = told(problems, path, key, source, sources);
  if (found === undefined || !storeFits(problems, path, own, found)) return rest;
  return { ...rest, source: { ...own, ...placeOf(found, own, archivesToS3) } };
}

/** Whether what is said of the source's store goes with where its archive lies. */
function storeFits(
  problems: Problems,
  path: string,
  { s3, gcs }: Pick<RecoverFromArgs, "s3" | "gcs">,
  { destinationPath }: SourceCluster,
): boolean {
  const before = problems.list.length;
  const inS3 = destinationPath.startsWith("s3://");
  const [wrong, said] = inS3 ? (["gcs", gcs] as const) : (["s3", s3] as const);
  if (said !== undefined)
    problems.add(`${path}.${wrong}`, Object.keys(said), `left out: the archive is at ${destinationPath}`);
  else
    for (const field of ["endpoint", "region"] as const)
      if (s3?.[field] !== undefined)
        problems.add(`${path}.s3.${field}`, s3[field], "left out with stack, whose outputs say it");
  return problems.list.length === before;
}

/** What the stack that is named says of the source; undefined after a problem was reported. */
function told(
  problems: Problems,
  path: string,
  key: string,
  own: StackRecoverFrom | StackReplicaSource,
  sources: Sources,
): SourceCluster | undefined {
  for (const field of ["bucket", "objectPrefix", "serverName", "postgresMajor", "generation"] as const) {
    const value = (own as StackRecoverFrom)[field];
    if (value !== undefined)
      problems.add(`${path}.${field}`, value, "left out with stack, whose outputs say it");
  }
  return find(problems, path, own.stack ?? "", own.cluster ?? key, sources);
}

function find(
  problems: Problems,
  path: string,
  stack: string,
  key: string,
  sources: Sources,
): SourceCluster | undefined {
  if (!stackName.test(stack)) {
    problems.add(`${path}.stack`, stack, '<organization>/<project>/<stack>, such as "acme/pulumi-cnpg/prod"');
    return undefined;
  }
  const source = sources.get(stack) ?? { unavailable: "it was not read" };
  if ("unavailable" in source) {
    problems.add(
      `${path}.stack`,
      stack,
      `a stack that can be read (${source.unavailable}); or bucket, serverName and postgresMajor of the source in its place`,
    );
    return undefined;
  }
  const { clusters } = source;
  if (typeof clusters !== "object" || clusters === null) {
    problems.add(
      `${path}.stack`,
      stack,
      "a stack of this project that has been updated: this one has no output clusters; or bucket, serverName and postgresMajor of the source in its place",
    );
    return undefined;
  }
  const found = Object.hasOwn(clusters, key) ? (clusters as Record<string, unknown>)[key] : undefined;
  if (found === undefined) {
    const names = Object.keys(clusters).sort().join(", ");
    problems.add(`${path}.cluster`, key, `one of the clusters of ${stack}: ${names || "it has none"}`);
    return undefined;
  }
  return backedUp(problems, `${path}.cluster`, key, stack, found as SourceCluster);
}

function backedUp(
  problems: Problems,
  path: string,
  key: string,
  stack: string,
  found: SourceCluster,
): SourceCluster | undefined {
  const told = (["destinationPath", "serverName", "image"] as const).every(
    (field) => typeof found[field] === "string",
  );
  if (told && /^(gs|s3):\/\/[^/]+\/.+/.test(found.destinationPath) && found.serverName !== "") return found;
  problems.add(path, key, `a cluster of ${stack} that is backed up: this one has no archive to recover from`);
  return undefined;
}

/** The coordinates, and in place of what the clone leaves out, what its source has. */
function fill(
  rest: Omit<ClusterArgs, "recoverFrom">,
  own: RecoverFromArgs,
  source: SourceCluster,
  archivesToS3: boolean,
): ClusterArgs {
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
      ...placeOf(source, own, archivesToS3),
      ...(database !== undefined && { database }),
    },
  };
}

/** Where a source's archive lies, in which store, and which files it has. */
function placeOf(
  source: SourceCluster,
  own: Pick<RecoverFromArgs, "s3" | "gcs">,
  archivesToS3: boolean,
): ReplicaSourceArgs {
  const [, scheme, bucket = "", objectPrefix = ""] =
    /^(gs|s3):\/\/([^/]+)\/(.+)$/.exec(source.destinationPath) ?? [];
  const major = majorOf(source.image);
  return {
    ...(scheme === "s3"
      ? { s3: { ...own.s3, ...serverOf(source) } }
      : archivesToS3 && { gcs: own.gcs ?? {} }),
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

/** Of an image, or of `<catalog>/<major>`. */
function majorOf(image: string): number | undefined {
  const parsed = units.image(image);
  if (parsed.ok) return parsed.value.major;
  const major = /^[^/:]+\/(\d+)$/.exec(image)?.[1];
  return major === undefined ? undefined : Number(major);
}
