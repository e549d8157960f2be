import * as z from "zod";
import {
  AntiAffinity,
  BackupMethod,
  BucketStorageClass,
  DataCompression,
  DataDurability,
  IdentityMode,
  ImageCatalogKind,
  PrimaryUpdateMethod,
  PrimaryUpdateStrategy,
  Profile,
  ReclaimPolicy,
  SynchronousMethod,
  TaintEffect,
  WalCompression,
} from "../components";

/*
 * The shape of a stack file: which keys there are, and of which type each is. What the values may be (a quantity, a
 * schedule, a name) is decided by the components, so that every program that uses them is told the same.
 * `describe` is what docs/configuration.md prints; it is checked against the docstrings' coverage by a test.
 */

const text = (description: string) => z.string().describe(description);
const flag = (description: string) => z.boolean().describe(description);
const count = (description: string) => z.number().describe(description);
const choice = <T extends Record<string, string>>(values: T, description: string) =>
  z.enum(values).describe(description);
const names = (description: string) => z.array(z.string()).describe(description);
const map = (description: string) => z.record(z.string(), z.string()).describe(description);
/** YAML has numbers and truth values where Postgres has text. */
const parameter = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((v) => (v === true ? "on" : v === false ? "off" : String(v)));

const sidecar = z.strictObject({
  cpu: text("CPU request. Default: `100m`.").optional(),
  memory: text("Memory request. Default: `256Mi`.").optional(),
  cpuLimit: text("CPU limit. Default: none.").optional(),
  memoryLimit: text("Memory limit. Default: `512Mi`.").optional(),
});

const backupSettings = {
  retention: text(
    "How long backups can be restored from, as Barman counts: `30d`, `4w`, `1m` (31 days). Default: the profile's.",
  ).optional(),
  schedule: text(
    "When base backups start: six cron fields, seconds first, or `@daily` and the like, in UTC. Default: `0 0 3 * * *`.",
  ).optional(),
  immediate: flag("Whether a first base backup starts at once. Default: `true`.").optional(),
  suspend: flag("Whether the schedule is stopped for now. Default: `false`.").optional(),
  walCompression: choice(WalCompression, "Compression of WAL files. Default: `gzip`.").optional(),
  dataCompression: choice(DataCompression, "Compression of base backups. Default: `gzip`.").optional(),
  walParallel: count("WAL files archived or restored in parallel. Default: 2.").optional(),
  dataJobs: count("Parallel uploads of a base backup. Default: 2.").optional(),
  env: map("Environment variables of the backup process. Default: none.").optional(),
  sidecar: sidecar.describe("Resources of the Barman Cloud plugin's sidecar.").optional(),
};

/** The same for one cluster, where the default is what the environment says. */
const ownBackupSettings = Object.fromEntries(
  Object.entries(backupSettings).map(([key, schema]) => [
    key,
    schema.describe(
      `${(schema.unwrap().description ?? "").replace(/ ?Default: .*$/, "")} Default: what \`backups\` says.`.trim(),
    ),
  ]),
) as unknown as typeof backupSettings;

const backups = z.strictObject({
  bucket: text("Bucket name. Default: `<project>-<environment>-postgres-backups`.").optional(),
  existingBucket: flag(
    "Whether the bucket exists already and is managed elsewhere; `deleteAge` must then say what its rule does. Default: `false`.",
  ).optional(),
  location: text("Region, dual-region or multi-region. Default: `gcp:region`.").optional(),
  storageClass: choice(BucketStorageClass, "Default: `STANDARD`.").optional(),
  deleteAge: text(
    "Age at which the lifecycle rule deletes, such as `45d`; more than retention + one backup interval. Default: that, and `deleteMargin`.",
  ).optional(),
  deleteMargin: text(
    "What the default `deleteAge` adds to retention + one backup interval. Default: `7d`.",
  ).optional(),
  versioning: flag("Object versioning. Default: the profile's.").optional(),
  noncurrentAge: text(
    "With versioning: how long a version outlives its deletion. Default: `14d`.",
  ).optional(),
  forceDestroy: flag(
    "Whether destroying the stack may delete a bucket that has objects; only in dev. Default: the profile's.",
  ).optional(),
  softDelete: text("Google's soft delete: `0d` (off) or `7d` to `90d`. Default: the profile's.").optional(),
  kmsKey: text(
    "Customer-managed key, `projects/P/locations/L/keyRings/R/cryptoKeys/K`; Cloud Storage's service agent must be allowed to use it. Default: Google's own.",
  ).optional(),
  labels: map("Bucket labels. Default: `environment` and `managed-by`.").optional(),
  method: choice(
    BackupMethod,
    "`plugin` (Barman Cloud plugin) or `inTree` (deprecated, gone from operator 1.31). Default: `plugin`.",
  ).optional(),
  prefix: text("Folder in the bucket under which every cluster has its own. Default: `cnpg`.").optional(),
  identity: choice(
    IdentityMode,
    "`shared`, `perCluster` (own account, limited to its prefix) or `direct` (no account). Default: `shared`.",
  ).optional(),
  serviceAccount: text("Account id of the shared backup account. Default: `cnpg-<environment>`.").optional(),
  projectNumber: text("The project's number, which `identity: direct` needs. Quote it.").optional(),
  iamPropagationWait: text(
    "How long new IAM grants are given before a Cluster is created, up to `30m`. Default: `2m`.",
  ).optional(),
  ...backupSettings,
});

const storage = z.strictObject({
  size: text(
    "Volume of an instance, such as `100Gi`; it can grow later, never shrink. Default: the profile's.",
  ).optional(),
  storageClass: text("StorageClass; it can't change on a live cluster. Default: the profile's.").optional(),
  resizeInUseVolumes: flag("Whether CNPG grows the volume in use. Default: `true`.").optional(),
});
const walStorage = z.strictObject({
  enabled: flag(
    "Whether WAL has a volume of its own. Default: the profile's, or `true` if `size` is set.",
  ).optional(),
  size: text("Default: a fifth of the data volume, at least 2Gi, and several `max_wal_size`.").optional(),
  storageClass: text("Default: the data volume's.").optional(),
});
const resources = z.strictObject({
  cpu: text('CPU request, such as `"2"` or `500m`. Default: the profile\'s.').optional(),
  memory: text(
    "Memory request, from which Postgres' memory parameters are derived. Default: the profile's.",
  ).optional(),
  cpuLimit: text("Default: the request.").optional(),
  memoryLimit: text("Default: the request.").optional(),
});
const placement = z.strictObject({
  nodeSelector: map("Labels that a node must have. Default: none.").optional(),
  tolerations: z
    .array(
      z.strictObject({
        key: text("Key of the taint."),
        value: text("Its value. Default: any.").optional(),
        effect: choice(TaintEffect, "Default: any.").optional(),
      }),
    )
    .describe("Taints that instances tolerate. Default: none.")
    .optional(),
  antiAffinity: choice(
    AntiAffinity,
    "Whether two instances may share a node. Default: the profile's.",
  ).optional(),
  topologyKey: text("Over what instances are spread. Default: `kubernetes.io/hostname`.").optional(),
});
const database = z.strictObject({
  owner: text("Role that owns it. Default: the database's name.").optional(),
  ownerSecret: text(
    "Existing Secret with the owner's `username` and `password`. Default: a generated one.",
  ).optional(),
  extensions: names("Extensions, created as superuser, such as `vector`. Default: none.").optional(),
  extensionOptions: z
    .record(
      z.string(),
      z.strictObject({
        version: text("Default: the image's.").optional(),
        schema: text("`public` or one of `schemas`.").optional(),
      }),
    )
    .describe("Version and schema of extensions named above.")
    .optional(),
  schemas: names("Schemas, owned by the owner. Default: none but `public`.").optional(),
  connectionLimit: count("Default: -1, no limit.").optional(),
  reclaimPolicy: choice(
    ReclaimPolicy,
    "What becomes of it when it is taken out of the file. Default: `retain`.",
  ).optional(),
  encoding: text("Default: the cluster's. It can't change later.").optional(),
  locale: text("Default: the cluster's. It can't change later.").optional(),
});
const initdb = z.strictObject({
  database: text("Which of `databases` initdb creates. Needed if there are several.").optional(),
  dataChecksums: flag("Page checksums. Default: `true`.").optional(),
  encoding: text("Default: `UTF8`.").optional(),
  localeCollate: text("Default: `C`.").optional(),
  localeCType: text("Default: `C`.").optional(),
  localeProvider: text("`icu`, `libc` or `builtin`. Default: `libc`.").optional(),
  icuLocale: text("Locale of provider `icu`, such as `en-US`.").optional(),
  builtinLocale: text("Locale of provider `builtin`.").optional(),
  walSegmentSize: count("MB, a power of two up to 1024. Default: 16.").optional(),
  postInitSQL: names("SQL run as superuser in `postgres`.").optional(),
  postInitApplicationSQL: names("SQL run as superuser in the first database.").optional(),
  postInitTemplateSQL: names("SQL run as superuser in `template1`.").optional(),
});
const cluster = z.strictObject({
  namespace: text("Namespace of the Cluster."),
  name: text("Name of the Cluster, at most 50 characters. Default: the key.").optional(),
  createNamespace: flag("Whether the namespace is created too. Default: `true`.").optional(),
  image: text(
    "Operand image pinned to a minor version, such as `ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie`.",
  ).optional(),
  imageCatalog: z
    .strictObject({
      name: text("Name of the catalog."),
      kind: choice(ImageCatalogKind, "Default: `ClusterImageCatalog`.").optional(),
      major: count("Postgres major version."),
    })
    .describe("A catalog instead of `image`.")
    .optional(),
  instances: count("Instances, primary included. Default: the profile's.").optional(),
  storage: storage.describe("Data volume.").optional(),
  walStorage: walStorage.describe("Volume for WAL alone.").optional(),
  resources: resources.describe("CPU and memory of an instance.").optional(),
  parameters: z
    .record(z.string(), parameter)
    .describe("Postgres parameters over the derived ones.")
    .optional(),
  placement: placement.describe("Which nodes instances run on.").optional(),
  synchronous: z
    .strictObject({
      method: choice(SynchronousMethod, "Default: `any`.").optional(),
      number: count("How many replicas confirm a commit."),
      dataDurability: choice(DataDurability, "Default: `required`.").optional(),
    })
    .describe("Synchronous replication. Default: none.")
    .optional(),
  databases: z.record(z.string(), database).describe("Databases by name. Default: `app`.").optional(),
  initdb: initdb
    .describe("How the first database comes into being; counts only when the cluster is created.")
    .optional(),
  backup: z
    .strictObject({
      enabled: flag("`false` leaves backups out; only in dev. Default: `true`.").optional(),
      serverName: text(
        "Barman's server name, for a cluster that had an archive before. Default: `<cluster>-g<generation>`.",
      ).optional(),
      ...ownBackupSettings,
      prefix: text("Folder of this cluster in the bucket. Default: `<backups.prefix>/<cluster>`.").optional(),
    })
    .describe("Over what `backups` says.")
    .optional(),
  generation: count(
    "Raising it replaces the Cluster by a new, empty one with an archive of its own. Default: 1.",
  ).optional(),
  primaryUpdateStrategy: choice(PrimaryUpdateStrategy, "Default: `unsupervised`.").optional(),
  primaryUpdateMethod: choice(PrimaryUpdateMethod, "Default: `restart`.").optional(),
  labels: map("Labels for all that CNPG creates for the cluster. Default: none.").optional(),
  protect: flag("Whether Pulumi refuses to delete what holds data. Default: the profile's.").optional(),
  wait: z
    .strictObject({
      enabled: flag("Default: `true`.").optional(),
      timeout: text("Default: `15m`; up to `6h`.").optional(),
    })
    .describe("Whether, and how long, an update waits until the cluster is Ready and archives.")
    .optional(),
});

/** What may stand in a stack file under `pulumi-cnpg:`. */
export const stackSchema = z.strictObject({
  profile: choice(Profile, "`dev` or `prod`; it decides every default that is not written down."),
  environment: text(
    "Name of the environment in names of Google resources. Default: the stack's name.",
  ).optional(),
  operatorVersion: text("Version of the CNPG operator. Default: `1.30.0`.").optional(),
  backups: backups.describe("Bucket, identities, and the defaults of every cluster's backups.").optional(),
  clusters: z
    .record(z.string(), cluster)
    .describe("Clusters by name, such as `orders-db: { namespace: orders, image: … }`."),
});

/** A stack file's settings, as the schema types them: what the environment takes, less project and region. */
export type StackSettings = z.infer<typeof stackSchema>;
