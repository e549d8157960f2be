import { BackupMethod, type BackupSettings } from "../backup/args";
import { archiveServerName, barmanPluginName } from "../backup/decide";
import { ObjectStoreLocation } from "../backup/location";
import { sidecarResources } from "../backup/settings";
import type { Check } from "../check";
import type { ClusterSpec, ObjectStoreSpec } from "../crds/types";
import { bucketName, clusterName, objectPrefix, serverName } from "../units";
import type { RecoverFromArgs } from "./args";
import { isInPlace, renderSnapshots, snapshotsAlone } from "./snapshots";
import { decideTarget } from "./target";

/** How a cluster begins from an archive. */
export interface RecoveryPlan {
  /** Absent if it begins with volume snapshots alone. */
  readonly source: ObjectStoreLocation | undefined;
  /** Whether the source is a former life of the same cluster. */
  readonly inPlace: boolean;
  /** Whether the clone's identity is to be granted read access to the source. */
  readonly grant: boolean;
  readonly clusterSpec: Pick<ClusterSpec, "bootstrap" | "externalClusters">;
  /** Where the source is read from; absent with the in-tree method. */
  readonly objectStore: { readonly name: string; readonly spec: ObjectStoreSpec } | undefined;
}

/** What {@link decideRecovery} starts from. */
export interface RecoveryBasis {
  readonly args: RecoverFromArgs;
  readonly cluster: string;
  readonly generation: number;
  /** Major of the cluster's own image; undefined if that is not known. */
  readonly major: number | undefined;
  readonly method: BackupMethod;
  /** Where the cluster archives itself; undefined if that could not be decided. */
  readonly own: ObjectStoreLocation | undefined;
  /** Whether the cluster has a volume for WAL. */
  readonly walVolume: boolean;
  readonly settings: BackupSettings;
  /** The database that the application uses, its owner, and the Secret with the owner's password. */
  readonly first: { readonly database: string; readonly owner: string; readonly secret: string };
}

/** How the source is called in `externalClusters`; a name of its own, so that nothing takes it for a server name. */
export const sourceName = "source";

/**
 * Decides where a cluster is recovered from and renders it.
 *
 * `serverName` is said on both sides: without it the in-tree method looks for the external cluster's name and the
 * plugin for the new cluster's. `database`, `owner` and `secret` are said too: without them CNPG makes a database and
 * a role `app` beside those that were recovered. The source has an ObjectStore of its own, without a retention: what
 * is in it is another's.
 */
export function decideRecovery(check: Check, basis: RecoveryBasis): RecoveryPlan | undefined {
  const { args, cluster, own, first } = basis;
  const inPlace = isInPlace(args);
  const snapshots = renderSnapshots(check, args, basis.walVolume);
  if (snapshots !== undefined && snapshotsAlone(args)) {
    checkMajor(check, basis, false);
    return {
      source: undefined,
      inPlace: false,
      grant: false,
      clusterSpec: begin(first, { volumeSnapshots: snapshots }),
      objectStore: undefined,
    };
  }
  const source = inPlace ? formerLife(check, basis) : elsewhere(check, basis);
  checkMajor(check, basis, inPlace);
  const target = decideTarget(check.at("target"), args.target, snapshots !== undefined);
  if (inPlace)
    check.require(
      args.grant === undefined,
      "grant",
      args.grant,
      "left out in place: the cluster's own access reaches its former life",
    );
  if (source === undefined || own === undefined) return undefined;
  if (!inPlace && !checkApart(check, args, source, own)) return undefined;
  const method = check.oneOf("method", args.method, BackupMethod) ?? basis.method;
  const storeName = `${cluster}-source`;
  const plugin = method === BackupMethod.Plugin;
  return {
    source,
    inPlace,
    grant: !inPlace && (args.grant ?? true),
    clusterSpec: {
      ...begin(first, {
        source: sourceName,
        ...(snapshots !== undefined && { volumeSnapshots: snapshots }),
        ...(target !== undefined && Object.keys(target).length > 0 && { recoveryTarget: target }),
      }),
      externalClusters: [
        plugin
          ? {
              name: sourceName,
              plugin: {
                name: barmanPluginName,
                parameters: { barmanObjectName: storeName, serverName: source.serverName },
              },
            }
          : {
              name: sourceName,
              barmanObjectStore: { ...configuration(source, basis.settings), serverName: source.serverName },
            },
      ],
    },
    objectStore: plugin ? { name: storeName, spec: storeSpec(source, basis.settings) } : undefined,
  };
}

type Recovery = NonNullable<NonNullable<ClusterSpec["bootstrap"]>["recovery"]>;

function begin(
  { database, owner, secret }: RecoveryBasis["first"],
  { source, ...from }: Recovery,
): Pick<ClusterSpec, "bootstrap"> {
  const named = source === undefined ? {} : { source };
  return { bootstrap: { recovery: { ...named, database, owner, secret: { name: secret }, ...from } } };
}

function formerLife(check: Check, { args, cluster, generation, own }: RecoveryBasis) {
  for (const key of ["bucket", "cluster", "objectPrefix", "serverName"] as const) {
    check.require(
      args.generation === undefined || args[key] === undefined,
      key,
      args[key],
      "left out with generation, which names a former life of this cluster",
    );
  }
  const former = check.integer("generation", args.generation, 1, 9999);
  if (former !== undefined)
    check.require(
      former < generation,
      "generation",
      former,
      `less than the cluster's own generation (${generation}): a former life of it; raise generation to ${former + 1} to begin a new one from it`,
    );
  const server =
    args.generation === undefined
      ? check.parse("serverName", args.serverName, serverName)
      : archiveServerName(cluster, args.generation);
  if (own === undefined || server === undefined) return undefined;
  if (args.generation === undefined)
    check.require(
      server !== own.serverName,
      "serverName",
      server,
      `the name of a former archive, which this one's own is not (${own.destinationPath}/${own.serverName}): raise generation`,
    );
  return new ObjectStoreLocation(own.bucket, own.prefix, server);
}

function elsewhere(check: Check, { args, cluster }: RecoveryBasis): ObjectStoreLocation | undefined {
  for (const [key, what] of [
    ["bucket", "the bucket with the source's archive; or generation, for a former life of this cluster"],
    ["serverName", "Barman's name for the source's archive, such as \"orders-db-g1\""],
  ] as const) {
    if (args[key] === undefined) check.fail(key, undefined, what);
  }
  const bucket = check.parse("bucket", args.bucket, bucketName);
  const server = check.parse("serverName", args.serverName, serverName);
  const name = check.parse("cluster", args.cluster ?? cluster, clusterName);
  const prefix = check.parse("objectPrefix", args.objectPrefix ?? `cnpg/${name ?? cluster}`, objectPrefix);
  if (bucket === undefined || server === undefined || prefix === undefined) return undefined;
  return new ObjectStoreLocation(bucket, prefix, server);
}

/** A clone never writes where its source does, nor may it: its own grant reaches everything below its prefix. */
function checkApart(
  check: Check,
  args: RecoverFromArgs,
  source: ObjectStoreLocation,
  own: ObjectStoreLocation,
): boolean {
  if (!source.overlaps(own)) return true;
  const key = args.objectPrefix === undefined ? "bucket" : "objectPrefix";
  check.fail(
    key,
    args[key],
    source.collidesWith(own)
      ? `another place than the clone's own archive (${own.destinationPath}/${own.serverName}): it would write over its source; give the clone a bucket or a backup.prefix of its own`
      : `a folder apart from the clone's own (${own.destinationPath}), which it may write to and delete from; give the clone a bucket or a backup.prefix of its own, or recover a former life of this cluster in place, with generation`,
  );
  return false;
}

function checkMajor(check: Check, { args, major }: RecoveryBasis, inPlace: boolean): void {
  const source = check.integer("postgresMajor", args.postgresMajor, 14, 18);
  if (args.postgresMajor === undefined && !inPlace)
    check.fail("postgresMajor", undefined, "the Postgres major of the source, such as 17");
  if (source === undefined || major === undefined) return;
  check.require(
    source === major,
    "postgresMajor",
    source,
    `${major}, as the cluster's own image has it: Postgres can't read the files of another major; recover with an image of the source's, then upgrade`,
  );
}

function storeSpec(source: ObjectStoreLocation, settings: BackupSettings): ObjectStoreSpec {
  const env = Object.entries(settings.env ?? {}).map(([name, value]) => ({ name, value }));
  return {
    configuration: configuration(source, settings),
    instanceSidecarConfiguration: {
      ...(env.length > 0 && { env }),
      resources: sidecarResources(settings.sidecar),
    },
  };
}

/** Nothing about compression: what is read says by itself how it was written. */
function configuration(
  source: ObjectStoreLocation,
  settings: BackupSettings,
): ObjectStoreSpec["configuration"] {
  return {
    destinationPath: source.destinationPath,
    googleCredentials: { gkeEnvironment: true },
    wal: { maxParallel: settings.walParallel ?? 2 },
  };
}
