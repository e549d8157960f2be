import type { ReaderArgs } from "./reader";
import type { S3StoreArgs } from "./s3";

/** How backups are made. */
export const BackupMethod = {
  /** The Barman Cloud plugin with an ObjectStore: the way CNPG supports from now on. */
  Plugin: "plugin",
  /** `spec.backup.barmanObjectStore`: deprecated, and gone from operator 1.31 on. */
  InTree: "inTree",
} as const;
export type BackupMethod = (typeof BackupMethod)[keyof typeof BackupMethod];

/** As whom the clusters of an environment write to the bucket. */
export const IdentityMode = {
  /** One Google service account for all clusters of the environment. */
  Shared: "shared",
  /** One Google service account per cluster, whose object role is limited to the cluster's own prefix. */
  PerCluster: "perCluster",
  /** No Google service account: the Kubernetes service account is itself the IAM principal, limited to its prefix. */
  Direct: "direct",
} as const;
export type IdentityMode = (typeof IdentityMode)[keyof typeof IdentityMode];

/** Google's storage classes for a bucket. */
export const BucketStorageClass = {
  Standard: "STANDARD",
  Nearline: "NEARLINE",
  Coldline: "COLDLINE",
  Archive: "ARCHIVE",
} as const;
export type BucketStorageClass = (typeof BucketStorageClass)[keyof typeof BucketStorageClass];

/** Compression of WAL files (`configuration.wal.compression` of an ObjectStore). */
export const WalCompression = {
  None: "none",
  Bzip2: "bzip2",
  Gzip: "gzip",
  Lz4: "lz4",
  Snappy: "snappy",
  Xz: "xz",
  Zstd: "zstd",
} as const;
export type WalCompression = (typeof WalCompression)[keyof typeof WalCompression];

/** Compression of base backups (`configuration.data.compression` of an ObjectStore). */
export const DataCompression = {
  None: "none",
  Bzip2: "bzip2",
  Gzip: "gzip",
  Lz4: "lz4",
  Snappy: "snappy",
} as const;
export type DataCompression = (typeof DataCompression)[keyof typeof DataCompression];

/** The bucket of an environment: the cloud half of its backups. */
export interface BucketSettings {
  /** Bucket name, 3 to 63 characters. @default `<project>-<environment>-postgres-backups`, shortened if need be */
  bucket?: string;
  /**
   * Whether the bucket exists already: nothing of it is managed here but access for the clusters. `deleteAge` must then say
   * what its lifecycle rule does, so that the agreement can still be checked.
   * @default `false`
   */
  existingBucket?: boolean;
  /** Region, dual-region or multi-region. @default `gcp:region`; of a component, `region` */
  location?: string;
  /** Storage class of the bucket. The colder classes charge for objects deleted within 30, 90 or 365 days. @default `STANDARD` */
  storageClass?: BucketStorageClass;
  /**
   * Age at which the lifecycle rule deletes an object, such as `45d`. It must exceed retention + one backup interval.
   * @default that, plus `deleteMargin`
   */
  deleteAge?: string;
  /** What the default `deleteAge` adds to retention + one backup interval. @default `7d` */
  deleteMargin?: string;
  /** Object versioning. @default `false` in dev, `true` in prod */
  versioning?: boolean;
  /** With versioning: how long a version outlives its deletion. @default `14d` */
  noncurrentAge?: string;
  /** Whether destroying the stack may delete a bucket that has objects. Only in dev. @default `true` in dev, `false` in prod */
  forceDestroy?: boolean;
  /** Google's soft delete: `0d` (off) or `7d` to `90d`. @default `0d` in dev, `7d` in prod */
  softDelete?: string;
  /**
   * Customer-managed key: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. The project's Cloud Storage service agent needs
   * `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it.
   * @default Google's own keys
   */
  kmsKey?: string;
  /** Bucket labels. @default `environment` and `managed-by` */
  labels?: { [key: string]: string };
}

/** How a cluster's backups are made and kept; each cluster can override what the environment says. */
export interface BackupSettings {
  /** How long backups can be restored from, as Barman counts: `30d`, `4w`, `1m` (31 days). @default `7d` in dev, `30d` in prod */
  retention?: string;
  /**
   * When base backups start: six cron fields, seconds first, or a descriptor such as `@daily`, in the operator's time zone
   * (UTC).
   * @default `0 0 3 * * *`
   */
  schedule?: string;
  /** Whether a first base backup starts at once. @default `true` */
  immediate?: boolean;
  /** Whether the schedule is stopped for now. @default `false` */
  suspend?: boolean;
  /** Compression of WAL files. @default `gzip` */
  walCompression?: WalCompression;
  /** Compression of base backups. @default `gzip` */
  dataCompression?: DataCompression;
  /** WAL files archived or restored in parallel. @default `2` */
  walParallel?: number;
  /** Parallel uploads of a base backup. @default `2` */
  dataJobs?: number;
  /**
   * Size at which an archive of a base backup ends and the next one begins, such as `2Gi`, from 64Mi to less than 1Ti.
   * Archives for Cloud Storage are staged on the node's disk as a whole.
   * @default `2Gi` there, for volumes of more than 10Gi; elsewhere Barman's, 100 GB
   */
  maxArchiveSize?: string;
  /** Further arguments of `barman-cloud-backup`, each with its value behind `=`, such as `--read-timeout=120`. @default none */
  dataArgs?: string[];
  /** Further arguments of `barman-cloud-restore`, written as those of `dataArgs`. Not with `method: inTree`. @default none */
  dataRestoreArgs?: string[];
  /** Further arguments of `barman-cloud-wal-archive`, written as those of `dataArgs`. @default none */
  walArgs?: string[];
  /** Further arguments of `barman-cloud-wal-restore`, written as those of `dataArgs`. @default none */
  walRestoreArgs?: string[];
  /** Environment of the backup process, such as a proxy or an emulator's address. @default none */
  env?: { [name: string]: string };
  /**
   * Whether an update looks into the archive: before it creates a Cluster, that nothing is where it will archive, and before
   * it deletes one to restore it in place, that the former archive has what `recoverFrom` asks for. A short-lived pod does, as
   * the cluster's own account, with the image of `exports.image`.
   * @default `true`
   */
  checkArchive?: boolean;
  /** Requests and limits of the plugin's sidecar. @default what follows from the volume, the jobs and the compression */
  sidecar?: SidecarSettings;
}

/** Resources of the Barman Cloud plugin's sidecar, which runs beside every instance. */
export interface SidecarSettings {
  /** CPU request. @default `100m` */
  cpu?: string;
  /** Memory request. @default half of the limit's default, `256Mi` for most clusters */
  memory?: string;
  /** CPU limit. @default none, so that a base backup may use what the node has to spare */
  cpuLimit?: string;
  /**
   * Memory limit.
   * @default the request, if that is set; without, 256Mi, 64Mi for each of `dataJobs` and of `walParallel`, for volumes of
   * more than 256Gi another 512Mi per begun Ti, and what snappy (64Mi) or bzip2 (16Mi) need: `512Mi` for most clusters
   */
  memoryLimit?: string;
  /**
   * Request for the node's disk (`ephemeral-storage`), on which archives for Cloud Storage are staged.
   * @default an archive, a file of 1Gi and another 1Gi, where archives are limited by default or by `maxArchiveSize`;
   * elsewhere none
   */
  ephemeralStorage?: string;
  /**
   * Limit for the node's disk, which Kubernetes applies to the whole pod.
   * @default `ephemeralStorage`, if that is set; without, room for a second archive, such as a killed backup leaves behind
   */
  ephemeralStorageLimit?: string;
}

/** The backups of an environment: its bucket, who may write there, and the defaults of its clusters. */
export interface EnvironmentBackups extends BucketSettings, BackupSettings {
  /** `plugin` (Barman Cloud plugin) or `inTree` (deprecated, gone from operator 1.31). @default `plugin` */
  method?: BackupMethod;
  /**
   * An S3-compatible store that has the bucket, in place of Google Cloud Storage. `bucket` is needed then, and made by whoever
   * runs the store; `deleteAge` says what its own lifecycle rule does, if it has one. Settings of Google's are refused.
   */
  s3?: S3StoreArgs;
  /**
   * Folder in the bucket under which every cluster has its own. A cluster that archives at an older default stays there.
   * @default `cnpg`; in a bucket that this environment does not make (`existingBucket`, `s3`), to which others may write too,
   * `cnpg/<environment>`
   */
  prefix?: string;
  /** `shared`, `perCluster` (an account for each cluster, limited to its prefix) or `direct` (no account). @default `shared` */
  identity?: IdentityMode;
  /**
   * Account id (6 to 30 characters) of the backup service account, without `@…`. With `identity: perCluster` each cluster's id
   * is derived and this is not allowed.
   * @default `cnpg-<environment>`
   */
  serviceAccount?: string;
  /** The project's number, in quotes. Needed for `identity: direct`, whose principal is spelled with it. */
  projectNumber?: string;
  /**
   * How long new IAM grants are given to take effect before a Cluster is created, up to `30m`. Google names two minutes as
   * typical and seven or more as possible.
   * @default `2m`
   */
  iamPropagationWait?: string;
  /** Who else may read which cluster's backups, to recover from them in another environment. @default nobody */
  readers?: ReaderArgs[];
}
