// Written by `npm run generate`; do not edit.

/** Arguments of every component, and what they are made of, as JSON; see `shape.ts`. */
export const shapes: Readonly<Record<string, string>> = {
  AntiAffinity: '["required","preferred","off"]',
  ApplicationArgs:
    '{"namespace":"s","secret?":"s","service?":"@ApplicationService","pooler?":"s","sslmode?":"@ApplicationSslMode","sslrootcert?":"s","store?":"s"}',
  ApplicationCaArgs: '{"namespaces?":["s"],"ca?":"s","image?":"s"}',
  ApplicationService: '["rw","ro","r"]',
  ApplicationSslMode: '["require","verify-full"]',
  ArchiveSourceArgs:
    '{"bucket?":"s","s3?":"@S3StoreArgs","gcs?":"@GcsSourceArgs","cluster?":"s","objectPrefix?":"s","serverName?":"s","postgresMajor?":"n","method?":"@BackupMethod","grant?":"b"}',
  BackupBucket:
    '{"project":"s","region":"s","environment?":"s","profile":"@Profile","retention?":"s","schedule?":"s","bucket?":"s","existingBucket?":"b","location?":"s","storageClass?":"@BucketStorageClass","deleteAge?":"s","deleteMargin?":"s","versioning?":"b","noncurrentAge?":"s","forceDestroy?":"b","softDelete?":"s","kmsKey?":"s","labels?":{"*":"s"}}',
  BackupIdentity:
    '{"project":"s","environment?":"s","bucket":"s","tenants":["@TenantArgs"],"readers?":["@TenantReaderArgs"],"jobs?":["@JobTenantArgs"],"mode?":"@IdentityMode","serviceAccount?":"s","projectNumber?":"s"}',
  BackupMethod: '["plugin","inTree"]',
  BackupTarget: '["primary","prefer-standby"]',
  BaseBackupFromArgs: '{"server":"s","postgresMajor":"n","database?":"s","startWorkers?":"b"}',
  BucketStorageClass: '["STANDARD","NEARLINE","COLDLINE","ARCHIVE"]',
  CertificateSourceArgs: '{"issuer?":"@IssuerArgs","duration?":"s","secret?":"s","caSecret?":"s"}',
  CertificatesArgs:
    '{"server?":"@CertificateSourceArgs","client?":"@CertificateSourceArgs","serverAltDNSNames?":["s"],"applications?":"@ApplicationCaArgs"}',
  ClusterArgs:
    '{"namespace":"s","name?":"s","createNamespace?":"b","image?":"s","imageCatalog?":"@ImageCatalogArgs","upgrade?":"@UpgradeArgs","instances?":"n","storage?":"@StorageArgs","walStorage?":"@WalStorageArgs","resources?":"@ResourcesArgs","parameters?":{"*":"s"},"sharedPreloadLibraries?":["s"],"placement?":"@PlacementArgs","synchronous?":"@SynchronousArgs","databases?":{"*":"@DatabaseArgs"},"roles?":{"*":"@RoleArgs"},"rolesAs?":"@RolesAs","initdb?":"@InitdbArgs","recoverFrom?":"@RecoverFromArgs","servers?":{"*":"@ServerArgs"},"importFrom?":"@ImportFromArgs","baseBackupFrom?":"@BaseBackupFromArgs","replica?":"@ReplicaArgs","publications?":{"*":"@PublicationArgs"},"subscriptions?":{"*":"@SubscriptionArgs"},"masking?":{"*":"@MaskingArgs"},"timeToLive?":"s","backup?":"@ClusterBackup","poolers?":{"*":"@PoolerArgs"},"certificates?":"@CertificatesArgs","exports?":{"*":"@ExportArgs"},"importDump?":"@ImportDumpArgs","generation?":"n","primaryUpdateStrategy?":"@PrimaryUpdateStrategy","primaryUpdateMethod?":"@PrimaryUpdateMethod","labels?":{"*":"s"},"protect?":"b","wait?":"@WaitArgs"}',
  ClusterBackup:
    '{"enabled?":"b","prefix?":"s","serverName?":"s","manual?":{"*":"@ManualBackupArgs"},"retention?":"s","schedule?":"s","immediate?":"b","suspend?":"b","walCompression?":"@WalCompression","dataCompression?":"@DataCompression","walParallel?":"n","dataJobs?":"n","maxArchiveSize?":"s","dataArgs?":["s"],"dataRestoreArgs?":["s"],"walArgs?":["s"],"walRestoreArgs?":["s"],"env?":{"*":"s"},"checkArchive?":"b","sidecar?":"@SidecarSettings"}',
  CredentialsArgs:
    '{"random?":"@RandomCredentials","secret?":"s","sops?":"s","externalSecret?":"@ExternalSecretCredentials","generator?":"@GeneratorCredentials"}',
  DataCompression: '["none","bzip2","gzip","lz4","snappy"]',
  DataDurability: '["required","preferred"]',
  DatabaseArgs:
    '{"owner?":"s","ownerSecret?":"s","ownerCredentials?":"@CredentialsArgs","applications?":["@ApplicationArgs"],"extensions?":["s"],"extensionOptions?":{"*":"@ExtensionArgs"},"schemas?":["s"],"schemaRoles?":["s"],"syncOwnerPassword?":"s","connectionLimit?":"n","reclaimPolicy?":"@ReclaimPolicy","encoding?":"s","locale?":"s"}',
  DumpSourceArgs:
    '{"bucket?":"s","s3?":"@S3StoreArgs","gcs?":"@GcsSourceArgs","objectPrefix":"s","object?":"s","export?":"s"}',
  EnvironmentBackups:
    '{"method?":"@BackupMethod","s3?":"@S3StoreArgs","prefix?":"s","identity?":"@IdentityMode","serviceAccount?":"s","projectNumber?":"s","iamPropagationWait?":"s","readers?":["@ReaderArgs"],"bucket?":"s","existingBucket?":"b","location?":"s","storageClass?":"@BucketStorageClass","deleteAge?":"s","deleteMargin?":"s","versioning?":"b","noncurrentAge?":"s","forceDestroy?":"b","softDelete?":"s","kmsKey?":"s","labels?":{"*":"s"},"retention?":"s","schedule?":"s","immediate?":"b","suspend?":"b","walCompression?":"@WalCompression","dataCompression?":"@DataCompression","walParallel?":"n","dataJobs?":"n","maxArchiveSize?":"s","dataArgs?":["s"],"dataRestoreArgs?":["s"],"walArgs?":["s"],"walRestoreArgs?":["s"],"env?":{"*":"s"},"checkArchive?":"b","sidecar?":"@SidecarSettings"}',
  ExportArgs:
    '{"database?":"s","schedule?":"s","run?":"s","suspend?":"b","secret?":"s","excludeTables?":["s"],"excludeTableData?":["s"],"compress?":"s","storage?":"s","storageClass?":"s","timeout?":"s"}',
  ExportSettings: '{"bucket?":"s","prefix?":"s","s3?":"@S3StoreArgs","image?":"s","env?":{"*":"s"}}',
  ExtensionArgs: '{"version?":"s","schema?":"s"}',
  ExternalSecretCredentials:
    '{"store":"s","kind?":"@SecretStoreKind","key":"s","property?":"s","refreshInterval?":"s"}',
  GcsSourceArgs: '{"credentials?":"@StoreSecretArgs"}',
  GeneratorCredentials:
    '{"length?":"n","digits?":"n","symbols?":"n","symbolCharacters?":"s","noUpper?":"b","refreshInterval?":"s"}',
  GrantArgs:
    '{"connect?":"b","read?":["s"],"write?":["s"],"createTables?":["s"],"createSchema?":"b","executeFunctions?":["s"],"defaultPrivileges?":"b","metadataAccess?":"b","manageRoles?":"b"}',
  IdentityMode: '["shared","perCluster","direct"]',
  ImageCatalogArgs: '{"name":"s","kind?":"@ImageCatalogKind","major":"n"}',
  ImageCatalogKind: '["ImageCatalog","ClusterImageCatalog"]',
  ImportDumpArgs:
    '{"database?":"s","from":"@DumpSourceArgs","jobs?":"n","storage?":"s","storageClass?":"s","timeout?":"s","grant?":"b"}',
  ImportFromArgs:
    '{"server":"s","postgresMajor":"n","type":"@ImportType","databases":["s"],"roles?":["s"],"database?":"s","schemaOnly?":"b","pgDumpExtraOptions?":["s"],"pgRestoreExtraOptions?":["s"],"pgRestorePredataOptions?":["s"],"pgRestoreDataOptions?":["s"],"pgRestorePostdataOptions?":["s"],"postImportApplicationSQL?":["s"]}',
  ImportType: '["microservice","monolith"]',
  InitdbArgs:
    '{"database?":"s","dataChecksums?":"b","encoding?":"s","localeCollate?":"s","localeCType?":"s","localeProvider?":"s","icuLocale?":"s","builtinLocale?":"s","walSegmentSize?":"n","postInitSQL?":["s"],"postInitApplicationSQL?":["s"],"postInitTemplateSQL?":["s"]}',
  IssuerArgs: '{"name":"s","kind?":"@IssuerKind","group?":"s"}',
  IssuerKind: '["Issuer","ClusterIssuer"]',
  JobPurpose: '["export","import"]',
  JobTenantArgs:
    '{"namespace":"s","cluster":"s","purpose":"@JobPurpose","bucket":"s","prefix":"s","sharedPrefix?":"s","grant?":"b"}',
  ManualBackupArgs: '{"target?":"@BackupTarget","timeout?":"s"}',
  MaskingArgs: '{"sql":["s"],"timeout?":"s"}',
  PlacementArgs:
    '{"nodeSelector?":{"*":"s"},"tolerations?":["@TolerationArgs"],"antiAffinity?":"@AntiAffinity","topologyKey?":"s"}',
  PoolMode: '["session","transaction"]',
  PoolerArgs:
    '{"type?":"@PoolerType","poolMode?":"@PoolMode","instances?":"n","parameters?":{"*":"s"},"resources?":"@PoolerResourcesArgs","placement?":"@PlacementArgs","serviceType?":"@PoolerServiceType","serviceAnnotations?":{"*":"s"},"image?":"s","clientTLSSecret?":"s","paused?":"b"}',
  PoolerResourcesArgs: '{"cpu?":"s","memory?":"s","cpuLimit?":"s","memoryLimit?":"s"}',
  PoolerServiceType: '["ClusterIP","NodePort","LoadBalancer"]',
  PoolerType: '["rw","ro","r"]',
  PostgresCluster:
    '{"profile":"@Profile","bucket?":"s","prefix?":"s","s3?":"@S3StoreArgs","s3Keys?":"@S3KeysArgs","s3SourceKeys?":"@S3KeysArgs","s3ExportKeys?":"@S3KeysArgs","s3ImportKeys?":"@S3KeysArgs","gcpServiceAccount?":"s","exportSettings?":"@ExportSettings","exportServiceAccount?":"s","importServiceAccount?":"s","backupMethod?":"@BackupMethod","operatorVersion?":"s","kubeconfig?~":"s","iamPropagationWait?":"s","namespace":"s","name?":"s","createNamespace?":"b","image?":"s","imageCatalog?":"@ImageCatalogArgs","upgrade?":"@UpgradeArgs","instances?":"n","storage?":"@StorageArgs","walStorage?":"@WalStorageArgs","resources?":"@ResourcesArgs","parameters?":{"*":"s"},"sharedPreloadLibraries?":["s"],"placement?":"@PlacementArgs","synchronous?":"@SynchronousArgs","databases?":{"*":"@DatabaseArgs"},"roles?":{"*":"@RoleArgs"},"rolesAs?":"@RolesAs","initdb?":"@InitdbArgs","recoverFrom?":"@RecoverFromArgs","servers?":{"*":"@ServerArgs"},"importFrom?":"@ImportFromArgs","baseBackupFrom?":"@BaseBackupFromArgs","replica?":"@ReplicaArgs","publications?":{"*":"@PublicationArgs"},"subscriptions?":{"*":"@SubscriptionArgs"},"masking?":{"*":"@MaskingArgs"},"timeToLive?":"s","backup?":"@ClusterBackup","poolers?":{"*":"@PoolerArgs"},"certificates?":"@CertificatesArgs","exports?":{"*":"@ExportArgs"},"importDump?":"@ImportDumpArgs","generation?":"n","primaryUpdateStrategy?":"@PrimaryUpdateStrategy","primaryUpdateMethod?":"@PrimaryUpdateMethod","labels?":{"*":"s"},"protect?":"b","wait?":"@WaitArgs"}',
  PostgresEnvironment:
    '{"project?":"s","region?":"s","profile":"@Profile","environment?":"s","operatorVersion?":"s","backups?":"@EnvironmentBackups","s3Keys?":"@S3KeysArgs","s3SourceKeys?":"@S3KeysArgs","s3ExportKeys?":"@S3KeysArgs","s3ImportKeys?":"@S3KeysArgs","exports?":"@ExportSettings","kubeconfig?~":"s","clusters":{"*":"@ClusterArgs"}}',
  PrimaryUpdateMethod: '["restart","switchover"]',
  PrimaryUpdateStrategy: '["unsupervised","supervised"]',
  Profile: '["dev","prod"]',
  PublicationArgs:
    '{"database":"s","allTables?":"b","tables?":["s"],"columns?":{"*":["s"]},"schemas?":["s"],"parameters?":{"*":"s"},"reclaimPolicy?":"@ReclaimPolicy"}',
  RandomCredentials: '{"length?":"n","rotation?":"n"}',
  ReaderArgs: '{"cluster":"s","member?":"s","serviceAccount?":"s","expires?":"s"}',
  ReclaimPolicy: '["retain","delete"]',
  RecoverFromArgs:
    '{"generation?":"n","volumeSnapshots?":"@VolumeSnapshotsArgs","allowRoles?":["s"],"startWorkers?":"b","database?":"s","target?":"@RecoveryTargetArgs","bucket?":"s","s3?":"@S3StoreArgs","gcs?":"@GcsSourceArgs","cluster?":"s","objectPrefix?":"s","serverName?":"s","postgresMajor?":"n","method?":"@BackupMethod","grant?":"b"}',
  RecoveryTargetArgs:
    '{"time?":"s","lsn?":"s","xid?":"s","name?":"s","immediate?":"b","backupID?":"s","inclusive?":"b","timeline?":"s"}',
  ReplicaArgs:
    '{"enabled?":"b","server?":"s","source?":"@ArchiveSourceArgs","primary?":"s","self?":"s","promotionToken?":"s","minApplyDelay?":"s"}',
  ResourcesArgs: '{"cpu?":"s","memory?":"s","cpuLimit?":"s","memoryLimit?":"s"}',
  RoleArgs:
    '{"login?":"b","createdb?":"b","createrole?":"b","inherit?":"b","bypassrls?":"b","replication?":"b","inRoles?":["s"],"connectionLimit?":"n","validUntil?":"s","comment?":"s","database?":"s","reclaimPolicy?":"@ReclaimPolicy","disablePassword?":"b","clientCertificate?":"b","credentials?":"@CredentialsArgs","rotationMode?":"@RotationMode","applications?":["@ApplicationArgs"],"grants?":{"*":"@GrantArgs"},"syncPassword?":"s"}',
  RolesAs: '["databaseRole","managed"]',
  RotationMode: '["inPlace","twoUsers"]',
  S3CredentialsArgs: '{"secret":"s","accessKeyId?":"s","secretAccessKey?":"s","sessionToken?":"s"}',
  S3KeysArgs: '{"accessKeyId~":"s","secretAccessKey~":"s"}',
  S3StoreArgs:
    '{"endpoint?":"s","region?":"s","credentials?":"@S3CredentialsArgs","inheritFromIAMRole?":"b","roleArn?":"s","endpointCA?":"@StoreSecretArgs"}',
  SecretKeyArgs: '{"secret":"s","key":"s"}',
  SecretStoreKind: '["ClusterSecretStore","SecretStore"]',
  ServerArgs:
    '{"host":"s","port?":"n","user":"s","database?":"s","sslMode?":"@SslMode","password?":"@SecretKeyArgs","sslRootCert?":"@SecretKeyArgs","sslCert?":"@SecretKeyArgs","sslKey?":"@SecretKeyArgs"}',
  SidecarSettings:
    '{"cpu?":"s","memory?":"s","cpuLimit?":"s","memoryLimit?":"s","ephemeralStorage?":"s","ephemeralStorageLimit?":"s"}',
  SourceArgs: '{"bucket":"s","prefix":"s"}',
  SslMode: '["require","verify-full","disable","verify-ca"]',
  StorageArgs: '{"size?":"s","storageClass?":"s","resizeInUseVolumes?":"b"}',
  StoreSecretArgs: '{"secret":"s","key?":"s"}',
  SubscriptionArgs:
    '{"database":"s","server":"s","publication":"s","publicationDatabase?":"s","parameters?":{"*":"s"},"reclaimPolicy?":"@ReclaimPolicy"}',
  SynchronousArgs: '{"method?":"@SynchronousMethod","number":"n","dataDurability?":"@DataDurability"}',
  SynchronousMethod: '["any","first"]',
  TaintEffect: '["NoSchedule","PreferNoSchedule","NoExecute"]',
  TenantArgs: '{"namespace":"s","cluster":"s","prefix?":"s","reads?":"@SourceArgs"}',
  TenantReaderArgs: '{"namespace":"s","cluster":"s","member":"s","expires?":"s"}',
  TolerationArgs: '{"key":"s","value?":"s","effect?":"@TaintEffect"}',
  UpgradeArgs: '{"fromMajor?":"n","reindexFor?":"s"}',
  VolumeSnapshotsArgs: '{"storage":"s","walStorage?":"s"}',
  WaitArgs: '{"enabled?":"b","timeout?":"s"}',
  WalCompression: '["none","bzip2","gzip","lz4","snappy","xz","zstd"]',
  WalStorageArgs: '{"enabled?":"b","size?":"s","storageClass?":"s"}',
};
