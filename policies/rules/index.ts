// Written by `npm run generate`; do not edit.
import type { Rule } from "../core/rule";
import argoDeleteGuard from "./argo-delete-guard";
import barmanArchiveShared from "./barman-archive-shared";
import barmanArchiveStaged from "./barman-archive-staged";
import barmanArguments from "./barman-arguments";
import barmanChangeDestination from "./barman-change-destination";
import barmanChangeObjectStore from "./barman-change-object-store";
import barmanChangeRetention from "./barman-change-retention";
import barmanCredentialsComplete from "./barman-credentials-complete";
import barmanDestinationPathParent from "./barman-destination-path-parent";
import barmanEncryptionGcs from "./barman-encryption-gcs";
import barmanGoogleKeyFile from "./barman-google-key-file";
import barmanObjectStoreFound from "./barman-object-store-found";
import barmanRecoveryOwnArchive from "./barman-recovery-own-archive";
import barmanRecoveryServerName from "./barman-recovery-server-name";
import barmanRetention from "./barman-retention";
import barmanS3ArchiveKeys from "./barman-s3-archive-keys";
import barmanS3Checksums from "./barman-s3-checksums";
import barmanS3Tls from "./barman-s3-tls";
import barmanSchemeFitsCredentials from "./barman-scheme-fits-credentials";
import barmanSidecarResources from "./barman-sidecar-resources";
import barmanSourceRetention from "./barman-source-retention";
import cnpgAlterSystem from "./cnpg-alter-system";
import cnpgAntiAffinity from "./cnpg-anti-affinity";
import cnpgAntiAffinityRequired from "./cnpg-anti-affinity-required";
import cnpgBackup from "./cnpg-backup";
import cnpgBackupCluster from "./cnpg-backup-cluster";
import cnpgBackupInProduction from "./cnpg-backup-in-production";
import cnpgBackupMethod from "./cnpg-backup-method";
import cnpgBackupParametersIgnored from "./cnpg-backup-parameters-ignored";
import cnpgCertificatesComplete from "./cnpg-certificates-complete";
import cnpgChangeArchive from "./cnpg-change-archive";
import cnpgChangeBootstrap from "./cnpg-change-bootstrap";
import cnpgChangeDebianRelease from "./cnpg-change-debian-release";
import cnpgChangeImmutable from "./cnpg-change-immutable";
import cnpgChangeInitdb from "./cnpg-change-initdb";
import cnpgChangeMajorDowngrade from "./cnpg-change-major-downgrade";
import cnpgChangeMajorUpgrade from "./cnpg-change-major-upgrade";
import cnpgChangeParameterRemoved from "./cnpg-change-parameter-removed";
import cnpgChangeSingleInstance from "./cnpg-change-single-instance";
import cnpgChangeStorageClass from "./cnpg-change-storage-class";
import cnpgChangeSwitchoverPlugin from "./cnpg-change-switchover-plugin";
import cnpgChangeUnprotected from "./cnpg-change-unprotected";
import cnpgChangeVolumeRefused from "./cnpg-change-volume-refused";
import cnpgCloneMasked from "./cnpg-clone-masked";
import cnpgClusterName from "./cnpg-cluster-name";
import cnpgCustomQueries from "./cnpg-custom-queries";
import cnpgDatabaseKept from "./cnpg-database-kept";
import cnpgEmptyArchiveCheck from "./cnpg-empty-archive-check";
import cnpgEmptyArchiveCheckIgnored from "./cnpg-empty-archive-check-ignored";
import cnpgExtensionDatabase from "./cnpg-extension-database";
import cnpgExtensionInImage from "./cnpg-extension-in-image";
import cnpgExtensionPreloaded from "./cnpg-extension-preloaded";
import cnpgFieldKnown from "./cnpg-field-known";
import cnpgFieldValue from "./cnpg-field-value";
import cnpgFixedParameters from "./cnpg-fixed-parameters";
import cnpgFsync from "./cnpg-fsync";
import cnpgHbaTrust from "./cnpg-hba-trust";
import cnpgHbaWeak from "./cnpg-hba-weak";
import cnpgHelmHook from "./cnpg-helm-hook";
import cnpgHibernation from "./cnpg-hibernation";
import cnpgImageHasBarman from "./cnpg-image-has-barman";
import cnpgImageNamed from "./cnpg-image-named";
import cnpgImagePinned from "./cnpg-image-pinned";
import cnpgInTreeBackup from "./cnpg-in-tree-backup";
import cnpgInTreeBackupRemoved from "./cnpg-in-tree-backup-removed";
import cnpgInstances from "./cnpg-instances";
import cnpgLibraryExtension from "./cnpg-library-extension";
import cnpgMaintenanceWindow from "./cnpg-maintenance-window";
import cnpgMemoryFits from "./cnpg-memory-fits";
import cnpgMetricsCache from "./cnpg-metrics-cache";
import cnpgOneBackupModel from "./cnpg-one-backup-model";
import cnpgOneBootstrapMethod from "./cnpg-one-bootstrap-method";
import cnpgOneWalArchiver from "./cnpg-one-wal-archiver";
import cnpgOperatorImagePinned from "./cnpg-operator-image-pinned";
import cnpgOwnerManagedRole from "./cnpg-owner-managed-role";
import cnpgOwnerPostgres from "./cnpg-owner-postgres";
import cnpgParameterAdvice from "./cnpg-parameter-advice";
import cnpgParameterArchiving from "./cnpg-parameter-archiving";
import cnpgParameterCorruption from "./cnpg-parameter-corruption";
import cnpgParameterDeveloper from "./cnpg-parameter-developer";
import cnpgParameterKnown from "./cnpg-parameter-known";
import cnpgParameterOperation from "./cnpg-parameter-operation";
import cnpgParameterSecurity from "./cnpg-parameter-security";
import cnpgParameterValue from "./cnpg-parameter-value";
import cnpgPdbOff from "./cnpg-pdb-off";
import cnpgPlainPassword from "./cnpg-plain-password";
import cnpgPluginBesideOperator from "./cnpg-plugin-beside-operator";
import cnpgPluginWalArchiver from "./cnpg-plugin-wal-archiver";
import cnpgPodMonitorDeprecated from "./cnpg-pod-monitor-deprecated";
import cnpgPoolerAuthentication from "./cnpg-pooler-authentication";
import cnpgPoolerClientCa from "./cnpg-pooler-client-ca";
import cnpgPoolerConnections from "./cnpg-pooler-connections";
import cnpgPoolerInstances from "./cnpg-pooler-instances";
import cnpgPoolerName from "./cnpg-pooler-name";
import cnpgPoolerParameters from "./cnpg-pooler-parameters";
import cnpgPoolerReplicas from "./cnpg-pooler-replicas";
import cnpgPoolerSessionMode from "./cnpg-pooler-session-mode";
import cnpgPoolerTlsNames from "./cnpg-pooler-tls-names";
import cnpgPostgresEndOfLife from "./cnpg-postgres-end-of-life";
import cnpgPostgresSupported from "./cnpg-postgres-supported";
import cnpgReconciliationDisabled from "./cnpg-reconciliation-disabled";
import cnpgRecoveryDatabase from "./cnpg-recovery-database";
import cnpgRecoveryDatabaseDiffers from "./cnpg-recovery-database-differs";
import cnpgRecoveryIgnoredSql from "./cnpg-recovery-ignored-sql";
import cnpgRecoveryInProduction from "./cnpg-recovery-in-production";
import cnpgRecoveryMajor from "./cnpg-recovery-major";
import cnpgRecoveryPluginBackup from "./cnpg-recovery-plugin-backup";
import cnpgRecoverySource from "./cnpg-recovery-source";
import cnpgRecoveryTarget from "./cnpg-recovery-target";
import cnpgRecoveryTargetTimeZone from "./cnpg-recovery-target-time-zone";
import cnpgRecoveryWorkers from "./cnpg-recovery-workers";
import cnpgReferencesHere from "./cnpg-references-here";
import cnpgReplicaSuperuser from "./cnpg-replica-superuser";
import cnpgResources from "./cnpg-resources";
import cnpgRetentionIgnored from "./cnpg-retention-ignored";
import cnpgRoleAttributeGroup from "./cnpg-role-attribute-group";
import cnpgRoleKept from "./cnpg-role-kept";
import cnpgRoleManagedOnce from "./cnpg-role-managed-once";
import cnpgRolePrivileged from "./cnpg-role-privileged";
import cnpgRoleSuperuser from "./cnpg-role-superuser";
import cnpgScheduleBurst from "./cnpg-schedule-burst";
import cnpgScheduleFires from "./cnpg-schedule-fires";
import cnpgScheduleReadable from "./cnpg-schedule-readable";
import cnpgScheduleSixFields from "./cnpg-schedule-six-fields";
import cnpgScheduleTooFrequent from "./cnpg-schedule-too-frequent";
import cnpgScheduledBackup from "./cnpg-scheduled-backup";
import cnpgScheduledBackupElsewhere from "./cnpg-scheduled-backup-elsewhere";
import cnpgScraped from "./cnpg-scraped";
import cnpgServerNameExplicit from "./cnpg-server-name-explicit";
import cnpgServiceAccountBeside from "./cnpg-service-account-beside";
import cnpgServiceAccountRenamed from "./cnpg-service-account-renamed";
import cnpgServiceAccountWithPlugin from "./cnpg-service-account-with-plugin";
import cnpgSharedBuffersUnit from "./cnpg-shared-buffers-unit";
import cnpgSingleInstancePdb from "./cnpg-single-instance-pdb";
import cnpgSlotWalLimit from "./cnpg-slot-wal-limit";
import cnpgSnapshotRetention from "./cnpg-snapshot-retention";
import cnpgSourceEncrypted from "./cnpg-source-encrypted";
import cnpgStorageSize from "./cnpg-storage-size";
import cnpgSuperuserAccess from "./cnpg-superuser-access";
import cnpgSuperuserSecretIgnored from "./cnpg-superuser-secret-ignored";
import cnpgSupervisedSingle from "./cnpg-supervised-single";
import cnpgSynchronousAvailability from "./cnpg-synchronous-availability";
import cnpgSynchronousCommit from "./cnpg-synchronous-commit";
import cnpgSynchronousNumber from "./cnpg-synchronous-number";
import cnpgValidationDisabled from "./cnpg-validation-disabled";
import cnpgVolumeSnapshotWal from "./cnpg-volume-snapshot-wal";
import cnpgWalArchivingSkipped from "./cnpg-wal-archiving-skipped";
import cnpgWalFitsVolume from "./cnpg-wal-fits-volume";
import cnpgWalVolume from "./cnpg-wal-volume";
import esoGeneratorOnce from "./eso-generator-once";
import esoOperatorSecret from "./eso-operator-secret";
import esoReloadLabel from "./eso-reload-label";
import esoRoleSecretKept from "./eso-role-secret-kept";
import esoUriEscaped from "./eso-uri-escaped";
import fluxDeleteGuard from "./flux-delete-guard";
import fluxForce from "./flux-force";
import gcpAccountKeys from "./gcp-account-keys";
import gcsForceDestroy from "./gcs-force-destroy";
import gcsPublicAccessPrevention from "./gcs-public-access-prevention";
import gcsPublicGrant from "./gcs-public-grant";
import gcsRetentionPolicy from "./gcs-retention-policy";
import gcsUniformAccess from "./gcs-uniform-access";
import halvesBucketPermissions from "./halves-bucket-permissions";
import halvesBucketRole from "./halves-bucket-role";
import halvesConditionPrefix from "./halves-condition-prefix";
import halvesDestinationBucket from "./halves-destination-bucket";
import halvesDumpJob from "./halves-dump-job";
import halvesJobReachesArchive from "./halves-job-reaches-archive";
import halvesLifecycleAge from "./halves-lifecycle-age";
import halvesNoncurrentVersions from "./halves-noncurrent-versions";
import halvesStoreKeys from "./halves-store-keys";
import halvesWorkloadIdentityAccount from "./halves-workload-identity-account";
import halvesWorkloadIdentityDecoy from "./halves-workload-identity-decoy";
import halvesWorkloadIdentityMember from "./halves-workload-identity-member";
import iamAuthoritative from "./iam-authoritative";
import iamBackupIdentityTooBroad from "./iam-backup-identity-too-broad";
import iamSourceReadOnly from "./iam-source-read-only";
import iamWorkloadIdentityMemberForm from "./iam-workload-identity-member-form";
import k8sAlertExpression from "./k8s-alert-expression";
import k8sAlertMetricExported from "./k8s-alert-metric-exported";
import k8sAlertMetricMajor from "./k8s-alert-metric-major";
import k8sAlertsOnBackups from "./k8s-alerts-on-backups";
import k8sBackupMetrics from "./k8s-backup-metrics";
import k8sCertificateDnsNames from "./k8s-certificate-dns-names";
import k8sCertificateReload from "./k8s-certificate-reload";
import k8sCiliumDnsRule from "./k8s-cilium-dns-rule";
import k8sCiliumEmptyDeny from "./k8s-cilium-empty-deny";
import k8sConnectionEncrypted from "./k8s-connection-encrypted";
import k8sConnectionLeads from "./k8s-connection-leads";
import k8sGmpRulesScope from "./k8s-gmp-rules-scope";
import k8sJobDeletesClusters from "./k8s-job-deletes-clusters";
import k8sJobSuperuser from "./k8s-job-superuser";
import k8sLoadBalancerInternal from "./k8s-load-balancer-internal";
import k8sMonitorInstances from "./k8s-monitor-instances";
import k8sMonitorVerifiesTls from "./k8s-monitor-verifies-tls";
import k8sMonitoringCrds from "./k8s-monitoring-crds";
import k8sMonitoringNamesHere from "./k8s-monitoring-names-here";
import k8sNetworkPolicyFlows from "./k8s-network-policy-flows";
import k8sNetworkPolicyJobs from "./k8s-network-policy-jobs";
import k8sNetworkPolicyOperator from "./k8s-network-policy-operator";
import k8sNetworkPolicyPorts from "./k8s-network-policy-ports";
import k8sNetworkPolicySelects from "./k8s-network-policy-selects";
import k8sNetworkPolicyStatusMetrics from "./k8s-network-policy-status-metrics";
import k8sNetworkSelectorKeys from "./k8s-network-selector-keys";
import k8sPodSelectorLabels from "./k8s-pod-selector-labels";
import k8sRoleSecretKeys from "./k8s-role-secret-keys";
import k8sRoleSecretReload from "./k8s-role-secret-reload";
import k8sSecretInOpen from "./k8s-secret-in-open";
import k8sSecretsBesideDatabase from "./k8s-secrets-beside-database";

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  argoDeleteGuard,
  barmanArchiveShared,
  barmanArchiveStaged,
  barmanArguments,
  barmanChangeDestination,
  barmanChangeObjectStore,
  barmanChangeRetention,
  barmanCredentialsComplete,
  barmanDestinationPathParent,
  barmanEncryptionGcs,
  barmanGoogleKeyFile,
  barmanObjectStoreFound,
  barmanRecoveryOwnArchive,
  barmanRecoveryServerName,
  barmanRetention,
  barmanS3ArchiveKeys,
  barmanS3Checksums,
  barmanS3Tls,
  barmanSchemeFitsCredentials,
  barmanSidecarResources,
  barmanSourceRetention,
  cnpgAlterSystem,
  cnpgAntiAffinity,
  cnpgAntiAffinityRequired,
  cnpgBackup,
  cnpgBackupCluster,
  cnpgBackupInProduction,
  cnpgBackupMethod,
  cnpgBackupParametersIgnored,
  cnpgCertificatesComplete,
  cnpgChangeArchive,
  cnpgChangeBootstrap,
  cnpgChangeDebianRelease,
  cnpgChangeImmutable,
  cnpgChangeInitdb,
  cnpgChangeMajorDowngrade,
  cnpgChangeMajorUpgrade,
  cnpgChangeParameterRemoved,
  cnpgChangeSingleInstance,
  cnpgChangeStorageClass,
  cnpgChangeSwitchoverPlugin,
  cnpgChangeUnprotected,
  cnpgChangeVolumeRefused,
  cnpgCloneMasked,
  cnpgClusterName,
  cnpgCustomQueries,
  cnpgDatabaseKept,
  cnpgEmptyArchiveCheck,
  cnpgEmptyArchiveCheckIgnored,
  cnpgExtensionDatabase,
  cnpgExtensionInImage,
  cnpgExtensionPreloaded,
  cnpgFieldKnown,
  cnpgFieldValue,
  cnpgFixedParameters,
  cnpgFsync,
  cnpgHbaTrust,
  cnpgHbaWeak,
  cnpgHelmHook,
  cnpgHibernation,
  cnpgImageHasBarman,
  cnpgImageNamed,
  cnpgImagePinned,
  cnpgInTreeBackup,
  cnpgInTreeBackupRemoved,
  cnpgInstances,
  cnpgLibraryExtension,
  cnpgMaintenanceWindow,
  cnpgMemoryFits,
  cnpgMetricsCache,
  cnpgOneBackupModel,
  cnpgOneBootstrapMethod,
  cnpgOneWalArchiver,
  cnpgOperatorImagePinned,
  cnpgOwnerManagedRole,
  cnpgOwnerPostgres,
  cnpgParameterAdvice,
  cnpgParameterArchiving,
  cnpgParameterCorruption,
  cnpgParameterDeveloper,
  cnpgParameterKnown,
  cnpgParameterOperation,
  cnpgParameterSecurity,
  cnpgParameterValue,
  cnpgPdbOff,
  cnpgPlainPassword,
  cnpgPluginBesideOperator,
  cnpgPluginWalArchiver,
  cnpgPodMonitorDeprecated,
  cnpgPoolerAuthentication,
  cnpgPoolerClientCa,
  cnpgPoolerConnections,
  cnpgPoolerInstances,
  cnpgPoolerName,
  cnpgPoolerParameters,
  cnpgPoolerReplicas,
  cnpgPoolerSessionMode,
  cnpgPoolerTlsNames,
  cnpgPostgresEndOfLife,
  cnpgPostgresSupported,
  cnpgReconciliationDisabled,
  cnpgRecoveryDatabase,
  cnpgRecoveryDatabaseDiffers,
  cnpgRecoveryIgnoredSql,
  cnpgRecoveryInProduction,
  cnpgRecoveryMajor,
  cnpgRecoveryPluginBackup,
  cnpgRecoverySource,
  cnpgRecoveryTarget,
  cnpgRecoveryTargetTimeZone,
  cnpgRecoveryWorkers,
  cnpgReferencesHere,
  cnpgReplicaSuperuser,
  cnpgResources,
  cnpgRetentionIgnored,
  cnpgRoleAttributeGroup,
  cnpgRoleKept,
  cnpgRoleManagedOnce,
  cnpgRolePrivileged,
  cnpgRoleSuperuser,
  cnpgScheduleBurst,
  cnpgScheduleFires,
  cnpgScheduleReadable,
  cnpgScheduleSixFields,
  cnpgScheduleTooFrequent,
  cnpgScheduledBackup,
  cnpgScheduledBackupElsewhere,
  cnpgScraped,
  cnpgServerNameExplicit,
  cnpgServiceAccountBeside,
  cnpgServiceAccountRenamed,
  cnpgServiceAccountWithPlugin,
  cnpgSharedBuffersUnit,
  cnpgSingleInstancePdb,
  cnpgSlotWalLimit,
  cnpgSnapshotRetention,
  cnpgSourceEncrypted,
  cnpgStorageSize,
  cnpgSuperuserAccess,
  cnpgSuperuserSecretIgnored,
  cnpgSupervisedSingle,
  cnpgSynchronousAvailability,
  cnpgSynchronousCommit,
  cnpgSynchronousNumber,
  cnpgValidationDisabled,
  cnpgVolumeSnapshotWal,
  cnpgWalArchivingSkipped,
  cnpgWalFitsVolume,
  cnpgWalVolume,
  esoGeneratorOnce,
  esoOperatorSecret,
  esoReloadLabel,
  esoRoleSecretKept,
  esoUriEscaped,
  fluxDeleteGuard,
  fluxForce,
  gcpAccountKeys,
  gcsForceDestroy,
  gcsPublicAccessPrevention,
  gcsPublicGrant,
  gcsRetentionPolicy,
  gcsUniformAccess,
  halvesBucketPermissions,
  halvesBucketRole,
  halvesConditionPrefix,
  halvesDestinationBucket,
  halvesDumpJob,
  halvesJobReachesArchive,
  halvesLifecycleAge,
  halvesNoncurrentVersions,
  halvesStoreKeys,
  halvesWorkloadIdentityAccount,
  halvesWorkloadIdentityDecoy,
  halvesWorkloadIdentityMember,
  iamAuthoritative,
  iamBackupIdentityTooBroad,
  iamSourceReadOnly,
  iamWorkloadIdentityMemberForm,
  k8sAlertExpression,
  k8sAlertMetricExported,
  k8sAlertMetricMajor,
  k8sAlertsOnBackups,
  k8sBackupMetrics,
  k8sCertificateDnsNames,
  k8sCertificateReload,
  k8sCiliumDnsRule,
  k8sCiliumEmptyDeny,
  k8sConnectionEncrypted,
  k8sConnectionLeads,
  k8sGmpRulesScope,
  k8sJobDeletesClusters,
  k8sJobSuperuser,
  k8sLoadBalancerInternal,
  k8sMonitorInstances,
  k8sMonitorVerifiesTls,
  k8sMonitoringCrds,
  k8sMonitoringNamesHere,
  k8sNetworkPolicyFlows,
  k8sNetworkPolicyJobs,
  k8sNetworkPolicyOperator,
  k8sNetworkPolicyPorts,
  k8sNetworkPolicySelects,
  k8sNetworkPolicyStatusMetrics,
  k8sNetworkSelectorKeys,
  k8sPodSelectorLabels,
  k8sRoleSecretKeys,
  k8sRoleSecretReload,
  k8sSecretInOpen,
  k8sSecretsBesideDatabase,
];
