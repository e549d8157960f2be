import type { BackupSettings, BucketSettings, EnvironmentBackups, SidecarSettings } from "./backup";
import type {
  ClusterArgs,
  ClusterBackup,
  ImageCatalogArgs,
  StorageArgs,
  SynchronousArgs,
  WaitArgs,
} from "./cluster";
import type {
  ApplicationArgs,
  ExternalSecretCredentials,
  GeneratorCredentials,
  RandomCredentials,
} from "./credentials";
import type { DatabaseArgs, InitdbArgs } from "./database";
import type { PostgresEnvironmentArgs } from "./environment";
import type { ExportArgs, ExportSettings, ImportDumpArgs } from "./export";
import type { GrantArgs } from "./grants";
import type { JobTenantArgs } from "./identity";
import type { ManualBackupArgs } from "./manual";
import type { PublicationArgs, ReplicaArgs, ServerArgs, SubscriptionArgs } from "./migration";
import type {
  AlertSettings,
  AlertThresholds,
  ClusterMonitoring,
  MetricsSettings,
  MonitoringSettings,
  OperatorMonitoringSettings,
} from "./monitoring";
import type { ApiServerNetworkArgs, NetworkSettings } from "./network";
import type { PlacementArgs } from "./placement";
import type {
  OperatorArgs,
  OperatorResourcesArgs,
  PluginArgs,
  PluginResourcesArgs,
  PostgresPlatformArgs,
  PullSecretArgs,
  StorageClassArgs,
} from "./platform";
import type { PoolerArgs, PoolerPlacementArgs, PoolerResourcesArgs } from "./pooler";
import type { ArchiveSourceArgs, MaskingArgs } from "./recovery";
import type { RoleArgs } from "./roles";
import type { S3CredentialsArgs, S3StoreArgs } from "./s3";
import type { ApplicationCaArgs, CertificateSourceArgs, IssuerArgs } from "./tls";

/**
 * Defaults that are the same in every profile, by the interface and the field that they are of: the only place where they are
 * written. `npm run generate` puts them into the `@default` of the field, and so into docs/configuration.md and messages. What
 * a profile decides is in `profiles.ts`; what follows from other settings is said in words in the `@default` itself.
 */
export const defaults = {
  PostgresEnvironmentArgs: { operatorVersion: "1.30.0" } satisfies Partial<PostgresEnvironmentArgs>,
  PostgresPlatformArgs: {
    namespace: "cnpg-system",
    createNamespace: true,
  } satisfies Partial<PostgresPlatformArgs>,
  OperatorArgs: {
    version: "1.30.1",
    inPlaceUpdates: false,
    logLevel: "info",
  } satisfies Partial<OperatorArgs>,
  OperatorResourcesArgs: {
    cpu: "100m",
    memory: "256Mi",
    memoryLimit: "512Mi",
  } satisfies Required<OperatorResourcesArgs>,
  PluginArgs: { enabled: true, version: "0.15.0", logLevel: "info" } satisfies Partial<PluginArgs>,
  PluginResourcesArgs: {
    cpu: "50m",
    memory: "64Mi",
    memoryLimit: "256Mi",
  } satisfies Required<PluginResourcesArgs>,
  PullSecretArgs: { name: "registry" } satisfies Required<PullSecretArgs>,
  StorageClassArgs: { provisioner: "pd.csi.storage.gke.io" } satisfies Partial<StorageClassArgs>,
  BucketSettings: {
    storageClass: "STANDARD",
    deleteMargin: "7d",
    noncurrentAge: "14d",
  } satisfies Partial<BucketSettings>,
  EnvironmentBackups: {
    method: "plugin",
    identity: "shared",
    iamPropagationWait: "2m",
  } satisfies Partial<EnvironmentBackups>,
  JobTenantArgs: { grant: true } satisfies Partial<JobTenantArgs>,
  /** What a cluster is told by its environment otherwise. */
  PostgresClusterArgs: { prefix: "cnpg" },
  BackupSettings: {
    schedule: "0 0 3 * * *",
    immediate: true,
    walCompression: "gzip",
    dataCompression: "gzip",
    walParallel: 2,
    dataJobs: 2,
    checkArchive: true,
  } satisfies Partial<BackupSettings>,
  SidecarSettings: { cpu: "100m" } satisfies Partial<SidecarSettings>,
  S3StoreArgs: { region: "us-east-1" } satisfies Partial<S3StoreArgs>,
  S3CredentialsArgs: {
    accessKeyId: "ACCESS_KEY_ID",
    secretAccessKey: "ACCESS_SECRET_KEY",
  } satisfies Partial<S3CredentialsArgs>,
  ClusterArgs: {
    createNamespace: true,
    generation: 1,
    primaryUpdateStrategy: "unsupervised",
    primaryUpdateMethod: "restart",
  } satisfies Partial<ClusterArgs>,
  ClusterBackup: { enabled: true } satisfies Partial<ClusterBackup>,
  ImageCatalogArgs: { kind: "ClusterImageCatalog" } satisfies Partial<ImageCatalogArgs>,
  StorageArgs: { resizeInUseVolumes: true } satisfies Partial<StorageArgs>,
  PlacementArgs: { topologyKey: "kubernetes.io/hostname" } satisfies Partial<PlacementArgs>,
  SynchronousArgs: { method: "any", dataDurability: "required" } satisfies Partial<SynchronousArgs>,
  WaitArgs: { enabled: true, timeout: "15m" } satisfies Partial<WaitArgs>,
  InitdbArgs: { dataChecksums: true, walSegmentSize: 16 } satisfies Partial<InitdbArgs>,
  DatabaseArgs: { reclaimPolicy: "retain" } satisfies Partial<DatabaseArgs>,
  RoleArgs: {
    login: true,
    reclaimPolicy: "retain",
  } satisfies Partial<RoleArgs>,
  GrantArgs: { connect: true, defaultPrivileges: true } satisfies Partial<GrantArgs>,
  RandomCredentials: { length: 32, rotation: 1 } satisfies Partial<RandomCredentials>,
  ExternalSecretCredentials: {
    kind: "ClusterSecretStore",
    refreshInterval: "1h",
  } satisfies Partial<ExternalSecretCredentials>,
  GeneratorCredentials: {
    length: 32,
    symbols: 0,
    refreshInterval: "0s",
  } satisfies Partial<GeneratorCredentials>,
  ApplicationArgs: { service: "rw", sslmode: "require" } satisfies Partial<ApplicationArgs>,
  ArchiveSourceArgs: { grant: true } satisfies Partial<ArchiveSourceArgs>,
  MaskingArgs: { timeout: "1h" } satisfies Partial<MaskingArgs>,
  ServerArgs: { port: 5432 } satisfies Partial<ServerArgs>,
  ReplicaArgs: { enabled: true } satisfies Partial<ReplicaArgs>,
  PublicationArgs: { reclaimPolicy: "retain" } satisfies Partial<PublicationArgs>,
  SubscriptionArgs: { reclaimPolicy: "delete" } satisfies Partial<SubscriptionArgs>,
  ManualBackupArgs: { timeout: "1h" } satisfies Partial<ManualBackupArgs>,
  ExportSettings: {
    prefix: "exports",
    image: "docker.io/rclone/rclone:1.71.2",
  } satisfies Partial<ExportSettings>,
  ExportArgs: { storage: "10Gi", timeout: "1h" } satisfies Partial<ExportArgs>,
  ImportDumpArgs: { storage: "10Gi", timeout: "1h", grant: true } satisfies Partial<ImportDumpArgs>,
  MonitoringSettings: { backend: "none" } satisfies Partial<MonitoringSettings>,
  MetricsSettings: {
    interval: "30s",
    scrapeTimeout: "10s",
    tls: false,
    disableDefaultQueries: false,
  } satisfies Partial<MetricsSettings>,
  NetworkSettings: {
    policies: "off",
    kind: "kubernetes",
    googleApis: "internet",
    operatorNamespace: "cnpg-system",
    operator: false,
  } satisfies Partial<NetworkSettings>,
  ApiServerNetworkArgs: { port: 443 } satisfies Partial<ApiServerNetworkArgs>,
  OperatorMonitoringSettings: {
    enabled: false,
    namespace: "cnpg-system",
    plugin: false,
  } satisfies Partial<OperatorMonitoringSettings>,
  ClusterMonitoring: { enabled: true } satisfies Partial<ClusterMonitoring>,
  AlertSettings: { enabled: true } satisfies Partial<AlertSettings>,
  AlertThresholds: {
    backupMargin: "2h",
    walBacklog: 10,
    walBacklogCritical: 100,
    walArchiveAge: "30m",
    slotWal: "1Gi",
    replicationLagSize: "256Mi",
    replicationLag: "5m",
    replicaClusterLag: "1d",
    volumeUsage: 80,
    volumeUsageCritical: 95,
    connections: 80,
    connectionsCritical: 95,
    longTransaction: "1h",
    idleInTransaction: "15m",
    transactionIdAge: 500_000_000,
    transactionIdAgeCritical: 1_200_000_000,
    deadlocks: 5,
    forcedCheckpoints: 50,
    checkpointSync: 10,
    poolerWait: "10s",
    certificateLife: "21d",
  } satisfies Partial<AlertThresholds>,
  PoolerArgs: { type: "rw", poolMode: "session", serviceType: "ClusterIP" } satisfies Partial<PoolerArgs>,
  PoolerPlacementArgs: { antiAffinity: "preferred" } satisfies Partial<PoolerPlacementArgs>,
  PoolerResourcesArgs: { cpu: "100m", memory: "256Mi" } satisfies Partial<PoolerResourcesArgs>,
  IssuerArgs: { kind: "Issuer", group: "cert-manager.io" } satisfies Partial<IssuerArgs>,
  CertificateSourceArgs: { duration: "2160h" } satisfies Partial<CertificateSourceArgs>,
  ApplicationCaArgs: { image: "registry.k8s.io/kubectl:v1.36.3" } satisfies Partial<ApplicationCaArgs>,
} as const;
