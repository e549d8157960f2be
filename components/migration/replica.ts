import { defaults } from "../args/defaults";
import type { ReplicaArgs } from "../args/migration";
import type { Check } from "../check";
import type { BackupPlan } from "../plan/backup";
import type { DatabasesPlan } from "../plan/database";
import { secretKeys } from "../plan/logins";
import type { DeclaredDatabases, ExternalCluster, ReplicaPlan, Servers } from "../plan/migration";
import { sourceName } from "../recovery/decide";
import { snapshotsAlone } from "../recovery/snapshots";
import { isInPlace } from "../recovery/source";
import { bad, clusterName, good, type Parsed } from "../units";
import { parseGoDuration } from "../units/goDuration";
import type { BeginningArgs } from "./begin";
import { requireServer } from "./servers";

/** What {@link decideReplica} starts from. */
export interface ReplicaBasis extends BeginningArgs {
  readonly args: ReplicaArgs;
  readonly cluster: string;
  readonly servers: Servers;
  readonly backup: BackupPlan | undefined;
}

/** Checks what a cluster follows and renders `spec.replica`. */
export function decideReplica(above: Check, basis: ReplicaBasis): ReplicaPlan {
  const { args, cluster, backup } = basis;
  const check = above.at("replica");
  const topology = args.primary !== undefined;
  const self = args.self ?? cluster;
  const follows = topology ? args.primary !== self : (args.enabled ?? defaults.ReplicaArgs.enabled);
  if (topology) checkTopology(check, basis, self);
  else
    for (const key of ["self", "source"] as const)
      check.require(
        args[key] === undefined,
        key,
        args[key],
        key === "self"
          ? "remove it without primary: both are of a distributed topology"
          : "remove it without primary: a cluster that stands alone follows what it began from, recoverFrom or baseBackupFrom",
      );
  checkBeginning(above, basis, topology);
  checkPromotion(check, args, follows, topology);
  const source = sourceOf(check, basis);
  return {
    follows,
    readOnly: follows && !topology,
    streams: follows && (source !== sourceName || args.server !== undefined),
    streamsFrom: source === sourceName ? args.server : undefined,
    archive: args.source !== undefined,
    spec: {
      ...(topology
        ? // Its source is what it calls any other primary: CNPG only asks whether that is itself.
          { self, primary: follows ? source : self }
        : { enabled: follows }),
      source,
      ...(args.promotionToken !== undefined && { promotionToken: args.promotionToken }),
      ...(args.minApplyDelay !== undefined && { minApplyDelay: args.minApplyDelay }),
    },
    self: topology && backup !== undefined ? ownArchive(self, backup) : undefined,
  };
}

/** The name of the external cluster that is followed. */
function sourceOf(check: Check, { args, servers, recoverFrom, baseBackupFrom }: ReplicaBasis): string {
  if (args.server !== undefined) requireServer(check, "server", args.server, servers);
  if (recoverFrom !== undefined || args.source !== undefined) return sourceName;
  return args.server ?? baseBackupFrom?.server ?? sourceName;
}

function checkBeginning(above: Check, basis: ReplicaBasis, topology: boolean): void {
  const { args, recoverFrom, baseBackupFrom } = basis;
  const check = above.at("replica");
  if (recoverFrom !== undefined) {
    for (const [key, why] of [
      ["target", "it follows its source to the end"],
      ["generation", "nobody writes to a former generation any more, so there is nothing to follow"],
    ] as const)
      above.require(
        recoverFrom[key] === undefined,
        `recoverFrom.${key}`,
        recoverFrom[key],
        `remove it with replica: ${why}`,
      );
    above.require(
      recoverFrom.generation !== undefined || !isInPlace(recoverFrom),
      "recoverFrom.serverName",
      recoverFrom.serverName,
      "with the bucket or the cluster that it is of: alone it is a former generation of this cluster, to which nobody writes any more",
    );
    above.require(
      !snapshotsAlone(recoverFrom),
      "recoverFrom.volumeSnapshots",
      recoverFrom.volumeSnapshots,
      "with bucket and serverName of an archive beside it: a replica goes on where its snapshots end",
    );
    if (args.source !== undefined)
      check.fail(
        "source",
        args.source,
        "remove it with recoverFrom: it follows the archive that it began from",
      );
    return;
  }
  const { bucket, serverName } = args.source ?? {};
  if (serverName !== undefined && bucket === undefined)
    check.fail("source.bucket", undefined, "the bucket with the other cluster's archive");
  if (baseBackupFrom !== undefined) return;
  if (!topology)
    above.fail(
      "replica",
      args,
      "only with recoverFrom or baseBackupFrom: a replica begins as a copy of what it follows",
    );
  else if (args.source === undefined && args.server === undefined)
    check.fail(
      "source",
      undefined,
      "what it follows once another is the primary: the archive of the other cluster; or server, one to stream from",
    );
}

function checkTopology(check: Check, { args, servers, backup }: ReplicaBasis, self: string): void {
  check.require(
    args.enabled === undefined,
    "enabled",
    args.enabled,
    "remove it with primary, which says by itself who follows whom",
  );
  for (const [key, name] of [
    ["self", self],
    ["primary", args.primary ?? self],
  ] as const) {
    check.parse(key, name, clusterName);
    check.require(
      name !== sourceName && !servers.has(name),
      key,
      name,
      `another name than ${[sourceName, ...servers.keys()].join(", ")}: those are other external clusters`,
    );
  }
  check.require(
    backup !== undefined,
    "primary",
    args.primary,
    "remove it with backup.enabled: false: the others of a distributed topology follow this cluster's archive",
  );
}

function checkPromotion(check: Check, args: ReplicaArgs, follows: boolean, topology: boolean): void {
  check.parse("promotionToken", args.promotionToken, promotionToken);
  check.require(
    args.promotionToken === undefined || !follows,
    "promotionToken",
    args.promotionToken,
    `remove it until it is promoted: ${topology ? "primary has to be this cluster" : "enabled has to be false"} in the same change`,
  );
  check.parse("minApplyDelay", args.minApplyDelay, delay);
  check.require(
    args.minApplyDelay === undefined || args.promotionToken === undefined,
    "minApplyDelay",
    args.minApplyDelay,
    "remove it with promotionToken: a promotion applies all that there is, at once",
  );
  if (!topology)
    check.require(
      args.minApplyDelay === undefined || follows,
      "minApplyDelay",
      args.minApplyDelay,
      "remove it with enabled: false: it follows nobody any more",
    );
}

function delay(text: string): Parsed<bigint> {
  const nanoseconds = parseGoDuration(text);
  return nanoseconds !== undefined && nanoseconds > 0n && nanoseconds % 1_000_000n === 0n
    ? good(nanoseconds)
    : bad('a time that Go can read, in whole milliseconds, such as "8h" or "30m"');
}

/** What CNPG writes into `status.demotionToken`: part of `pg_controldata`, as JSON in base64. It is no secret. */
function promotionToken(text: string): Parsed<string> {
  const fields = [
    "latestCheckpointTimelineID",
    "redoWalFile",
    "databaseSystemIdentifier",
    "latestCheckpointREDOLocation",
    "timeOfLatestCheckpoint",
    "operatorVersion",
  ];
  const allowed =
    "status.demotionToken of the former primary, whole and unchanged: kubectl get cluster <name> -o jsonpath='{.status.demotionToken}'";
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return bad(allowed);
  try {
    const token: unknown = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    const values = (typeof token === "object" && token !== null ? token : {}) as Record<string, unknown>;
    return fields.every((field) => typeof values[field] === "string" && values[field] !== "")
      ? good(text)
      : bad(allowed);
  } catch {
    return bad(allowed);
  }
}

/** This cluster as the others see it. */
function ownArchive(self: string, { clusterSpec }: BackupPlan): ExternalCluster {
  const [plugin] = clusterSpec.plugins ?? [];
  if (plugin !== undefined)
    return { name: self, plugin: { name: plugin.name, parameters: { ...plugin.parameters } } };
  return { name: self, barmanObjectStore: clusterSpec.backup?.barmanObjectStore as never };
}

/**
 * In a replica cluster that stands alone nothing of Postgres can be changed: databases and roles are those of the source, with
 * its passwords. A Secret that was generated for it would open nothing. All of that is declared when it is promoted; the
 * Secrets first, so that the operator finds them.
 */
export function declaredOf(databases: DatabasesPlan, readOnly: boolean): DeclaredDatabases {
  return readOnly
    ? {
        databases: [],
        managedRoles: [],
        owners: databases.owners.filter((owner) => secretKeys(owner).length === 0),
      }
    : databases;
}
