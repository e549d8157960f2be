import type { Profile } from "../args/profiles";
import type { RecoverFromArgs } from "../args/recovery";
import type { S3StoreArgs } from "../args/s3";
import { gcsAccess, s3Access, s3Place } from "../backup/access";
import { archiveServerName } from "../backup/decide";
import { checkS3, checkStoreSecret, completed, outline } from "../backup/s3";
import type { Check } from "../check";
import type { S3Context, StoreAccess } from "../plan/backup";
import { bucketName, clusterName, objectPrefix, s3BucketName, serverName } from "../units";
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
  readonly s3: S3Context;
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
  for (const key of ["s3", "gcs"] as const)
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
  const { args, cluster, s3 } = basis;
  for (const [key, what] of [
    [
      "bucket",
      "the bucket with the source's archive; or generation, for a former generation of this cluster",
    ],
    ["serverName", "Barman's name for the source's archive, such as \"orders-db-g1\""],
  ] as const) {
    if (args[key] === undefined) check.fail(key, undefined, what);
  }
  const bucket = decideBucket(check, args);
  const server = check.parse("serverName", args.serverName, serverName);
  const name = check.parse("cluster", args.cluster ?? cluster, clusterName);
  const prefix = check.parse("objectPrefix", args.objectPrefix ?? `cnpg/${name ?? cluster}`, objectPrefix);
  const store = args.s3 === undefined ? inGcs(check, args, s3.store) : inS3(check, basis, args.s3, bucket);
  if (bucket === undefined || server === undefined || prefix === undefined || store === undefined)
    return undefined;
  return { source: new ObjectStoreLocation(bucket, prefix, server, store.place), access: store.access };
}

function decideBucket(check: Check, { bucket, s3 }: RecoverFromArgs): string | undefined {
  if (s3 !== undefined) return check.parse("bucket", bucket, s3BucketName);
  if (!/^s3:\/\//i.test(bucket ?? "")) return check.parse("bucket", bucket, bucketName);
  check.fail(
    "bucket",
    bucket,
    "the bare name of a bucket; recoverFrom.s3 says that it is one of an S3-compatible store",
  );
  return undefined;
}

interface Store {
  /** Undefined for Cloud Storage. */
  readonly place: ReturnType<typeof s3Place> | undefined;
  readonly access: StoreAccess;
}

/** In a stack that archives to S3, a place that does not say which kind it is could be either. */
function inGcs(check: Check, { gcs }: RecoverFromArgs, ownS3: S3StoreArgs | undefined): Store | undefined {
  if (ownS3 === undefined) {
    check.require(
      gcs === undefined,
      "gcs",
      gcs,
      "remove it where the cluster archives to Google Cloud Storage itself: it reads its source there with its own identity",
    );
  } else if (gcs === undefined) {
    check.fail(
      "s3",
      undefined,
      "which store has the bucket, and keys that can only read there: s3: { credentials: { secret: … } } for the store of backups.s3, with endpoint or region for another; or gcs: {} for Google Cloud Storage",
    );
    return undefined;
  }
  if (gcs?.credentials !== undefined) checkStoreSecret(check.at("gcs.credentials"), gcs.credentials);
  return { place: undefined, access: gcsAccess(gcs) };
}

function inS3(
  check: Check,
  {
    cluster,
    profile,
    s3: { store: ownS3, sourceKeys: keys, sourceKeysAre: keysAre },
    args: { gcs },
  }: SourceBasis,
  given: S3StoreArgs,
  bucket: string | undefined,
): Store {
  const at = check.at("s3");
  check.require(gcs === undefined, "gcs", gcs, "remove it with s3: one of both has the source");
  const s3 = completed(given, ownS3);
  const own = ownS3 && s3Place(ownS3);
  checkS3(at, s3, { profile, keys, keysAre, bucket, own });
  at.require(
    s3.roleArn === undefined || ownS3?.roleArn === undefined || s3.roleArn === ownS3.roleArn,
    "roleArn",
    s3.roleArn,
    `that of backups.s3 (${ownS3?.roleArn}): a pod has one service account, and so one role`,
  );
  return { place: s3Place(s3), access: s3Access(s3, cluster, "source", keys, own) };
}
