import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import { BackupBucket } from "./backup/backupBucket";
import { ownBucketKeys } from "./backup/bucketPlan";
import { declareCluster } from "./cluster/declare";
import type { PostgresEnvironmentArgs } from "./environment/args";
import { decideEnvironment, type EnvironmentPlan, type PlannedCluster } from "./environment/decide";
import { BackupIdentity, grantsOf, memberOf } from "./identity/backupIdentity";
import { pick } from "./pick";
import { Problems } from "./problems";

/** What another stack, or a person, needs to know of one cluster. */
export interface ClusterSummary {
  /** `<namespace>/<cluster>`: the Kubernetes service account of its pods. */
  kubernetesServiceAccount: string;
  /** The IAM member that those pods are. */
  iamMember: string;
  /** The Google service account that they act as; empty if they act as themselves. */
  gcpServiceAccount: string;
  /** Hosts of the primary, of the replicas, and of any instance. */
  hostRw: string;
  hostRo: string;
  hostR: string;
  /** Role to the name of the Secret with its credentials. */
  secretNames: { [role: string]: string };
  /** `gs://<bucket>/<prefix>`, the server name below it, and both together as the prefix of every object. */
  destinationPath: string;
  serverName: string;
  objectPrefix: string;
  /** `spec.imageName`, or `<catalog>/<major>`. */
  image: string;
  /** How long backups are kept, when they are made, and when the bucket deletes what is left. */
  retention: string;
  schedule: string;
  deleteAgeDays: number;
  generation: number;
}

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
    this.bucket = pulumi.output(plan.bucket?.name ?? "");
    this.clusters = pulumi.output(
      Object.fromEntries(plan.clusters.map((cluster) => [cluster.key, summary(plan, args, cluster)])),
    );
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
    const dependsOn = [...(namespace === undefined ? [] : [namespace]), ...grants];
    declareCluster(`${name}/${key}`, planned, plan.iamPropagationSeconds, parent, dependsOn);
  }
}

function declareCloudHalf(
  name: string,
  args: PostgresEnvironmentArgs,
  plan: EnvironmentPlan,
  parent: pulumi.Resource,
): BackupIdentity | undefined {
  if (plan.bucket === undefined) return undefined;
  const { project, region, profile, backups = {} } = args;
  const bucket = new BackupBucket(
    name,
    {
      project,
      region,
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
      tenants: plan.clusters.flatMap(({ plan: { workload, backup } }) =>
        backup === undefined
          ? []
          : [{ namespace: workload.namespace, cluster: workload.cluster, prefix: backup.location.prefix }],
      ),
    },
    { parent, dependsOn: [bucket] },
  );
}

function summary(
  plan: EnvironmentPlan,
  args: PostgresEnvironmentArgs,
  { plan: planned, gcpServiceAccount }: PlannedCluster,
): ClusterSummary {
  const { workload, backup, spec } = planned;
  const catalog = spec.imageCatalogRef;
  return {
    kubernetesServiceAccount: workload.toString(),
    iamMember:
      backup === undefined
        ? ""
        : memberOf(args.project, args.backups?.projectNumber, plan.identity, workload),
    gcpServiceAccount: backup === undefined ? "" : (gcpServiceAccount ?? ""),
    hostRw: workload.host("rw"),
    hostRo: workload.host("ro"),
    hostR: workload.host("r"),
    secretNames: Object.fromEntries(planned.databases.owners.map((o) => [o.role, o.secretName])),
    destinationPath: backup?.location.destinationPath ?? "",
    serverName: backup?.location.serverName ?? "",
    objectPrefix: backup?.location.objectPrefix ?? "",
    image: spec.imageName ?? (catalog === undefined ? "" : `${catalog.name}/${catalog.major}`),
    retention: backup?.retention.text ?? "",
    schedule: backup?.schedule.text ?? "",
    deleteAgeDays: plan.bucket?.deleteAgeDays ?? 0,
    generation: planned.generation,
  };
}
