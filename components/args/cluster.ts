import type { BackupSettings } from "./backup";
import type { DatabaseArgs, InitdbArgs } from "./database";
import type { ExportArgs, ImportDumpArgs } from "./export";
import type { ManualBackupArgs } from "./manual";
import type {
  BaseBackupFromArgs,
  ImportFromArgs,
  PublicationArgs,
  ReplicaArgs,
  ServerArgs,
  SubscriptionArgs,
} from "./migration";
import type { ClusterMonitoring } from "./monitoring";
import type { ClusterNetwork } from "./network";
import type { PlacementArgs } from "./placement";
import type { PoolerArgs } from "./pooler";
import type { MaskingArgs, RecoverFromArgs } from "./recovery";
import type { RoleArgs, RolesAs } from "./roles";
import type { CertificatesArgs } from "./tls";

/** Volume of an instance. */
export interface StorageArgs {
  /** Size of the volume, such as `100Gi`; it can grow later, never shrink. @default `10Gi` in dev, `100Gi` in prod */
  size?: string;
  /** StorageClass of the Kubernetes cluster. It can't change on a live cluster. @default `standard` in dev, `premium-rwo` in prod */
  storageClass?: string;
  /** Whether CNPG grows the volume in use when `size` grows. @default `true` */
  resizeInUseVolumes?: boolean;
}

/** A volume for WAL alone. */
export interface WalStorageArgs {
  /**
   * Whether WAL has a volume of its own; once it has, CNPG can't take it away.
   * @default `false` in dev, `true` in prod
   */
  enabled?: boolean;
  /** Size of the volume. @default a fifth of the data volume, at least 2Gi, and several `max_wal_size` */
  size?: string;
  /** StorageClass of the volume. @default the data volume's */
  storageClass?: string;
}

/** CPU and memory of an instance. Postgres' memory parameters are derived from `memory`. */
export interface ResourcesArgs {
  /** CPU request, such as `"2"` or `500m`. @default `500m` in dev, `2` in prod */
  cpu?: string;
  /** Memory request, such as `8Gi`, from which Postgres' memory parameters are derived. @default `1Gi` in dev, `8Gi` in prod */
  memory?: string;
  /** CPU limit. @default the request, for the Guaranteed quality of service that CNPG recommends */
  cpuLimit?: string;
  /** Memory limit. @default the request */
  memoryLimit?: string;
}

/** An image catalog in place of an image: the catalog says which image a major version runs. */
export interface ImageCatalogArgs {
  /** Name of the catalog. */
  name: string;
  /** Kind of catalog: `ImageCatalog` (of the namespace) or `ClusterImageCatalog`. @default `ClusterImageCatalog` */
  kind?: ImageCatalogKind;
  /** Postgres major version, 14 to 18. @example 17 */
  major: number;
}

/** The two kinds of catalog that CNPG has. */
export const ImageCatalogKind = { Namespaced: "ImageCatalog", Cluster: "ClusterImageCatalog" } as const;
export type ImageCatalogKind = (typeof ImageCatalogKind)[keyof typeof ImageCatalogKind];

/** How a commit waits for replicas (`spec.postgresql.synchronous`). */
export interface SynchronousArgs {
  /** How the confirming replicas are chosen. @default `any` */
  method?: SynchronousMethod;
  /** How many replicas confirm a commit; fewer than there are instances. @example 1 */
  number: number;
  /**
   * What happens to commits when too few replicas are there: `required` stops writes, `preferred` goes on.
   * @default `required`
   */
  dataDurability?: DataDurability;
}

/** How the confirming replicas are chosen. */
export const SynchronousMethod = { Any: "any", First: "first" } as const;
export type SynchronousMethod = (typeof SynchronousMethod)[keyof typeof SynchronousMethod];

/** What happens to commits when too few replicas are there. */
export const DataDurability = { Required: "required", Preferred: "preferred" } as const;
export type DataDurability = (typeof DataDurability)[keyof typeof DataDurability];

/** Who decides when the primary restarts for an update. */
export const PrimaryUpdateStrategy = { Unsupervised: "unsupervised", Supervised: "supervised" } as const;
export type PrimaryUpdateStrategy = (typeof PrimaryUpdateStrategy)[keyof typeof PrimaryUpdateStrategy];

/** How the primary is updated. */
export const PrimaryUpdateMethod = { Restart: "restart", Switchover: "switchover" } as const;
export type PrimaryUpdateMethod = (typeof PrimaryUpdateMethod)[keyof typeof PrimaryUpdateMethod];

/** What `pulumi up` waits for before it calls the cluster done. */
export interface WaitArgs {
  /** Whether to wait until the cluster is Ready and its first WAL is in the bucket. @default `true` */
  enabled?: boolean;
  /** How long an update waits, up to `6h`. @default `15m` */
  timeout?: string;
}

/** A cluster's own backup settings, over those of the environment. @default what `backups` says */
export interface ClusterBackup extends BackupSettings {
  /** `false` leaves backups out altogether; only in dev. @default `true` */
  enabled?: boolean;
  /** Folder of this cluster in the bucket. @default `<backups.prefix>/<cluster>` */
  prefix?: string;
  /**
   * Barman's server name, for a cluster that had an archive before it came here. Not together with `generation`.
   * @default `<cluster>-g<generation>`
   */
  serverName?: string;
  /** Base backups on demand by name, beside those of the schedule; the Backup is `<cluster>-<name>`. @default none */
  manual?: { [name: string]: ManualBackupArgs };
}

/** A change of Postgres that the operator makes at once, in place, and that loses something unless it is announced. */
export interface UpgradeArgs {
  /**
   * Major version that the cluster ran before, 13 to 17: it may now be upgraded to that of its image, offline, and then
   * archives as `<cluster>-g<generation>-pg<major>`, with a base backup of its own, `<cluster>-pg<major>`. It stays in the
   * file for as long as this generation does.
   * @default an image of another major is refused
   */
  fromMajor?: number;
  /**
   * Debian release of the new image, such as `trixie`: you rebuild the indexes on text that it sorts in another order.
   * @default another release is refused where a locale depends on it
   */
  reindexFor?: string;
}

/** One Postgres cluster, as a stack file describes it. */
export interface ClusterArgs {
  /** Namespace of the Cluster, one of its own: with Workload Identity its pods may read every Secret of it. */
  namespace: string;
  /** Name of the Cluster, at most 50 characters. @default the key under `clusters` */
  name?: string;
  /** Whether the namespace is created with the cluster. @default `true` */
  createNamespace?: boolean;
  /** Operand image with a tag pinned to a minor version, such as `ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie`. */
  image?: string;
  /** A catalog instead of `image`. */
  imageCatalog?: ImageCatalogArgs;
  /** Announces another major version, or another Debian release, of the image. @default either is refused on a live cluster */
  upgrade?: UpgradeArgs;
  /** Instances, primary included. @default `1` in dev, `2` in prod */
  instances?: number;
  /** Data volume of every instance. */
  storage?: StorageArgs;
  /** Volume for WAL alone. */
  walStorage?: WalStorageArgs;
  /** CPU and memory of an instance. */
  resources?: ResourcesArgs;
  /** Postgres parameters over the derived ones. @format scalar */
  parameters?: { [name: string]: string };
  /**
   * Libraries that Postgres preloads, such as `pg_cron`, beside those of known extensions in `databases`. Another one restarts
   * Postgres; one that the image lacks keeps it from starting.
   * @default none
   */
  sharedPreloadLibraries?: string[];
  /** Which nodes instances run on. */
  placement?: PlacementArgs;
  /** PriorityClass of the pods, which has to be there: what a node evicts, and preempts, first. @default none */
  priorityClassName?: string;
  /** Synchronous replication. @default none */
  synchronous?: SynchronousArgs;
  /** Databases by name. @default `app`, owned by `app` */
  databases?: { [name: string]: DatabaseArgs };
  /** Roles beside the owners of databases, by name. @default none */
  roles?: { [name: string]: RoleArgs };
  /**
   * How CNPG is told of `roles`: `DatabaseRole` resources, or `managed.roles` of the Cluster.
   * @default `databaseRole`, and `managed` with an operator before 1.30
   */
  rolesAs?: RolesAs;
  /** How the first database comes into being; counts only when the Cluster is created. */
  initdb?: InitdbArgs;
  /** Begins as a copy of an archive instead of empty; counts only when the Cluster is created. */
  recoverFrom?: RecoverFromArgs;
  /** Postgres servers elsewhere, by names of your choice, for what follows. @default none */
  servers?: { [name: string]: ServerArgs };
  /** Begins with what `pg_dump` reads of one of `servers`; counts only when the Cluster is created. */
  importFrom?: ImportFromArgs;
  /** Begins as a physical copy of one of `servers`; counts only when the Cluster is created. */
  baseBackupFrom?: BaseBackupFromArgs;
  /** Follows what it began from, and only reads, until it is promoted. */
  replica?: ReplicaArgs;
  /** What of its databases is published for subscriptions elsewhere, by name of the publication. @default nothing */
  publications?: { [name: string]: PublicationArgs };
  /** What its databases take in of publications at `servers`, by name of the subscription. @default nothing */
  subscriptions?: { [name: string]: SubscriptionArgs };
  /** SQL by database that runs after a recovery and before the Secrets of its owners appear. @default none */
  masking?: { [database: string]: MaskingArgs };
  /**
   * After how long the Cluster deletes itself, counted from its creation: `72h`, `3d`. Only in dev, and only without
   * `protect`.
   * @default never
   */
  timeToLive?: string;
  /** Backup settings, over what `backups` says. */
  backup?: ClusterBackup;
  /** PgBouncers in front of it, by name; their objects are called `<cluster>-pooler-<name>`. @default none */
  poolers?: { [name: string]: PoolerArgs };
  /** Certificates of its own, and who gets its CA; see [tls.md](tls.md). @default CNPG makes all of them */
  certificates?: CertificatesArgs;
  /** Dumps of its databases by name, on a schedule or once. @default none */
  exports?: { [name: string]: ExportArgs };
  /** The tables of a database come from a dump; counts only when the Cluster is created. */
  importDump?: ImportDumpArgs;
  /** What watches it, over what `monitoring` says. */
  monitoring?: ClusterMonitoring;
  /** Who reaches it, and whom it reaches, beside what follows from other settings. */
  network?: ClusterNetwork;
  /**
   * Number of the cluster's generation. Raising it replaces the Cluster by a new one, empty or as `recoverFrom` says, that
   * archives as `<cluster>-g<generation>`, beside what the former generation left in the bucket.
   * @default `1`
   */
  generation?: number;
  /** Who decides when the primary restarts for an update. @default `unsupervised` */
  primaryUpdateStrategy?: PrimaryUpdateStrategy;
  /** How the primary is updated. @default `restart` */
  primaryUpdateMethod?: PrimaryUpdateMethod;
  /** Labels for all that CNPG creates for the cluster. @default none */
  labels?: { [key: string]: string };
  /** Whether Pulumi refuses to delete what holds data. @default `false` in dev, `true` in prod */
  protect?: boolean;
  /** Whether, and how long, an update waits until the cluster is Ready and archives. */
  wait?: WaitArgs;
}
