import type { BackupMethod, BucketStorageClass } from "../args/backup";
import type { Protection } from "../args/profiles";
import type { ClusterSpec, ObjectStoreSpec, ScheduledBackupSpec } from "../crds/types";
import type { CronSchedule, Days } from "../units";
import type { ObjectStoreLocation } from "../units/location";
import type { PlannedObject } from "./object";
import type { ProgramKeys, Store, StoreAccess } from "./store";

/** Everything about the bucket, decided. */
export interface BucketPlan {
  readonly name: string;
  readonly existing: boolean;
  readonly location: string;
  readonly storageClass: BucketStorageClass;
  /** Age in days at which the lifecycle rule deletes, or as its owner says of an existing bucket. */
  readonly deleteAgeDays: number;
  readonly versioning: boolean;
  readonly noncurrentDays: number;
  readonly forceDestroy: boolean;
  readonly softDeleteSeconds: number;
  readonly kmsKey: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly protect: Protection;
}

/** What a bucket has to outlast: the cluster whose backups are needed longest. */
export interface BucketDemand {
  /** Whose demand it is, for the message. */
  readonly of: string;
  readonly retentionDays: number;
  /** The longest time between two base backups, in seconds. */
  readonly longestInterval: number;
  /** The schedule that this interval is of. */
  readonly schedule: string;
}

/** How one cluster is backed up. */
export interface BackupPlan {
  readonly method: BackupMethod;
  readonly location: ObjectStoreLocation;
  readonly access: StoreAccess;
  /** Whether access is granted to an identity of Google's, for which a new Cluster waits. */
  readonly granted: boolean;
  readonly retention: Days;
  readonly schedule: CronSchedule;
  /** The longest time between two scheduled base backups, in seconds. */
  readonly longestInterval: number;
  /** What the Cluster says of its backups: the plugin, or the in-tree section. */
  readonly clusterSpec: Pick<ClusterSpec, "plugins" | "backup" | "env">;
  /** Absent with the in-tree method. */
  readonly objectStore: { readonly name: string; readonly spec: ObjectStoreSpec } | undefined;
  readonly scheduledBackup: { readonly name: string; readonly spec: ScheduledBackupSpec };
}

/** A backup that a stack file asks for: its name there, and the key of its object. */
export interface ManualBackup {
  readonly name: string;
  readonly object: PlannedObject;
}

/** A bucket that whoever runs its store makes, decided. */
export interface GivenBucket {
  readonly name: string;
  /** Age at which its own rule deletes, as its owner says; undefined if it has no such rule. */
  readonly deleteAgeDays: number | undefined;
}

/** The stores that clusters archive to and are recovered from. */
export interface StoreContext {
  /** The store that clusters archive to, checked already. */
  readonly archive: Store;
  /** Keys that the program has to sources. */
  readonly sourceKeys: ProgramKeys;
}

/** The name under which the Barman Cloud plugin registers with the operator. */
export const barmanPluginName = "barman-cloud.cloudnative-pg.io";
