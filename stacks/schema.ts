import {
  AntiAffinity,
  type ClusterBackup,
  DataDurability,
  type ImageCatalogArgs,
  ImageCatalogKind,
  type PlacementArgs,
  type PostgresEnvironmentArgs,
  PrimaryUpdateMethod,
  PrimaryUpdateStrategy,
  Profile,
  type ResourcesArgs,
  type StorageArgs,
  type SynchronousArgs,
  SynchronousMethod,
  TaintEffect,
  type TolerationArgs,
  type WaitArgs,
  type WalStorageArgs,
} from "../components/index";
import { backups, ownBackupSettings } from "./backupSchema";
import { database, initdb } from "./databaseSchema";
import { exportJob, exportSettings, importDump, manualBackup } from "./exportSchema";
import { migration } from "./migrationSchema";
import { certificates, pooler } from "./poolerSchema";
import { masking, recoverFrom, type StackCluster, timeToLive } from "./recoverySchema";
import { roles, rolesAs } from "./rolesSchema";
import { type keyArguments, keySettings, type StackKeys } from "./s3Schema";
import {
  choice,
  described,
  type FieldsOf,
  flag,
  group,
  listOf,
  mapOf,
  number,
  required,
  scalar,
  text,
} from "./shape";
import { upgrade } from "./upgradeSchema";

/*
 * The shape of a stack file: which settings there are, and of which type each is. What the values may be (a quantity, a
 * schedule, a name) is decided by the components, so that every program that uses them is told the same. Each
 * group is typed by the components' arguments: a setting too many or too few does not compile.
 */

const map = (about: string) => mapOf(text(""), about);

const storage = group<StorageArgs>({
  size: text(
    "Volume of an instance, such as `100Gi`; it can grow later, never shrink. Default: the profile's.",
  ),
  storageClass: text("StorageClass; it can't change on a live cluster. Default: the profile's."),
  resizeInUseVolumes: flag("Whether CNPG grows the volume in use. Default: `true`."),
});
const walStorage = group<WalStorageArgs>({
  enabled: flag("Whether WAL has a volume of its own. Default: the profile's, or `true` if `size` is set."),
  size: text("Default: a fifth of the data volume, at least 2Gi, and several `max_wal_size`."),
  storageClass: text("Default: the data volume's."),
});
const resources = group<ResourcesArgs>({
  cpu: text('CPU request, such as `"2"` or `500m`. Default: the profile\'s.'),
  memory: text("Memory request, from which Postgres' memory parameters are derived. Default: the profile's."),
  cpuLimit: text("Default: the request."),
  memoryLimit: text("Default: the request."),
});
const placementFields: FieldsOf<PlacementArgs> = {
  nodeSelector: map("Labels that a node must have. Default: none."),
  tolerations: listOf(
    group<TolerationArgs>({
      key: required(text("Key of the taint."), "missing"),
      value: text("Its value. Default: any."),
      effect: choice(TaintEffect, "Default: any."),
    }),
    "Taints that instances tolerate. Default: none.",
  ),
  antiAffinity: choice(AntiAffinity, "Whether two instances may share a node. Default: the profile's."),
  topologyKey: text("Over what instances are spread. Default: `kubernetes.io/hostname`."),
};
const placement = group<PlacementArgs>(placementFields);
const cluster = group<StackCluster>({
  namespace: required(text("Namespace of the Cluster."), "missing"),
  name: text("Name of the Cluster, at most 50 characters. Default: the key."),
  createNamespace: flag("Whether the namespace is created too. Default: `true`."),
  image: text(
    "Operand image pinned to a minor version, such as `ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie`.",
  ),
  imageCatalog: group<ImageCatalogArgs>(
    {
      name: required(text("Name of the catalog."), "missing"),
      kind: choice(ImageCatalogKind, "Default: `ClusterImageCatalog`."),
      major: required(number("Postgres major version."), 17),
    },
    "A catalog instead of `image`.",
  ),
  instances: number("Instances, primary included. Default: the profile's."),
  storage: described(storage, "Data volume."),
  walStorage: described(walStorage, "Volume for WAL alone."),
  resources: described(resources, "CPU and memory of an instance."),
  parameters: mapOf(scalar(""), "Postgres parameters over the derived ones."),
  sharedPreloadLibraries: listOf(
    text(""),
    "Libraries that Postgres preloads, such as `pg_cron`, beside those of known extensions in `databases`. Default: none.",
  ),
  placement: described(placement, "Which nodes instances run on."),
  synchronous: group<SynchronousArgs>(
    {
      method: choice(SynchronousMethod, "Default: `any`."),
      number: required(number("How many replicas confirm a commit."), 1),
      dataDurability: choice(DataDurability, "Default: `required`."),
    },
    "Synchronous replication. Default: none.",
  ),
  databases: mapOf(database, "Databases by name. Default: `app`."),
  roles,
  rolesAs,
  initdb: described(
    initdb,
    "How the first database comes into being; counts only when the cluster is created.",
  ),
  recoverFrom,
  ...migration,
  upgrade,
  masking,
  timeToLive,
  backup: group<ClusterBackup>(
    {
      enabled: flag("`false` leaves backups out; only in dev. Default: `true`."),
      serverName: text(
        "Barman's server name, for a cluster that had an archive before. Default: `<cluster>-g<generation>`.",
      ),
      ...ownBackupSettings,
      prefix: text("Folder of this cluster in the bucket. Default: `<backups.prefix>/<cluster>`."),
      manual: mapOf(
        manualBackup,
        "Base backups on demand by name, such as `before-upgrade: {}`. Default: none.",
      ),
    },
    "Over what `backups` says.",
  ),
  poolers: mapOf(
    pooler(placementFields),
    "PgBouncers in front of it, called `<cluster>-pooler-<name>`. Default: none.",
  ),
  certificates,
  exports: mapOf(exportJob, "Dumps of its databases by name, on a schedule or once. Default: none."),
  importDump,
  generation: number(
    "Raising it replaces the Cluster by a new one, empty or as `recoverFrom` says, with an archive of its own. Default: 1.",
  ),
  primaryUpdateStrategy: choice(PrimaryUpdateStrategy, "Default: `unsupervised`."),
  primaryUpdateMethod: choice(PrimaryUpdateMethod, "Default: `restart`."),
  labels: map("Labels for all that CNPG creates for the cluster. Default: none."),
  protect: flag("Whether Pulumi refuses to delete what holds data. Default: the profile's."),
  wait: group<WaitArgs>(
    {
      enabled: flag("Default: `true`."),
      timeout: text("Default: `15m`; up to `6h`."),
    },
    "Whether, and how long, an update waits until the cluster is Ready and archives.",
  ),
});

/** A stack file's settings: what an environment takes, less project and region, which stand under `gcp:`. */
export interface StackSettings
  extends Omit<
      PostgresEnvironmentArgs,
      "project" | "region" | "kubeconfig" | (typeof keyArguments)[number] | "clusters"
    >,
    StackKeys {
  clusters: { [name: string]: StackCluster };
}

/** What may stand in a stack file under `pulumi-cnpg:`. */
export const stackSchema = group<StackSettings>({
  profile: required(
    choice(Profile, "`dev` or `prod`; it decides every default that is not written down."),
    Profile.Dev,
  ),
  environment: text("Name of the environment in names of Google resources. Default: the stack's name."),
  operatorVersion: text("Version of the CNPG operator. Default: `1.30.0`."),
  backups: described(backups, "Bucket, identities, and the defaults of every cluster's backups."),
  ...keySettings,
  exports: described(
    exportSettings,
    "Where dumps of databases go, for clusters with `exports` or `importDump`.",
  ),
  clusters: required(
    mapOf(cluster, "Clusters by name, such as `orders-db: { namespace: orders, image: … }`."),
    {},
  ),
});
