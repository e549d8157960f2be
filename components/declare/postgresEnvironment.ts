import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import type { PostgresEnvironmentArgs } from "../args/environment";
import type { JobTenantArgs } from "../args/identity";
import { ownBucketKeys } from "../backup/bucketPlan";
import { decideEnvironment } from "../environment/decide";
import { type EnvironmentPlace, placeOf } from "../environment/place";
import { type ClusterSummary, summaries } from "../environment/summary";
import { pick } from "../pick";
import type { ClusterPlan } from "../plan/cluster";
import type { EnvironmentPlan } from "../plan/environment";
import { shapedProblems } from "../shape";
import type { Workload } from "../units/workload";
import { advised } from "./advised";
import { BackupBucket } from "./backupBucket";
import { BackupIdentity, grantsOf, jobGrantsOf } from "./backupIdentity";
import { type DeclaredCluster, declareCluster } from "./cluster";
import { protecting } from "./options";
import { watchingOf } from "./settled";

/**
 * Both halves of an environment from one description: the bucket whose lifecycle outlasts the backups' retention, the
 * identities that may write there, and the Postgres clusters that do.
 *
 * @example
 * const environment = new PostgresEnvironment("prod", {
 *   project: "acme-prod", region: "europe-west1", profile: "prod",
 *   clusters: {
 *     "orders-db": {
 *       namespace: "orders",
 *       image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
 *       databases: { orders: { extensions: ["vector"] } },
 *     },
 *   },
 * });
 *
 * @throws InvalidSettings with every problem, before anything is registered.
 */
export class PostgresEnvironment extends pulumi.ComponentResource {
  /** Name of the backup bucket; empty if no cluster is backed up. */
  public readonly bucket: pulumi.Output<string>;
  /** The clusters by key. */
  declare public readonly clusters: pulumi.Output<{ [key: string]: ClusterSummary }>;

  constructor(name: string, args: PostgresEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = shapedProblems("PostgresEnvironment", name, args);
    const plan = decideEnvironment(problems, name, args);
    problems.throwIfAny(`PostgresEnvironment ${name}`);
    super("pulumi-cnpg:index:PostgresEnvironment", name, {}, opts);
    const declared = declare(name, args, plan, this);
    const clusters = Object.fromEntries(
      Object.entries(summaries(plan, args)).map(([key, summary]) => [
        key,
        { ...summary, backups: declared.get(key)?.backupIds ?? {} },
      ]),
    );
    clustersByEnvironment.set(this, clusters);
    placeByEnvironment.set(this, placeOf(plan));
    this.bucket = pulumi.output((plan.bucket ?? plan.s3Bucket)?.name ?? "");
    // Made for who asks, and not kept in the state a second time: Pulumi walks through each value of it, and of a hundred
    // clusters that took a twentieth of an update.
    let asked: pulumi.Output<{ [key: string]: ClusterSummary }> | undefined;
    const get = () => {
      asked ??= pulumi.output(clusters);
      return asked;
    };
    Object.defineProperty(this, "clusters", { enumerable: true, get });
    this.registerOutputs({ bucket: this.bucket });
  }
}

/** Kept beside the component: a field would become one of its outputs. */
const clustersByEnvironment = new WeakMap<PostgresEnvironment, ClusterOutputs>();

const placeByEnvironment = new WeakMap<PostgresEnvironment, EnvironmentPlace>();

/** What an environment's objects are named after, for a program's own outputs: the next update compares. */
export function environmentOf(environment: PostgresEnvironment): EnvironmentPlace | undefined {
  return placeByEnvironment.get(environment);
}

/** What is told of clusters, all of it known but what only an update finds out. */
export interface ClusterOutputs {
  readonly [key: string]: Omit<ClusterSummary, "backups"> & {
    readonly backups: { readonly [name: string]: pulumi.Output<string> };
  };
}

/**
 * The same as `clusters` of an environment, for a program's own outputs: in a preview, an Output of which one part is
 * unknown shows nothing at all, and this shows the rest.
 */
export function clustersOf(environment: PostgresEnvironment): ClusterOutputs {
  return clustersByEnvironment.get(environment) ?? {};
}

function declare(
  name: string,
  args: PostgresEnvironmentArgs,
  plan: EnvironmentPlan,
  parent: pulumi.Resource,
): ReadonlyMap<string, DeclaredCluster> {
  const identity = declareCloudHalf(name, args, plan, parent);
  const namespaces = new Map(
    plan.namespaces.map(({ name: namespace, protect }) => [
      namespace,
      new Namespace(
        `${name}/${namespace}`,
        { metadata: { name: namespace } },
        { parent, ...protecting(protect), hooks: advised() },
      ),
    ]),
  );
  const declared = new Map<string, DeclaredCluster>();
  const watching = watchingOf(parent, args.kubeconfig);
  for (const { key, plan: planned } of plan.clusters) {
    const namespace = namespaces.get(planned.workload.namespace);
    const grants =
      identity === undefined || planned.backup === undefined ? [] : grantsOf(identity, planned.workload);
    // An application's namespace may be that of another cluster.
    const others = (planned.certificates.applications?.namespaces ?? []).map((other) =>
      namespaces.get(other),
    );
    const first = new Set([namespace, ...others].filter((found) => found !== undefined));
    const dependsOn = [...first, ...grants];
    const jobGrants = (workload: Workload) => (identity === undefined ? [] : jobGrantsOf(identity, workload));
    const wait = plan.iamPropagationSeconds;
    declared.set(
      key,
      declareCluster(`${name}/${key}`, planned, wait, parent, dependsOn, namespaces, jobGrants, watching),
    );
  }
  return declared;
}

function declareCloudHalf(
  name: string,
  args: PostgresEnvironmentArgs,
  plan: EnvironmentPlan,
  parent: pulumi.Resource,
): BackupIdentity | undefined {
  const bucket = declareBucket(name, args, plan, parent);
  const bucketName = plan.bucket?.name ?? plan.jobs[0]?.folder.bucket;
  if (bucketName === undefined) return undefined;
  const { backups = {} } = args;
  const { project } = plan;
  return new BackupIdentity(
    name,
    {
      project,
      environment: plan.environment,
      bucket: bucketName,
      mode: plan.identity.mode,
      ...pick(backups, ["serviceAccount", "projectNumber"]),
      tenants: plan.clusters.flatMap(({ plan: { workload, backup, recovery } }) =>
        backup === undefined
          ? []
          : [
              {
                namespace: workload.namespace,
                cluster: workload.cluster,
                prefix: backup.location.prefix,
                ...(recovery?.grant &&
                  recovery.source !== undefined && {
                    reads: { bucket: recovery.source.bucket, prefix: recovery.source.prefix },
                  }),
              },
            ],
      ),
      ...(plan.readers.length > 0 && {
        readers: plan.readers.map(({ of: { workload }, member, expires }) => ({
          namespace: workload.namespace,
          cluster: workload.cluster,
          member,
          ...(expires !== undefined && { expires }),
        })),
      }),
      ...(plan.jobs.length > 0 && { jobs: plan.clusters.flatMap(({ plan: planned }) => jobArgs(planned)) }),
    },
    { parent, dependsOn: bucket === undefined ? [] : [bucket] },
  );
}

function declareBucket(
  name: string,
  { region = "", profile, backups = {} }: PostgresEnvironmentArgs,
  { project, environment, bucket }: EnvironmentPlan,
  parent: pulumi.Resource,
): BackupBucket | undefined {
  if (bucket === undefined) return undefined;
  return new BackupBucket(
    name,
    {
      project,
      region,
      profile,
      environment,
      ...pick(backups, ["existingBucket", ...ownBucketKeys]),
      bucket: bucket.name,
      deleteAge: `${bucket.deleteAgeDays}d`,
      ...(bucket.outlasts !== undefined && {
        retention: `${bucket.outlasts.retentionDays}d`,
        schedule: bucket.outlasts.schedule,
      }),
    },
    { parent },
  );
}

function jobArgs({ workload, dumps }: ClusterPlan): JobTenantArgs[] {
  const jobs = dumps.tenants.filter(({ ofGoogle }) => ofGoogle);
  return jobs.map(({ purpose, folder, sharedFolder, grant }) => ({
    namespace: workload.namespace,
    cluster: workload.cluster,
    purpose,
    bucket: folder.bucket,
    prefix: folder.prefix,
    sharedPrefix: sharedFolder.prefix,
    grant,
  }));
}
