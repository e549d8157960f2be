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
import type { PlacementArgs } from "./placement";
import type { PoolerArgs } from "./pooler";
import type { MaskingArgs, RecoverFromArgs } from "./recovery";
import type { RoleArgs, RolesAs } from "./roles";
import type { CertificatesArgs } from "./tls";

/** Volume of an instance. */
export interface StorageArgs {
  /** Kubernetes quantity such as `100Gi`; it can grow later, never shrink. Default: the profile's. */
  size?: string;
  /** StorageClass of the Kubernetes cluster. It can't change on a live cluster. Default: the profile's. */
  storageClass?: string;
  /** Whether CNPG grows the volume in use when `size` grows. Default: `true`. */
  resizeInUseVolumes?: boolean;
}

/** A volume for WAL alone. */
export interface WalStorageArgs {
  /** Whether WAL has a volume of its own; once it has, CNPG can't take it away. Default: the profile's. */
  enabled?: boolean;
  /** Default: a fifth of the data volume, at least 2Gi, and several `max_wal_size`. */
  size?: string;
  /** Default: the data volume's. */
  storageClass?: string;
}

/** CPU and memory of an instance. Postgres' memory parameters are derived from `memory`. */
export interface ResourcesArgs {
  /** CPU request, such as `2` or `500m`. Default: the profile's. */
  cpu?: string;
  /** Memory request, such as `8Gi`. Default: the profile's. */
  memory?: string;
  /** CPU limit. Default: the request, for the Guaranteed quality of service that CNPG recommends. */
  cpuLimit?: string;
  /** Memory limit. Default: the request. */
  memoryLimit?: string;
}

/** An image catalog in place of an image: the catalog says which image a major version runs. */
export interface ImageCatalogArgs {
  /** Name of the catalog. */
  name: string;
  /** `ImageCatalog` (of the namespace) or `ClusterImageCatalog`. Default: `ClusterImageCatalog`. */
  kind?: ImageCatalogKind;
  /** Postgres major version, 14 to 18. */
  major: number;
}

/** The two kinds of catalog that CNPG has. */
export const ImageCatalogKind = { Namespaced: "ImageCatalog", Cluster: "ClusterImageCatalog" } as const;
export type ImageCatalogKind = (typeof ImageCatalogKind)[keyof typeof ImageCatalogKind];

/** How a commit waits for replicas (`spec.postgresql.synchronous`). */
export interface SynchronousArgs {
  /** Default: `any`. */
  method?: SynchronousMethod;
  /** How many replicas confirm; fewer than there are instances. */
  number: number;
  /** `required` stops writes when too few replicas are there, `preferred` goes on. Default: `required`. */
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
  /** Whether to wait until the cluster is Ready and its first WAL is in the bucket. Default: `true`. */
  enabled?: boolean;
  /** Default: `15m`; up to `6h`. */
  timeout?: string;
}

/** A cluster's own backup settings, over those of the environment. */
export interface ClusterBackup extends BackupSettings {
  /** `false` leaves backups out altogether; only in dev. Default: `true`. */
  enabled?: boolean;
  /** Folder of this cluster in the bucket. Default: `<environment's prefix>/<cluster name>`. */
  prefix?: string;
  /**
   * Barman's server name, for a cluster that had an archive before it came here. Not together with `generation`.
   * Default: `<cluster>-g<generation>`.
   */
  serverName?: string;
  /** Base backups on demand by name, beside those of the schedule; the Backup is `<cluster>-<name>`. Default: none. */
  manual?: { [name: string]: ManualBackupArgs };
}

/** A change of Postgres that the operator makes at once, in place, and that loses something unless it is announced. */
export interface UpgradeArgs {
  /**
   * Major version that the cluster ran before, 13 to 17: it may now be upgraded to that of its image, offline, and then archives
   * as `<cluster>-g<generation>-pg<major>`, with a base backup of its own, `<cluster>-pg<major>`. It stays in the file for as long as
   * this generation does. Default: an image of another major is refused.
   */
  fromMajor?: number;
  /**
   * Debian release of the new image, such as `trixie`: you rebuild the indexes on text that it sorts in another order. Default: another
   * release is refused where a locale depends on it.
   */
  reindexFor?: string;
}

/** One Postgres cluster, as a stack file describes it. */
export interface ClusterArgs {
  /** Namespace of the Cluster, one of its own: with Workload Identity its pods may read every Secret of it. */
  namespace: string;
  /** Name of the Cluster, at most 50 characters. Default: the key under `clusters`. */
  name?: string;
  /** Whether the namespace is created with the cluster. Default: `true`. */
  createNamespace?: boolean;
  /** Operand image with a tag pinned to a minor version, such as `ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie`. */
  image?: string;
  /** A catalog instead of `image`. */
  imageCatalog?: ImageCatalogArgs;
  /** That another major version, or another Debian release, of the image is meant. Default: it is refused on a live cluster. */
  upgrade?: UpgradeArgs;
  /** Instances, primary included. Default: the profile's (dev 1, prod 2). */
  instances?: number;
  /** Data volume of every instance. Default: the profile's. */
  storage?: StorageArgs;
  /** Volume for WAL alone. Default: the profile's (dev none, prod one). */
  walStorage?: WalStorageArgs;
  /** CPU and memory of an instance. Default: the profile's. */
  resources?: ResourcesArgs;
  /** Postgres parameters over the derived ones. */
  parameters?: { [name: string]: string };
  /**
   * Libraries that Postgres preloads, such as `pg_cron`, beside those of known extensions in `databases`. Another one restarts
   * Postgres; one that the image lacks keeps it from starting. Default: none.
   */
  sharedPreloadLibraries?: string[];
  /** Which nodes instances run on. Default: any, spread as the profile says. */
  placement?: PlacementArgs;
  /** Synchronous replication. Default: none. */
  synchronous?: SynchronousArgs;
  /** Databases by name. Default: `app`, owned by `app`. */
  databases?: { [name: string]: DatabaseArgs };
  /** Roles beside the owners of databases, by name. Default: none. */
  roles?: { [name: string]: RoleArgs };
  /** How CNPG is told of `roles`. Default: `databaseRole`, and `managed` with an operator before 1.30. */
  rolesAs?: RolesAs;
  /** How the first database comes into being. It counts only when the Cluster is created. */
  initdb?: InitdbArgs;
  /** That it begins as a copy of an archive, and not empty. It counts only when the Cluster is created. */
  recoverFrom?: RecoverFromArgs;
  /** Postgres servers elsewhere, by names of your choice, for what follows. Default: none. */
  servers?: { [name: string]: ServerArgs };
  /** That it begins with what `pg_dump` reads of one of `servers`. It counts only when the Cluster is created. */
  importFrom?: ImportFromArgs;
  /** That it begins as a physical copy of one of `servers`. It counts only when the Cluster is created. */
  baseBackupFrom?: BaseBackupFromArgs;
  /** That it follows what it began from, and only reads, until it is promoted. Default: it follows nobody. */
  replica?: ReplicaArgs;
  /** What of its databases is published for subscriptions elsewhere, by name of the publication. Default: nothing. */
  publications?: { [name: string]: PublicationArgs };
  /** What its databases take in of publications at `servers`, by name of the subscription. Default: nothing. */
  subscriptions?: { [name: string]: SubscriptionArgs };
  /** SQL by database that runs after a recovery and before the Secrets of its owners appear. Default: none. */
  masking?: { [database: string]: MaskingArgs };
  /**
   * After how long the Cluster deletes itself, counted from its creation: `72h`, `3d`. Only in dev, and only without
   * `protect`. Default: never.
   */
  timeToLive?: string;
  /** Backup settings over those of the environment. */
  backup?: ClusterBackup;
  /** PgBouncers in front of it, by name; their objects are called `<cluster>-pooler-<name>`. Default: none. */
  poolers?: { [name: string]: PoolerArgs };
  /** Certificates of its own, and who gets its CA. Default: CNPG makes all of them. */
  certificates?: CertificatesArgs;
  /** Dumps of its databases by name, on a schedule or once. Default: none. */
  exports?: { [name: string]: ExportArgs };
  /** That the tables of a database come from a dump. It counts only when the Cluster is created. */
  importDump?: ImportDumpArgs;
  /**
   * Which life of the cluster this is. Raising it replaces the Cluster by a new one, empty or as `recoverFrom` says, that
   * archives as `<cluster>-g<generation>`, beside what its former life left in the bucket. Default: 1.
   */
  generation?: number;
  /** Default: `unsupervised`. */
  primaryUpdateStrategy?: PrimaryUpdateStrategy;
  /** Default: `restart`. */
  primaryUpdateMethod?: PrimaryUpdateMethod;
  /** Labels for all that CNPG creates for the cluster. Default: none. */
  labels?: { [key: string]: string };
  /** Whether Pulumi refuses to delete what holds data. Default: `true` with profile prod, else as the component is protected. */
  protect?: boolean;
  /** What an update waits for. Default: Ready and archiving, for at most 15 minutes. */
  wait?: WaitArgs;
}
