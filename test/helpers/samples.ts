import assert from "node:assert/strict";
import {
  type BackupBucketArgs,
  type ClusterArgs,
  InvalidSettings,
  type PostgresClusterArgs,
  type PostgresEnvironmentArgs,
  type Problem,
} from "../../components/index";
import { validateManifest } from "../../offline/validate";
import { deepFreeze, type Fields, type Recorded, type Recording, record } from "./mocks";

export const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

export const types = {
  environment: "pulumi-cnpg:index:PostgresEnvironment",
  clusterComponent: "pulumi-cnpg:index:PostgresCluster",
  bucketComponent: "pulumi-cnpg:index:BackupBucket",
  identityComponent: "pulumi-cnpg:index:BackupIdentity",
  bucket: "gcp:storage/bucket:Bucket",
  account: "gcp:serviceaccount/account:Account",
  member: "gcp:serviceaccount/iAMMember:IAMMember",
  grant: "gcp:storage/bucketIAMMember:BucketIAMMember",
  namespace: "kubernetes:core/v1:Namespace",
  secret: "kubernetes:core/v1:Secret",
  password: "random:index/randomPassword:RandomPassword",
  store: "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
  cluster: "kubernetes:postgresql.cnpg.io/v1:Cluster",
  schedule: "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
  database: "kubernetes:postgresql.cnpg.io/v1:Database",
  role: "kubernetes:postgresql.cnpg.io/v1:DatabaseRole",
  externalSecret: "kubernetes:external-secrets.io/v1:ExternalSecret",
  secretStore: "kubernetes:external-secrets.io/v1:SecretStore",
  generator: "kubernetes:generators.external-secrets.io/v1alpha1:Password",
  job: "kubernetes:batch/v1:Job",
} as const;

/** Arguments of a BackupBucket, frozen. */
export function bucketArgs(more: Partial<BackupBucketArgs> = {}): BackupBucketArgs {
  return deepFreeze({ project: "acme-dev", region: "europe-west1", profile: "dev", ...more });
}

/** Arguments of a PostgresCluster that stands alone, frozen. */
export function clusterArgs(more: Partial<PostgresClusterArgs> = {}): PostgresClusterArgs {
  return deepFreeze({
    namespace: "orders",
    profile: "dev",
    image,
    bucket: "acme-dev-backups",
    databases: { orders: {} },
    ...more,
  });
}

/** Arguments of a PostgresEnvironment, frozen. */
export function environmentArgs(
  clusters: Record<string, ClusterArgs>,
  more: Partial<PostgresEnvironmentArgs> = {},
): PostgresEnvironmentArgs {
  return deepFreeze({ project: "acme-dev", region: "europe-west1", profile: "dev", clusters, ...more });
}

/** Runs a program, and judges every Kubernetes object that it renders by its schema. */
export async function recordValid<T>(program: () => T, password?: string): Promise<Recording<T>> {
  const recording = await record(program, password === undefined ? {} : { password });
  for (const { type, name, inputs } of recording.resources) {
    if (type.startsWith("kubernetes:")) assert.deepEqual(validateManifest(inputs), [], `${type} ${name}`);
    assert.deepEqual(emptyKeys(inputs), [], `${type} ${name}`);
  }
  return recording;
}

/** Paths whose value is undefined or null: such a key has to be absent instead. */
export function emptyKeys(value: unknown, path = ""): string[] {
  if (value === undefined || value === null) return [path];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    emptyKeys(inner, path === "" ? key : `${path}.${key}`),
  );
}

/** Children of the component under test, without the component. */
export function children({ resources }: Recording<unknown>): string[] {
  return resources
    .filter((r) => r.custom)
    .map((r) => `${r.type} ${r.name}`)
    .sort();
}

export function spec(resource: Recorded): Fields {
  return resource.inputs.spec as Fields;
}

/** The problems that a program is refused with, and that it is refused before anything is registered. */
export async function refused(program: () => unknown): Promise<readonly Problem[]> {
  let problems: readonly Problem[] | undefined;
  const { list } = await record(() => {
    try {
      program();
    } catch (error) {
      if (!(error instanceof InvalidSettings)) throw error;
      problems = error.problems;
    }
  });
  assert(problems !== undefined, "it was accepted");
  assert.deepEqual(list, [], "registered before it was refused");
  return problems;
}

/** Paths of problems. */
export function paths(problems: readonly Problem[]): string[] {
  return problems.map((p) => p.path);
}
