import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import { BackupBucket } from "./backup/backupBucket";
import { ownBucketKeys } from "./backup/bucketPlan";
import { declareCluster } from "./cluster/declare";
import type { PostgresEnvironmentArgs } from "./environment/args";
import { decideEnvironment, type EnvironmentPlan } from "./environment/decide";
import { type ClusterSummary, summaries } from "./environment/summary";
import { BackupIdentity, grantsOf } from "./identity/backupIdentity";
import { pick } from "./pick";
import { Problems } from "./problems";

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
  public readonly clusters: pulumi.Output<{ [key: string]: ClusterSummary }>;

  constructor(name: string, args: PostgresEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = new Problems();
    const plan = decideEnvironment(problems, name, args);
    problems.throwIfAny(`PostgresEnvironment ${name}`);
    super("pulumi-cnpg:index:PostgresEnvironment", name, {}, opts);
    declare(name, args, plan, this);
    this.bucket = pulumi.output((plan.bucket ?? plan.s3Bucket)?.name ?? "");
    this.clusters = pulumi.output(summaries(plan, args));
    this.registerOutputs({ bucket: this.bucket, clusters: this.clusters });
  }
}

function declare(
  name: string,
  args: PostgresEnvironmentArgs,
  plan: EnvironmentPlan,
  parent: pulumi.Resource,
): void {
  const identity = declareCloudHalf(name, args, plan, parent);
  const namespaces = new Map(
    plan.namespaces.map(({ name: namespace, protect }) => [
      namespace,
      new Namespace(`${name}/${namespace}`, { metadata: { name: namespace } }, { parent, protect }),
    ]),
  );
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
    declareCluster(`${name}/${key}`, planned, plan.iamPropagationSeconds, parent, dependsOn, namespaces);
  }
}

function declareCloudHalf(
  name: string,
  args: PostgresEnvironmentArgs,
  plan: EnvironmentPlan,
  parent: pulumi.Resource,
): BackupIdentity | undefined {
  if (plan.bucket === undefined) return undefined;
  const { profile, backups = {} } = args;
  const { project } = plan;
  const bucket = new BackupBucket(
    name,
    {
      project,
      region: args.region ?? "",
      profile,
      environment: plan.environment,
      ...pick(backups, ["existingBucket", ...ownBucketKeys]),
      bucket: plan.bucket.name,
      deleteAge: `${plan.bucket.deleteAgeDays}d`,
      ...(plan.bucket.outlasts !== undefined && {
        retention: `${plan.bucket.outlasts.retentionDays}d`,
        schedule: plan.bucket.outlasts.schedule,
      }),
    },
    { parent },
  );
  return new BackupIdentity(
    name,
    {
      project,
      environment: plan.environment,
      bucket: plan.bucket.name,
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
    },
    { parent, dependsOn: [bucket] },
  );
}
