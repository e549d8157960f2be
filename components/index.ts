export * from "./args/backup";
export * from "./args/cluster";
export * from "./args/credentials";
export * from "./args/database";
export type { PostgresEnvironmentArgs } from "./args/environment";
export * from "./args/export";
export * from "./args/grants";
export * from "./args/identity";
export * from "./args/manual";
export * from "./args/migration";
export * from "./args/monitoring";
export * from "./args/network";
export * from "./args/placement";
export * from "./args/platform";
export * from "./args/pooler";
export { Profile, type ProfileDefaults, profiles } from "./args/profiles";
export * from "./args/reader";
export * from "./args/recovery";
export * from "./args/roles";
export * from "./args/s3";
export * from "./args/tls";
export { BackupBucket, type BackupBucketArgs } from "./declare/backupBucket";
export { BackupIdentity } from "./declare/backupIdentity";
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
} from "./declare/databaseClient";
export { liveArchive } from "./declare/liveArchive";
export { PostgresCluster, type PostgresClusterArgs } from "./declare/postgresCluster";
export {
  type ClusterOutputs,
  clustersOf,
  environmentOf,
  PostgresEnvironment,
} from "./declare/postgresEnvironment";
export { PostgresPlatform } from "./declare/postgresPlatform";
export { propagationWaitVariable } from "./declare/propagation";
export { kubectlVariable, waitVariable } from "./declare/reach";
export { standsElsewhere } from "./elsewhere";
export { keepDecided } from "./environment/decided";
export { networkOf } from "./environment/networkOf";
export {
  type ClusterIdentity,
  checkEnvironment,
  type EnvironmentPlace,
  type ExaminedEnvironment,
  examineEnvironment,
} from "./environment/place";
export { type SecretManifest, secretManifests } from "./environment/secretManifests";
export { type ClusterSummary, summariesOf } from "./environment/summary";
export { nearest } from "./nearest";
export { type AllowedFlow, allowedFlows } from "./network/flows";
export type { StoreKind } from "./plan/store";
export { examinePlatform } from "./platform/decided";
export {
  formatProblem,
  InvalidSettings,
  notShown,
  type Problem,
  Problems,
  Refused,
  soundsSecret,
} from "./problems";
export { isInPlace } from "./recovery/source";
export type { ApplicationCa, ApplicationSummary } from "./roles/summary";
export {
  expected,
  type Group,
  type Misshape,
  type Path,
  readSetting,
  type Setting,
  settingsOf,
  writtenPath,
} from "./shape";
export { kindAt, kindOf, kinds as storeKinds, settingsAt } from "./store";
export { readsS3 } from "./store/context";
export * as units from "./units";
export { type Archiver, serverNamesOf } from "./watch/archivePod";
