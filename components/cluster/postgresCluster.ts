import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import { BackupMethod } from "../backup/args";
import { Check } from "../check";
import { declareCredentials, postgresPort } from "../database/credentials";
import { propagationHooks } from "../identity/propagation";
import { splitDependsOn } from "../options";
import { Problems } from "../problems";
import { Profile } from "../profiles";
import { parseWait } from "../units";
import type { ClusterArgs } from "./args";
import { changeGuards } from "./changeGuard";
import { type ClusterPlan, decideCluster, defaultOperatorVersion } from "./decide";
import { checkMethod } from "./operatorVersion";

/** Arguments of {@link PostgresCluster}: a cluster, and what its environment decides for it. */
export interface PostgresClusterArgs extends ClusterArgs {
  /** Decides every default that is not written down. */
  profile: Profile;
  /** Bucket that backups go to. Needed unless `backup.enabled` is `false`. */
  bucket?: string;
  /** Folder in the bucket under which the cluster has its own. Default: `cnpg`. */
  prefix?: string;
  /** E-mail of the Google service account that its pods act as. Default: none, they act as themselves. */
  gcpServiceAccount?: string;
  /** Default: `plugin`. */
  backupMethod?: BackupMethod;
  /** Version of the CNPG operator. Default: `1.30.0`. */
  operatorVersion?: string;
  /** How long new IAM grants of the same program are given before the Cluster is created. Default: `2m`. */
  iamPropagationWait?: string;
}

/**
 * The cluster half of one Postgres cluster: Cluster, ObjectStore, ScheduledBackup, Databases and the credentials
 * of their owners. Its access to the bucket, the cloud half, is a `BackupIdentity`; a `PostgresEnvironment`
 * declares both from one description, so that they can't disagree.
 *
 * What it `dependsOn`, its Cluster depends on: grants go there.
 *
 * @example
 * const orders = new PostgresCluster("orders-db", {
 *   namespace: "orders", profile: "prod",
 *   image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
 *   databases: { orders: { extensions: ["vector"] } },
 *   bucket: "acme-prod-postgres-backups",
 *   gcpServiceAccount: "cnpg-prod@acme-prod.iam.gserviceaccount.com",
 * }, { dependsOn: [access] });
 *
 * @throws InvalidSettings with every problem, before anything is registered.
 */
export class PostgresCluster extends pulumi.ComponentResource {
  /** Name of the Cluster, and of the Kubernetes service account of its pods. */
  public readonly clusterName: pulumi.Output<string>;
  public readonly namespace: pulumi.Output<string>;
  /** Host of the primary, as the whole Kubernetes cluster resolves it. */
  public readonly hostRw: pulumi.Output<string>;
  /** Host of the replicas. */
  public readonly hostRo: pulumi.Output<string>;
  /** Host of any instance. */
  public readonly hostR: pulumi.Output<string>;
  public readonly port: pulumi.Output<number>;
  /** Role to the name of the Secret with its credentials, in the cluster's namespace. */
  public readonly secretNames: pulumi.Output<{ [role: string]: string }>;
  /** `gs://<bucket>/<prefix>`; empty without backups. */
  public readonly destinationPath: pulumi.Output<string>;
  /** Barman's name for the archive below that path; empty without backups. */
  public readonly serverName: pulumi.Output<string>;

  constructor(name: string, args: PostgresClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { plan, iamPropagationSeconds } = decide(name, args);
    const { dependsOn, rest } = splitDependsOn(opts);
    super("pulumi-cnpg:index:PostgresCluster", name, {}, rest);
    declare(name, plan, iamPropagationSeconds, this, dependsOn);

    const { workload, backup } = plan;
    this.clusterName = pulumi.output(workload.cluster);
    this.namespace = pulumi.output(workload.namespace);
    this.hostRw = pulumi.output(workload.host("rw"));
    this.hostRo = pulumi.output(workload.host("ro"));
    this.hostR = pulumi.output(workload.host("r"));
    this.port = pulumi.output(postgresPort);
    this.secretNames = pulumi.output(
      Object.fromEntries(plan.databases.owners.map((o) => [o.role, o.secretName])),
    );
    this.destinationPath = pulumi.output(backup?.location.destinationPath ?? "");
    this.serverName = pulumi.output(backup?.location.serverName ?? "");
    this.registerOutputs({
      clusterName: this.clusterName,
      namespace: this.namespace,
      hostRw: this.hostRw,
      hostRo: this.hostRo,
      hostR: this.hostR,
      port: this.port,
      secretNames: this.secretNames,
      destinationPath: this.destinationPath,
      serverName: this.serverName,
    });
  }
}

function decide(
  name: string,
  args: PostgresClusterArgs,
): { plan: ClusterPlan; iamPropagationSeconds: number } {
  const problems = new Problems();
  const check = new Check(problems);
  const {
    profile,
    bucket,
    prefix,
    gcpServiceAccount,
    backupMethod,
    operatorVersion,
    iamPropagationWait,
    ...cluster
  } = args;
  const method = check.oneOf("backupMethod", backupMethod, BackupMethod) ?? BackupMethod.Plugin;
  const version = operatorVersion ?? defaultOperatorVersion;
  checkMethod(check, "operatorVersion", "backupMethod", method, version);
  const iamPropagationSeconds =
    check.parse("iamPropagationWait", iamPropagationWait ?? "2m", (text) => parseWait(text, 1800)) ?? 0;
  const known = check.oneOf("profile", profile, Profile) ?? Profile.Dev;
  const context = {
    name,
    profile: known,
    method,
    bucket,
    prefix: prefix ?? "cnpg",
    gcpServiceAccount,
    backups: {},
  };
  const plan = decideCluster(problems, "", context, cluster);
  problems.throwIfAny(`PostgresCluster ${name}`);
  return { plan, iamPropagationSeconds };
}

const cnpg = "postgresql.cnpg.io/v1";
const barmanCloud = "barmancloud.cnpg.io/v1";

function declare(
  name: string,
  plan: ClusterPlan,
  iamPropagationSeconds: number,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
): void {
  const { workload, backup, databases, generation } = plan;
  const { namespace } = workload;
  const guards = changeGuards();
  const labels = { ...plan.labels };
  const first = plan.createNamespace
    ? [
        ...dependsOn,
        new Namespace(name, { metadata: { name: namespace } }, { parent, dependsOn, protect: plan.protect }),
      ]
    : dependsOn;

  const secrets = databases.owners
    .filter((owner) => owner.generated)
    .map((owner) =>
      declareCredentials(`${name}/${owner.role}`, workload, owner, labels, { parent, dependsOn: first }),
    );
  const store =
    backup?.objectStore === undefined
      ? []
      : [
          new CustomResource(
            name,
            {
              apiVersion: barmanCloud,
              kind: "ObjectStore",
              metadata: { name: backup.objectStore.name, namespace, labels },
              spec: backup.objectStore.spec,
            },
            {
              parent,
              dependsOn: first,
              protect: plan.protect,
              hooks: { beforeUpdate: [guards.objectStore] },
            },
          ),
        ];

  const cluster = new CustomResource(
    name,
    {
      apiVersion: cnpg,
      kind: "Cluster",
      metadata: { name: workload.cluster, namespace, labels, annotations: waitAnnotations(plan) },
      spec: plan.spec,
    },
    {
      parent,
      dependsOn: [...first, ...secrets, ...store],
      protect: plan.protect,
      // A new generation is a new cluster under the same name, so the old one goes first.
      replacementTrigger: generation,
      deleteBeforeReplace: true,
      hooks: {
        beforeUpdate: [guards.cluster],
        ...(backup !== undefined && {
          beforeCreate: [propagationHooks().awaitGrants(iamPropagationSeconds)],
        }),
      },
      ...(plan.waitSeconds > 0 && {
        customTimeouts: { create: `${plan.waitSeconds}s`, update: `${plan.waitSeconds}s` },
      }),
    },
  );

  // Both act on a cluster once: made anew with it, the new one gets its databases and a first base backup.
  const withCluster = { parent, dependsOn: [cluster], replaceWith: [cluster], deleteBeforeReplace: true };
  if (backup !== undefined) {
    const { name: objectName, spec } = backup.scheduledBackup;
    new CustomResource(
      name,
      { apiVersion: cnpg, kind: "ScheduledBackup", metadata: { name: objectName, namespace, labels }, spec },
      // Without it, a removal that stops at the protected Cluster would leave it running and never backed up again.
      { ...withCluster, protect: plan.protect },
    );
  }
  for (const { database, objectName, spec } of databases.databases) {
    new CustomResource(
      `${name}/${database}`,
      { apiVersion: cnpg, kind: "Database", metadata: { name: objectName, namespace, labels }, spec },
      withCluster,
    );
  }
}

/**
 * What Pulumi's Kubernetes provider waits for. Ready alone says nothing of the archive: a cluster is Ready with
 * backups that never arrive. ContinuousArchiving turns true when the first WAL file is in the bucket.
 */
function waitAnnotations(plan: ClusterPlan): Record<string, string> {
  if (plan.waitSeconds === 0) return { "pulumi.com/skipAwait": "true" };
  const conditions = [
    "condition=Ready",
    ...(plan.backup === undefined ? [] : ["condition=ContinuousArchiving"]),
  ];
  return { "pulumi.com/waitFor": JSON.stringify(conditions) };
}
