import type { BackupPlan } from "../backup/decide";
import type { Check } from "../check";
import type { ClusterSpec, PublicationSpec, SubscriptionSpec } from "../crds/types";
import type { DatabasesPlan } from "../database/decide";
import { type RecoveryPlan, sourceName } from "../recovery/decide";
import type { PublicationArgs, ReplicaArgs, ServerArgs, SubscriptionArgs } from "./args";
import { type BeginningArgs, decideBaseBackup, decideImport } from "./begin";
import { decidePublications, decideSubscriptions, type LogicalPlan } from "./logical";
import { type DeclaredDatabases, decideReplica, declaredOf, type ReplicaPlan } from "./replica";
import { decideServers, type ExternalCluster, type Servers } from "./servers";

/** The settings of a cluster that lead elsewhere. */
export interface MigrationArgs extends BeginningArgs {
  readonly servers?: Readonly<Record<string, ServerArgs>>;
  readonly replica?: ReplicaArgs;
  readonly publications?: Readonly<Record<string, PublicationArgs>>;
  readonly subscriptions?: Readonly<Record<string, SubscriptionArgs>>;
}

/** How a cluster begins, and what it exchanges with others. */
export interface MigrationPlan {
  readonly clusterSpec: Pick<ClusterSpec, "bootstrap" | "externalClusters" | "replica">;
  readonly replica: ReplicaPlan | undefined;
  /**
   * Whether nothing may be archived for long, so that nobody can wait for it. A replica archives what its source sends. After
   * an import, which runs without archiving, no WAL file is complete until there is a base backup, or a checkpoint: Postgres
   * looks at `archive_timeout` after that only (up to 15 minutes, seen in the lab).
   */
  readonly archivesLate: boolean;
  /** What of its databases is declared now: nothing in a replica, which has its source's. */
  readonly declared: DeclaredDatabases;
  readonly publications: readonly LogicalPlan<PublicationSpec>[];
  readonly subscriptions: readonly LogicalPlan<SubscriptionSpec>[];
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
        "left out until replica.enabled is false: nothing can be written in a replica cluster",
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
