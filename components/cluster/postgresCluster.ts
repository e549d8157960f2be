import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import { BackupMethod } from "../backup/args";
import { Check } from "../check";
import { postgresPort } from "../database/credentials";
import type { ExportSettings } from "../export/args";
import { decideExportSettings } from "../export/settings";
import { splitDependsOn } from "../options";
import { Problems } from "../problems";
import { Profile } from "../profiles";
import { parseWait } from "../units";
import type { ClusterArgs } from "./args";
import { type ClusterPlan, decideCluster, defaultOperatorVersion } from "./decide";
import { declareCluster } from "./declare";
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
  /** Where dumps go and what carries them. Their bucket is `bucket` by default. */
  exportSettings?: ExportSettings;
  /** E-mail of the Google service account that exports act as. Default: none, they act as themselves. */
  exportServiceAccount?: string;
  /** The same for `importDump`. */
  importServiceAccount?: string;
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
  /** Backup on demand to Barman's id of it. */
  public readonly backupIds: pulumi.Output<{ [name: string]: string }>;

  constructor(name: string, args: PostgresClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { plan, iamPropagationSeconds } = decide(name, args);
    const { dependsOn, rest } = splitDependsOn(opts);
    super("pulumi-cnpg:index:PostgresCluster", name, {}, rest);
    const { namespace } = plan.workload;
    const first = plan.createNamespace
      ? [
          new Namespace(
            name,
            { metadata: { name: namespace } },
            { parent: this, dependsOn, protect: plan.protect },
          ),
        ]
      : [];
    const { backupIds } = declareCluster(name, plan, iamPropagationSeconds, this, [...dependsOn, ...first]);

    const outputs = { ...outputsOf(plan), backupIds };
    this.clusterName = pulumi.output(outputs.clusterName);
    this.namespace = pulumi.output(outputs.namespace);
    this.hostRw = pulumi.output(outputs.hostRw);
    this.hostRo = pulumi.output(outputs.hostRo);
    this.hostR = pulumi.output(outputs.hostR);
    this.port = pulumi.output(outputs.port);
    this.secretNames = pulumi.output(outputs.secretNames);
    this.destinationPath = pulumi.output(outputs.destinationPath);
    this.serverName = pulumi.output(outputs.serverName);
    this.backupIds = pulumi.output(backupIds);
    this.registerOutputs(outputs);
  }
}

/** What the component tells, as plain values: its fields and its registered outputs are made of the same. */
function outputsOf({ workload, backup, databases }: ClusterPlan) {
  return {
    clusterName: workload.cluster,
    namespace: workload.namespace,
    hostRw: workload.host("rw"),
    hostRo: workload.host("ro"),
    hostR: workload.host("r"),
    port: postgresPort,
    secretNames: Object.fromEntries(databases.owners.map((o) => [o.role, o.secretName])),
    destinationPath: backup?.location.destinationPath ?? "",
    serverName: backup?.location.serverName ?? "",
  };
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
    exportSettings,
    exportServiceAccount,
    importServiceAccount,
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
    dumps: {
      ...decideExportSettings(check.at("exportSettings"), exportSettings, bucket),
      accounts: {
        ...(exportServiceAccount !== undefined && { export: exportServiceAccount }),
        ...(importServiceAccount !== undefined && { import: importServiceAccount }),
      },
    },
  };
  const plan = decideCluster(problems, "", context, cluster);
  problems.throwIfAny(`PostgresCluster ${name}`);
  return { plan, iamPropagationSeconds };
}
