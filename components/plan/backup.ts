import type * as pulumi from "@pulumi/pulumi";
import type { BackupMethod, BucketStorageClass } from "../args/backup";
import type { Protection } from "../args/profiles";
import type { S3KeysArgs, S3StoreArgs } from "../args/s3";
import type { ClusterSpec, ObjectStoreSpec, ScheduledBackupSpec } from "../crds/types";
import type { CronSchedule, Days } from "../units";
import type { ObjectStoreLocation } from "../units/location";
import type { PlannedObject } from "./object";

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

/** A bucket of an S3-compatible store, decided; whoever runs the store makes it. */
export interface S3Bucket {
  readonly name: string;
  /** Age at which its own rule deletes, as its owner says; undefined if it has no such rule. */
  readonly deleteAgeDays: number | undefined;
}

export type Configuration = ObjectStoreSpec["configuration"];

/** How a cluster gets into a store: what its manifests say of it, and nothing of where in the store something lies. */
export interface StoreAccess {
  /** Part of an ObjectStore's `configuration`, and of an in-tree `barmanObjectStore`. */
  readonly configuration: Pick<
    Configuration,
    "endpointURL" | "endpointCA" | "googleCredentials" | "s3Credentials"
  >;
  /** Environment of barman, under what a stack file says of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Annotations of the cluster's service account. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The Secret that is made for it, if one is. */
  readonly secret: StoreSecret | undefined;
}

/** A Secret with what a store needs. */
export interface StoreSecret {
  /** Its name, and after the cluster's that of its resource. */
  readonly suffix: string;
  readonly name: string;
  /** Every value is kept as a secret. */
  readonly stringData: Readonly<Record<string, pulumi.Input<string>>>;
}

/** What an environment has of S3. */
export interface S3Context {
  /** The store that clusters archive to, checked already; undefined for Cloud Storage. */
  readonly store: S3StoreArgs | undefined;
  /** Keys that the program has to it, */
  readonly keys: S3KeysArgs | undefined;
  /** and to sources in S3; and what those are called where they are given, for a message. */
  readonly sourceKeys: S3KeysArgs | undefined;
  readonly sourceKeysAre: string;
}

/** The name under which the Barman Cloud plugin registers with the operator. */
export const barmanPluginName = "barman-cloud.cloudnative-pg.io";
