import { defaults } from "../args/defaults";
import type { Profile } from "../args/profiles";
import type { RecoverFromArgs } from "../args/recovery";
import { archiveServerName } from "../backup/decide";
import type { Check } from "../check";
import type { StoreContext } from "../plan/backup";
import type { Store, StoreAccess } from "../plan/store";
import { checkOneKind, kindOf, kinds, storeOf, writtenKind } from "../store";
import type { WrittenStore } from "../store/kind";
import { outline } from "../store/secret";
import { clusterName, objectPrefix, serverName } from "../units";
import { ObjectStoreLocation } from "../units/location";

/** What says where a cluster is recovered from. */
export interface SourceBasis {
  readonly args: RecoverFromArgs;
  readonly cluster: string;
  readonly generation: number;
  readonly profile: Profile;
  /** Where the cluster archives itself, and how it gets in; undefined if that could not be decided. */
  readonly own: ObjectStoreLocation | undefined;
  readonly ownAccess: StoreAccess | undefined;
  readonly stores: StoreContext;
}

/** Where a source lies, and how it is read. */
export interface SourcePlan {
  readonly source: ObjectStoreLocation;
  readonly access: StoreAccess;
}

/** Decides where a cluster is recovered from: a former generation of its own, or another place. */
export function decideSource(check: Check, basis: SourceBasis): SourcePlan | undefined {
  return isInPlace(basis.args) ? formerLife(check, basis) : elsewhere(check, basis);
}

/** Neither a bucket nor another cluster is named: the source is a former generation of this one. */
export function isInPlace({
  bucket,
  cluster,
  objectPrefix: prefix,
  serverName: server,
  generation,
}: RecoverFromArgs) {
  return (
    generation !== undefined ||
    (bucket === undefined && cluster === undefined && prefix === undefined && server !== undefined)
  );
}

function formerLife(check: Check, basis: SourceBasis): SourcePlan | undefined {
  const { args, cluster, generation, own, ownAccess } = basis;
  for (const key of Object.keys(kinds) as (keyof typeof kinds)[])
    check.require(
      args[key] === undefined,
      key,
      outline(args[key]),
      "remove it in place: a former generation of the cluster lies where the cluster archives",
    );
  for (const key of ["bucket", "cluster", "objectPrefix", "serverName"] as const) {
    check.require(
      args.generation === undefined || args[key] === undefined,
      key,
      args[key],
      "remove it with generation, which names a former generation of this cluster",
    );
  }
  const former = check.integer("generation", args.generation, 1, 9999);
  if (former !== undefined)
    check.require(
      former < generation,
      "generation",
      former,
      `less than the cluster's own generation (${generation}): a former generation of it; raise generation to ${former + 1} to begin a new one from it`,
    );
  const server =
    args.generation === undefined
      ? check.parse("serverName", args.serverName, serverName)
      : archiveServerName(cluster, args.generation);
  if (own === undefined || ownAccess === undefined || server === undefined) return undefined;
  if (args.generation === undefined)
    check.require(
      server !== own.serverName,
      "serverName",
      server,
      `the name of a former archive, which this one's own is not (${own.destinationPath}/${own.serverName}): raise generation`,
    );
  // The Secret of its own access is there already.
  return { source: own.ofServer(server), access: { ...ownAccess, secret: undefined } };
}

function elsewhere(check: Check, basis: SourceBasis): SourcePlan | undefined {
  const { args, cluster, stores } = basis;
  for (const [key, what] of [
    [
      "bucket",
      "the bucket with the source's archive; or generation, for a former generation of this cluster",
    ],
    ["serverName", "Barman's name for the source's archive, such as \"orders-db-g1\""],
  ] as const) {
    if (args[key] === undefined) check.fail(key, undefined, what);
  }
  // Unlike with dumps, of which kind it is does not follow from the other store.
  const known = kindOf(args) === stores.archive.kind ? stores.archive : undefined;
  const store = storeOf(args, stores.sourceKeys, known);
  const bucket = decideBucket(check, args, store);
  const server = check.parse("serverName", args.serverName, serverName);
  const name = check.parse("cluster", args.cluster ?? cluster, clusterName);
  const byDefault = `${defaults.PostgresClusterArgs.prefix}/${name ?? cluster}`;
  const prefix = check.parse("objectPrefix", args.objectPrefix ?? byDefault, objectPrefix);
  const said = checkStore(check, basis, store, bucket);
  if (bucket === undefined || server === undefined || prefix === undefined || !said) return undefined;
  return {
    source: new ObjectStoreLocation(bucket, prefix, server, store.place),
    access: store.access(cluster, "source", stores.archive),
  };
}

function decideBucket(check: Check, { bucket }: RecoverFromArgs, store: Store): string | undefined {
  if (store.kind !== "gcs" || !/^s3:\/\//i.test(bucket ?? ""))
    return check.parse("bucket", bucket, store.bucketName);
  check.fail(
    "bucket",
    bucket,
    "the bare name of a bucket; recoverFrom.s3 says that it is one of an S3-compatible store",
  );
  return undefined;
}

/** Checks the store, and that it is said where it could be one of two kinds; returns whether it is. */
function checkStore(
  check: Check,
  { args, profile, stores: { archive } }: SourceBasis,
  store: WrittenStore,
  bucket: string | undefined,
): boolean {
  const { unsaidSource } = kinds[archive.kind];
  if (unsaidSource !== undefined && writtenKind(args) === undefined) {
    check.fail(archive.kind, undefined, unsaidSource);
    return false;
  }
  checkOneKind(check, args, "source");
  store.checkSource(check, { profile, bucket, archive });
  return true;
}
