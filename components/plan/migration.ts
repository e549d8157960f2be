import type { ClusterSpec, PublicationSpec, SubscriptionSpec } from "../crds/types";
import type { DatabasesPlan, OwnerPlan } from "./database";

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

/** What a cluster follows, decided. */
export interface ReplicaPlan {
  /** Whether it follows now, and so only reads. */
  readonly follows: boolean;
  /**
   * Whether what is in Postgres is left to the source altogether. A cluster of a distributed topology keeps what it
   * declares: it may be the primary again tomorrow, and until then the operator holds it back by itself.
   */
  readonly readOnly: boolean;
  readonly spec: NonNullable<ClusterSpec["replica"]>;
  /** How this cluster is called among the external clusters of its topology; absent for one alone. */
  readonly self: ExternalCluster | undefined;
  /** Whether it follows now, and streams from a server: alone, or beside an archive. */
  readonly streams: boolean;
  /** The server to stream from beside the archive that it follows. */
  readonly streamsFrom: string | undefined;
  /** Whether the archive that it follows stands under `replica.source`, and not under `recoverFrom`. */
  readonly archive: boolean;
}

/** What of a cluster's databases is declared. */
export interface DeclaredDatabases {
  readonly databases: DatabasesPlan["databases"];
  readonly managedRoles: DatabasesPlan["managedRoles"];
  readonly owners: readonly OwnerPlan[];
}

/** An entry of `spec.externalClusters`. */
export type ExternalCluster = NonNullable<ClusterSpec["externalClusters"]>[number];

/** The servers elsewhere, by name. */
export type Servers = ReadonlyMap<string, ExternalCluster>;

/** A Publication or a Subscription. */
export interface LogicalPlan<Spec> {
  /** Key in the settings, which is the name in Postgres. */
  readonly name: string;
  /** The database that it is in. */
  readonly database: string;
  /** Name of the Kubernetes object. */
  readonly objectName: string;
  readonly spec: Spec;
}
