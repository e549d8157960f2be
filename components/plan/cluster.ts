import type { BackupMethod, BackupSettings } from "../args/backup";
import type { Profile, Protection } from "../args/profiles";
import type { ClusterSpec } from "../crds/types";
import type { Workload } from "../units/workload";
import type { ArchivePod } from "./archivePod";
import type { BackupPlan, ManualBackup, StoreContext } from "./backup";
import type { DatabasesPlan } from "./database";
import type { DumpsPlan, ExportContext } from "./dumps";
import type { MigrationPlan } from "./migration";
import type { ClusterMonitoringPlan, MonitoringContext } from "./monitoring";
import type { PlannedObject, PlannedResource } from "./object";
import type { PoolerPlan } from "./pooler";
import type { MaskingPlan, RecoveryPlan } from "./recovery";
import type { RolesPlan } from "./roles";
import type { CertificatesPlan } from "./tls";

/** What a cluster is told by its environment, or by the program that uses the component alone. */
export interface ClusterContext {
  readonly name: string;
  readonly profile: Profile;
  readonly method: BackupMethod;
  /** Version of the CNPG operator. */
  readonly operatorVersion?: string;
  /** Bucket that backups go to. */
  readonly bucket: string | undefined;
  /** Default folder in it. */
  readonly prefix: string;
  readonly stores: StoreContext;
  readonly gcpServiceAccount: string | undefined;
  /** The environment's backup settings, checked already, which the cluster's own go over. */
  readonly backups: BackupSettings;
  /** Where dumps go, and as whom. */
  readonly dumps: ExportContext;
  /** What scrapes its metrics. */
  readonly monitoring: MonitoringContext;
}

/** Everything that is declared for one cluster, all of it known before anything is registered. */
export interface ClusterPlan {
  readonly workload: Workload;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: ClusterSpec;
  readonly backup: BackupPlan | undefined;
  /** What looks, before the Cluster is created, whether its archive is empty; absent if nobody is to look. */
  readonly archiveCheck: ArchivePod | undefined;
  /** What looks, before a live Cluster makes room for a former generation of it, whether that can be restored; absent if nobody is to. */
  readonly restoreCheck: ArchivePod | undefined;
  /** The archive, or the snapshots, that it begins from or follows, if there are any. */
  readonly recovery: RecoveryPlan | undefined;
  /** Whether subscriptions and jobs that came with a copy are kept from running. */
  readonly workersHeld: boolean;
  readonly databases: DatabasesPlan;
  readonly roles: RolesPlan;
  /** What has to be there before the Cluster: what makes the Secrets that it reads. */
  readonly before: readonly PlannedObject[];
  /** Absent if there is nothing that an application must not see. */
  readonly masking: MaskingPlan | undefined;
  /** Absent if it lives until somebody deletes it. */
  readonly timeToLive: TimeToLivePlan | undefined;
  /** Exports and imports; their objects are among {@link objects}. */
  readonly dumps: DumpsPlan;
  /** Backups on demand; their objects are among {@link objects}. */
  readonly manualBackups: readonly ManualBackup[];
  /** What else belongs to it, in the order in which it is made. */
  readonly objects: readonly PlannedObject[];
  readonly migration: MigrationPlan;
  readonly poolers: readonly PoolerPlan[];
  readonly certificates: CertificatesPlan;
  readonly monitoring: ClusterMonitoringPlan;
  readonly sizing: Sizing;
  readonly generation: number;
  /** How its Postgres may change while it lives. */
  readonly upgrade: UpgradePlan;
  readonly createNamespace: boolean;
  readonly protect: Protection;
  /** Seconds to wait for readiness; 0 is not at all. */
  readonly waitSeconds: number;
  /** All that is declared for it but its namespace, in order. */
  readonly resources: readonly PlannedResource[];
}

/** How long a cluster lives, and what ends it. */
export interface TimeToLivePlan {
  readonly text: string;
  readonly seconds: number;
  /** A CronJob, and its right to delete that one Cluster and its ScheduledBackup. */
  readonly objects: readonly PlannedObject[];
}

/** Parameters of `spec.postgresql.parameters`, and what follows from them. */
export interface PostgresParameters {
  readonly values: Readonly<Record<string, string>>;
  /** `max_wal_size` in bytes. */
  readonly maxWalSize: bigint;
}

/** Volumes, resources and the parameters that follow from them. */
export interface Sizing {
  readonly storage: VolumePlan;
  /** Absent when WAL shares the data volume. */
  readonly walStorage: VolumePlan | undefined;
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly cpu: string; readonly memory: string };
  };
  readonly parameters: PostgresParameters;
  /** The data volume and a WAL file, in bytes: what Barman's needs follow from. */
  readonly archived: { readonly volume: bigint; readonly walSegment: bigint };
  /** The volume that WAL is on, in bytes. */
  readonly walVolume: bigint;
}

/** A `StorageConfiguration` of CNPG. */
export interface VolumePlan {
  readonly size: string;
  readonly storageClass: string;
  readonly resizeInUseVolumes: boolean;
}

/** What an upgrade of Postgres in place may change on a live Cluster. */
export interface UpgradePlan {
  /** Major version that it comes from; absent if there is no upgrade. */
  readonly fromMajor?: number;
  /** Debian release for which somebody rebuilds the indexes; absent if nobody does. */
  readonly reindexFor?: string;
  /** Settings by which text is sorted as libraries of the image sort it, such as `initdb.localeCollate: en_US.UTF-8`. */
  readonly sortedByImage: readonly string[];
}
