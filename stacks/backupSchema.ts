import {
  BackupMethod,
  type BackupSettings,
  BucketStorageClass,
  DataCompression,
  type EnvironmentBackups,
  IdentityMode,
  type SidecarSettings,
  WalCompression,
} from "../components/index";
import { reader } from "./recoverySchema";
import { s3 } from "./s3Schema";
import {
  choice,
  described,
  type FieldsOf,
  flag,
  group,
  listOf,
  mapOf,
  number,
  type Setting,
  text,
} from "./shape";

const map = (about: string) => mapOf(text(""), about);

const sidecar = group<SidecarSettings>({
  cpu: text("CPU request. Default: `100m`."),
  memory: text("Memory request. Default: half of the limit's default, `256Mi` for most clusters."),
  cpuLimit: text("CPU limit. Default: none."),
  memoryLimit: text(
    "Memory limit. Default: the request, if that is set; without, 256Mi, 64Mi for each of `dataJobs` and of `walParallel`, another 512Mi per begun Ti of a volume of more than 256Gi, and what snappy (64Mi) or bzip2 (16Mi) need: `512Mi` for most clusters.",
  ),
  ephemeralStorage: text(
    "Request for the node's disk, on which archives for Cloud Storage are staged. Default: an archive and 2Gi, where archives are limited; elsewhere none.",
  ),
  ephemeralStorageLimit: text(
    "Limit for the node's disk, which counts for the whole pod. Default: `ephemeralStorage`, if that is set; without, room for a second archive, such as a killed backup leaves behind.",
  ),
});

const barmanArgs = (command: string) =>
  listOf(
    text(""),
    `Further arguments of \`${command}\`, each with its value behind \`=\`, such as \`--read-timeout=120\`. Default: none.`,
  );

const backupSettings: FieldsOf<BackupSettings> = {
  retention: text(
    "How long backups can be restored from, as Barman counts: `30d`, `4w`, `1m` (31 days). Default: the profile's.",
  ),
  schedule: text(
    "When base backups start: six cron fields, seconds first, or `@daily` and the like, in UTC. Default: `0 0 3 * * *`.",
  ),
  immediate: flag("Whether a first base backup starts at once. Default: `true`."),
  suspend: flag("Whether the schedule is stopped for now. Default: `false`."),
  walCompression: choice(WalCompression, "Compression of WAL files. Default: `gzip`."),
  dataCompression: choice(DataCompression, "Compression of base backups. Default: `gzip`."),
  walParallel: number("WAL files archived or restored in parallel. Default: 2."),
  dataJobs: number("Parallel uploads of a base backup. Default: 2."),
  maxArchiveSize: text(
    "Size at which an archive of a base backup ends and the next one begins. Archives for Cloud Storage are staged on the node's disk as a whole. Default: `2Gi` there, for volumes of more than 10Gi; elsewhere Barman's, 100 GB.",
  ),
  dataArgs: barmanArgs("barman-cloud-backup"),
  dataRestoreArgs: barmanArgs("barman-cloud-restore"),
  walArgs: barmanArgs("barman-cloud-wal-archive"),
  walRestoreArgs: barmanArgs("barman-cloud-wal-restore"),
  env: map("Environment variables of the backup process. Default: none."),
  checkArchive: flag(
    "Whether an update looks into the archive before harm is done, by a short-lived pod with the image of `exports.image`: that it is empty, before a " +
      "Cluster is created; that it has what is asked for, before one is deleted to be restored. Default: `true`.",
  ),
  sidecar: described(sidecar, "Resources of the Barman Cloud plugin's sidecar."),
};

/** The settings of backups of one cluster, where the default is what the environment says. */
export const ownBackupSettings = Object.fromEntries(
  Object.entries(backupSettings as Record<string, Setting>).map(([key, setting]) => [
    key,
    described(
      setting,
      `${setting.about.replace(/ ?Default: .*$/, "")} Default: what \`backups\` says.`.trim(),
    ),
  ]),
) as unknown as FieldsOf<BackupSettings>;

/** The settings of an environment's bucket, identities and backups. */
export const backups = group<EnvironmentBackups>({
  bucket: text("Bucket name. Default: `<project>-<environment>-postgres-backups`."),
  existingBucket: flag(
    "Whether the bucket exists already and is managed elsewhere; `deleteAge` must then say what its rule does. Default: `false`.",
  ),
  location: text("Region, dual-region or multi-region. Default: `gcp:region`."),
  storageClass: choice(BucketStorageClass, "Default: `STANDARD`."),
  deleteAge: text(
    "Age at which the lifecycle rule deletes, such as `45d`; more than retention + one backup interval. Default: that, and `deleteMargin`.",
  ),
  deleteMargin: text("What the default `deleteAge` adds to retention + one backup interval. Default: `7d`."),
  versioning: flag("Object versioning. Default: the profile's."),
  noncurrentAge: text("With versioning: how long a version outlives its deletion. Default: `14d`."),
  forceDestroy: flag(
    "Whether destroying the stack may delete a bucket that has objects; only in dev. Default: the profile's.",
  ),
  softDelete: text("Google's soft delete: `0d` (off) or `7d` to `90d`. Default: the profile's."),
  kmsKey: text(
    "Customer-managed key, `projects/P/locations/L/keyRings/R/cryptoKeys/K`; Cloud Storage's service agent must be allowed to use it. Default: Google's own.",
  ),
  labels: map("Bucket labels. Default: `environment` and `managed-by`."),
  method: choice(
    BackupMethod,
    "`plugin` (Barman Cloud plugin) or `inTree` (deprecated, gone from operator 1.31). Default: `plugin`.",
  ),
  s3: described(
    s3,
    "An S3-compatible store that has the bucket, in place of Google Cloud Storage; settings of Google's are refused then.",
  ),
  prefix: text(
    "Folder in the bucket under which every cluster has its own. Default: `cnpg`; in a bucket that the stack does not make " +
      "(`existingBucket`, `s3`) `cnpg/<environment>`. A cluster that archives at an older default stays there.",
  ),
  identity: choice(
    IdentityMode,
    "`shared`, `perCluster` (own account, limited to its prefix) or `direct` (no account). Default: `shared`.",
  ),
  serviceAccount: text("Account id of the shared backup account. Default: `cnpg-<environment>`."),
  projectNumber: text("The project's number, which `identity: direct` needs. Quote it."),
  iamPropagationWait: text(
    "How long new IAM grants are given before a Cluster is created, up to `30m`. Default: `2m`.",
  ),
  readers: listOf(
    reader,
    "Who else may read which cluster's backups, to recover from them elsewhere. Default: nobody.",
  ),
  ...backupSettings,
});
