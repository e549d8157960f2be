export * from "./backup/args";
export { BackupBucket, type BackupBucketArgs } from "./backup/backupBucket";
export * from "./backup/manualArgs";
export * from "./backup/s3Args";
export { readsS3 } from "./backup/s3Context";
export * from "./cluster/args";
export { PostgresCluster, type PostgresClusterArgs } from "./cluster/postgresCluster";
export * from "./credentials/args";
export * from "./database/args";
export { type ClusterOutputs, clustersOf, environmentOf, PostgresEnvironment } from "./environment";
export type { PostgresEnvironmentArgs } from "./environment/args";
export {
  type ClusterIdentity,
  checkEnvironment,
  type EnvironmentPlace,
  type ExaminedEnvironment,
  examineEnvironment,
} from "./environment/place";
export { type SecretManifest, secretManifests } from "./environment/secretManifests";
export { type ClusterSummary, summariesOf } from "./environment/summary";
export * from "./export/args";
export * from "./grants/args";
export * from "./identity/args";
export { BackupIdentity } from "./identity/backupIdentity";
export { propagationWaitVariable } from "./identity/propagation";
export * from "./migration/args";
export { nearest, unknownSetting } from "./nearest";
export * from "./pooler/args";
export { formatProblem, InvalidSettings, notShown, type Problem, Problems, Refused } from "./problems";
export { Profile, type ProfileDefaults, profiles } from "./profiles";
export * from "./recovery/args";
export { isInPlace } from "./recovery/source";
export * from "./roles/args";
export {
  type CaConfigMap,
  type CaItem,
  type CaSecret,
  type CaVolume,
  type CaVolumeMount,
  DatabaseClient,
  type DatabaseClientArgs,
  type DatabaseEnv,
  databaseEnv,
  type SecretEnvSource,
  type SecretEnvVar,
  type SecretKey,
} from "./roles/databaseClient";
export type { ApplicationCa, ApplicationSummary } from "./roles/summary";
export * from "./tls/args";
export * as units from "./units";
export { kubectlVariable, liveArchive, waitVariable } from "./watch";
