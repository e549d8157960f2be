import { BackupMethod, type BackupSettings } from "../args/backup";
import { defaults } from "../args/defaults";
import type { RecoverFromArgs } from "../args/recovery";
import { argumentsAs, environment } from "../backup/barmanArgs";
import { type Archived, restoreResources } from "../backup/sidecar";
import type { Check } from "../check";
import type { ClusterSpec, ObjectStoreSpec } from "../crds/types";
import { barmanPluginName } from "../plan/backup";
import type { RecoveryPlan } from "../plan/recovery";
import type { StoreAccess } from "../plan/store";
import { kindOf, kinds } from "../store";
import type { ObjectStoreLocation } from "../units/location";
import { renderSnapshots, snapshotsAlone } from "./snapshots";
import { decideSource, isInPlace, type SourceBasis } from "./source";
import { decideTarget } from "./target";

/** What {@link decideRecovery} starts from. */
export interface RecoveryBasis extends SourceBasis {
  /** Major of the cluster's own image; undefined if that is not known. */
  readonly major: number | undefined;
  readonly method: BackupMethod;
  /** Whether the cluster has a volume for WAL. */
  readonly walVolume: boolean;
  readonly settings: BackupSettings;
  readonly archived: Archived;
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
      access: undefined,
      inPlace: false,
      grant: false,
      env: {},
      clusterSpec: begin(first, { volumeSnapshots: snapshots }),
      objectStore: undefined,
    };
  }
  const found = decideSource(check, basis);
  checkMajor(check, basis, inPlace);
  const target = decideTarget(check.at("target"), args.target, snapshots !== undefined);
  const grant = decideGrant(check, basis, inPlace);
  if (found === undefined || own === undefined) return undefined;
  const { source, access } = found;
  if (!inPlace && !checkApart(check, args, source, own)) return undefined;
  const method = check.oneOf("method", args.method, BackupMethod) ?? basis.method;
  const storeName = `${cluster}-source`;
  const plugin = method === BackupMethod.Plugin;
  return {
    source,
    access,
    inPlace,
    grant,
    env: plugin ? {} : access.env,
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
              barmanObjectStore: {
                ...configuration(source, access, basis.settings),
                serverName: source.serverName,
              },
            },
      ],
    },
    objectStore: plugin ? { name: storeName, spec: storeSpec(source, access, basis) } : undefined,
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

/** Whether access to the source is granted here: only Google's can be, by who has Google's identities here. */
function decideGrant(check: Check, { args, stores: { archive } }: RecoveryBasis, inPlace: boolean): boolean {
  const why = inPlace
    ? "remove it in place: the cluster's own access reaches its former generation"
    : kinds[kindOf(args)].noGrant;
  const { noIdentity } = kinds[archive.kind];
  if (why !== undefined) check.require(args.grant === undefined, "grant", args.grant, why);
  else if (noIdentity !== undefined) check.require(args.grant !== true, "grant", args.grant, noIdentity);
  return why === undefined && archive.granted && (args.grant ?? defaults.ArchiveSourceArgs.grant);
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
      : `a folder apart from the clone's own (${own.destinationPath}), which it may write to and delete from; give the clone a bucket or a backup.prefix of its own, or recover a former generation of this cluster in place, with generation`,
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

function storeSpec(source: ObjectStoreLocation, access: StoreAccess, basis: RecoveryBasis): ObjectStoreSpec {
  const { settings } = basis;
  const env = environment(access.env, settings.env);
  return {
    configuration: {
      ...configuration(source, access, settings),
      ...data(settings),
    },
    instanceSidecarConfiguration: {
      ...(env.length > 0 && { env }),
      // What is restored goes straight to the volume: nothing is staged.
      resources: restoreResources({ settings, ...basis.archived, staged: undefined }),
    },
  };
}

/** Nothing about compression: what is read says by itself how it was written. */
function configuration(
  source: ObjectStoreLocation,
  access: StoreAccess,
  settings: BackupSettings,
): ObjectStoreSpec["configuration"] {
  return {
    destinationPath: source.destinationPath,
    ...access.configuration,
    wal: {
      maxParallel: settings.walParallel ?? defaults.BackupSettings.walParallel,
      ...argumentsAs("restoreAdditionalCommandArgs", settings.walRestoreArgs),
    },
  };
}

/** Arguments of the restore, which only the plugin takes. */
function data({ dataRestoreArgs }: BackupSettings): Pick<ObjectStoreSpec["configuration"], "data"> {
  const data = argumentsAs("restoreAdditionalCommandArgs", dataRestoreArgs);
  return Object.keys(data).length === 0 ? {} : { data };
}
