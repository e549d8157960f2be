import type { PublicationArgs, ReplicaArgs, ServerArgs, SubscriptionArgs } from "../args/migration";
import type { Check } from "../check";
import type { ClusterSpec } from "../crds/types";
import type { BackupPlan } from "../plan/backup";
import type { DatabasesPlan } from "../plan/database";
import type { ExternalCluster, MigrationPlan, ReplicaPlan, Servers } from "../plan/migration";
import type { RecoveryPlan } from "../plan/recovery";
import { sourceName } from "../recovery/decide";
import { type BeginningArgs, decideBaseBackup, decideImport } from "./begin";
import { decidePublications, decideSubscriptions } from "./logical";
import { decideReplica, declaredOf } from "./replica";
import { decideServers } from "./servers";

/** The settings of a cluster that lead elsewhere. */
export interface MigrationArgs extends BeginningArgs {
  readonly servers?: Readonly<Record<string, ServerArgs>>;
  readonly replica?: ReplicaArgs;
  readonly publications?: Readonly<Record<string, PublicationArgs>>;
  readonly subscriptions?: Readonly<Record<string, SubscriptionArgs>>;
}

/** What {@link decideMigration} starts from. */
export interface MigrationBasis {
  readonly args: MigrationArgs;
  readonly cluster: string;
  /** Host names of the cluster itself. */
  readonly hosts: readonly string[];
  readonly major: number | undefined;
  readonly databases: DatabasesPlan;
  readonly backup: BackupPlan | undefined;
  /** The archive that it begins from, or follows. */
  readonly recovery: RecoveryPlan | undefined;
}

/** Decides how a cluster begins and what it exchanges with others, and renders it. */
export function decideMigration(check: Check, basis: MigrationBasis): MigrationPlan {
  const { args, cluster, databases, major } = basis;
  const servers = decideServers(check.at("servers"), args.servers, basis.hosts);
  const replica =
    args.replica === undefined
      ? undefined
      : decideReplica(check, {
          ...args,
          args: args.replica,
          cluster,
          servers,
          backup: basis.backup,
        });
  const logical = { cluster, databases: databases.databases.map(({ database }) => database), major, servers };
  if (replica?.readOnly === true)
    for (const key of ["publications", "subscriptions"] as const)
      check.require(
        args[key] === undefined || Object.keys(args[key]).length === 0,
        key,
        Object.keys(args[key] ?? {}),
        "remove it until replica.enabled is false: nothing can be written in a replica cluster",
      );
  const externalClusters = externals(basis.recovery, servers, replica);
  return {
    clusterSpec: {
      bootstrap: bootstrap(check, basis, servers),
      ...(externalClusters.length > 0 && { externalClusters }),
      ...(replica !== undefined && { replica: replica.spec }),
    },
    replica,
    archivesLate: replica?.follows === true || args.importFrom !== undefined,
    declared: declaredOf(databases, replica?.readOnly ?? false),
    publications: decidePublications(check.at("publications"), args.publications, logical),
    subscriptions: decideSubscriptions(check.at("subscriptions"), args.subscriptions, logical),
  };
}

/** One method, never two: with both left over from a merge CNPG refuses the Cluster. */
function bootstrap(
  check: Check,
  { args, major, databases, recovery }: MigrationBasis,
  servers: Servers,
): NonNullable<ClusterSpec["bootstrap"]> {
  const declared = new Map(databases.databases.map(({ database, spec }) => [database, spec.owner]));
  const basis = { servers, major, databases, declared };
  const { recoverFrom, importFrom, baseBackupFrom } = args;
  if (recoverFrom !== undefined) return recovery?.clusterSpec.bootstrap ?? {};
  if (baseBackupFrom !== undefined)
    return decideBaseBackup(check.at("baseBackupFrom"), baseBackupFrom, basis);
  if (importFrom !== undefined) return decideImport(check.at("importFrom"), importFrom, basis);
  return { initdb: databases.initdb };
}

/** The archive that it began from or follows, the servers, and itself as its topology knows it. */
function externals(
  recovery: RecoveryPlan | undefined,
  servers: Servers,
  replica: ReplicaPlan | undefined,
): ExternalCluster[] {
  const streamed = replica?.streamsFrom === undefined ? undefined : servers.get(replica.streamsFrom);
  const archive = (recovery?.clusterSpec.externalClusters ?? []).map((each) =>
    // CNPG follows one external cluster: its archive and its server have to stand in the same.
    each.name === sourceName && streamed !== undefined ? { ...streamed, ...each } : each,
  );
  return [...archive, ...servers.values(), ...(replica?.self === undefined ? [] : [replica.self])];
}
