import * as pulumi from "@pulumi/pulumi";
import type { BackupMethod } from "../args/backup";
import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import type { ExportSettings } from "../args/export";
import type { MonitoringSettings } from "../args/monitoring";
import type { NetworkSettings } from "../args/network";
import { Profile } from "../args/profiles";
import type { S3KeysArgs, S3StoreArgs } from "../args/s3";
import { Check } from "../check";
import { decideCluster } from "../cluster/decide";
import { decideMethod } from "../cluster/operatorVersion";
import { jobGrants, namespaceResource } from "../cluster/resourceOf";
import { decideExportSettings, dumpsOf } from "../export/settings";
import { monitoringResources } from "../monitoring/environment";
import { decideMonitoring } from "../monitoring/settings";
import { networkResources } from "../network/environment";
import { decideNetwork } from "../network/settings";
import type { ClusterPlan } from "../plan/cluster";
import type { PlannedResource } from "../plan/object";
import type { PlatformNeeds } from "../plan/platform";
import { needsOf } from "../platform/installed";
import { poolerHosts } from "../pooler/decide";
import { secretNamesOf } from "../roles/summary";
import { shapedProblems } from "../shape";
import { argumentNames, decideStores } from "../store/context";
import { parseWait } from "../units";
import { postgresPort } from "../units/sql";
import { BackupIdentity, grantsOf } from "./backupIdentity";
import { declareCluster } from "./cluster";
import { splitDependsOn } from "./options";
import { declareAll } from "./resources";
import { watchingOf } from "./settled";

/** Arguments of {@link PostgresCluster}: a cluster, and what its environment decides for it. */
export interface PostgresClusterArgs extends ClusterArgs {
  /** `dev` or `prod`; it decides every default that is not written down. */
  profile: Profile;
  /** Bucket that backups go to. Needed unless `backup.enabled` is `false`. */
  bucket?: string;
  /** Folder in the bucket under which the cluster has its own. @default `cnpg` */
  prefix?: string;
  /** The S3-compatible store that has the bucket. @default Google Cloud Storage has it */
  s3?: S3StoreArgs;
  /** Keys to that store, in place of its `credentials`: the cluster gets a Secret with them. */
  s3Keys?: S3KeysArgs;
  /** Keys to the store that `recoverFrom.s3` names. */
  s3SourceKeys?: S3KeysArgs;
  /** Keys to the store that dumps go to. */
  s3ExportKeys?: S3KeysArgs;
  /** Keys to the store that `importDump.from.s3` names. */
  s3ImportKeys?: S3KeysArgs;
  /** E-mail of the Google service account that its pods act as. @default none, they act as themselves */
  gcpServiceAccount?: string;
  /** Where dumps go and what carries them. Their bucket is `bucket` by default. */
  exportSettings?: ExportSettings;
  /** What scrapes its metrics, and the alerts and dashboards on them. */
  monitoringSettings?: MonitoringSettings;
  /** Network policies. */
  networkSettings?: NetworkSettings;
  /** E-mail of the Google service account that exports act as. @default none, they act as themselves */
  exportServiceAccount?: string;
  /** E-mail of the Google service account that `importDump` acts as. @default none, it acts as itself */
  importServiceAccount?: string;
  /** `plugin` (Barman Cloud plugin) or `inTree` (deprecated, gone from operator 1.31). @default `plugin` */
  backupMethod?: BackupMethod;
  /** Version of the CNPG operator. @default `1.30.0` */
  operatorVersion?: string;
  /**
   * Kubeconfig, its content or a path, of the Kubernetes provider that the program gives to the component: with it, an update
   * looks whether what it changed takes effect.
   * @default that of Pulumi's default provider
   */
  kubeconfig?: pulumi.Input<string>;
  /** How long new IAM grants of the same program are given before the Cluster is created. @default `2m` */
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
  /** Key of a pooler to its host; its port is the same. */
  public readonly poolers: pulumi.Output<{ [key: string]: string }>;
  /** Role to the name of the Secret with its credentials, in the cluster's namespace. */
  public readonly secretNames: pulumi.Output<{ [role: string]: string }>;
  /** `gs://<bucket>/<prefix>` or `s3://<bucket>/<prefix>`; empty without backups. */
  public readonly destinationPath: pulumi.Output<string>;
  /** Barman's name for the archive below that path; empty without backups. */
  public readonly serverName: pulumi.Output<string>;
  /** Backup on demand to Barman's id of it. */
  public readonly backupIds: pulumi.Output<{ [name: string]: string }>;

  constructor(name: string, args: PostgresClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { plan, network, watch, needs, iamPropagationSeconds } = decide(name, args);
    const { dependsOn, rest } = splitDependsOn(opts);
    super("pulumi-cnpg:index:PostgresCluster", name, {}, rest);
    const known = new Map<string, readonly pulumi.Resource[]>([["first", dependsOn]]);
    const watching = watchingOf(this, args.kubeconfig);
    const around = { name, parent: this, known, watching, needs, iamPropagationSeconds };
    const { workload, protect } = plan;
    const namespaces = plan.createNamespace
      ? [namespaceResource(workload.namespace, { name: "", protect, dependsOn: ["first"] })]
      : [];
    declareAll([...namespaces, ...network], around);
    const first = [...dependsOn, ...namespaces.flatMap(({ key }) => known.get(key) ?? [])];
    known.set("first", first);
    known.set(
      "rights",
      first.flatMap((each) => (each instanceof BackupIdentity ? grantsOf(each, workload) : [each])),
    );
    for (const tenant of plan.dumps.tenants) known.set(jobGrants(tenant.workload), first);
    const { backupIds } = declareCluster(plan, around);
    declareAll(watch, { name, parent: this, known, watching });

    const outputs = { ...outputsOf(plan), backupIds };
    this.clusterName = pulumi.output(outputs.clusterName);
    this.namespace = pulumi.output(outputs.namespace);
    this.hostRw = pulumi.output(outputs.hostRw);
    this.hostRo = pulumi.output(outputs.hostRo);
    this.hostR = pulumi.output(outputs.hostR);
    this.port = pulumi.output(outputs.port);
    this.poolers = pulumi.output(outputs.poolers);
    this.secretNames = pulumi.output(outputs.secretNames);
    this.destinationPath = pulumi.output(outputs.destinationPath);
    this.serverName = pulumi.output(outputs.serverName);
    this.backupIds = pulumi.output(backupIds);
    this.registerOutputs(outputs);
  }
}

/** What the component tells, as plain values: its fields and its registered outputs are made of the same. */
function outputsOf({ workload, backup, migration: { declared }, roles, poolers }: ClusterPlan) {
  return {
    clusterName: workload.cluster,
    namespace: workload.namespace,
    hostRw: workload.host("rw"),
    hostRo: workload.host("ro"),
    hostR: workload.host("r"),
    port: postgresPort,
    poolers: poolerHosts(poolers),
    secretNames: secretNamesOf(declared.owners, roles),
    destinationPath: backup?.location.destinationPath ?? "",
    serverName: backup?.location.serverName ?? "",
  };
}

function decide(
  name: string,
  args: PostgresClusterArgs,
): {
  plan: ClusterPlan;
  /** Its network policies. */
  network: readonly PlannedResource[];
  /** What watches it, beside its monitors. */
  watch: readonly PlannedResource[];
  needs: PlatformNeeds;
  iamPropagationSeconds: number;
} {
  const problems = shapedProblems("PostgresCluster", name, args);
  const check = new Check(problems);
  const {
    profile,
    bucket,
    prefix,
    s3: _store,
    s3Keys,
    s3SourceKeys,
    s3ExportKeys,
    s3ImportKeys,
    gcpServiceAccount,
    exportSettings,
    monitoringSettings,
    networkSettings,
    exportServiceAccount,
    importServiceAccount,
    backupMethod,
    operatorVersion: wanted,
    iamPropagationWait,
    kubeconfig: _,
    ...cluster
  } = args;
  const { method, operatorVersion } = decideMethod(check, "backupMethod", backupMethod, wanted);
  const iamPropagationSeconds =
    check.parse(
      "iamPropagationWait",
      iamPropagationWait ?? defaults.EnvironmentBackups.iamPropagationWait,
      (text) => parseWait(text, 1800),
    ) ?? 0;
  const known = check.oneOf("profile", profile, Profile) ?? Profile.Dev;
  const stores = decideStores(
    check,
    {
      store: args,
      keys: s3Keys,
      sourceKeys: s3SourceKeys,
      bucket,
      profile: known,
      clusters: [cluster],
    },
    argumentNames,
  );
  const context = {
    name,
    profile: known,
    method,
    operatorVersion,
    bucket,
    prefix: prefix ?? defaults.PostgresClusterArgs.prefix,
    stores,
    gcpServiceAccount,
    backups: {},
    monitoring: decideMonitoring(check.at("monitoringSettings"), name, monitoringSettings),
    dumps: {
      ...decideExportSettings(check, exportSettings, {
        path: "exportSettings",
        names: argumentNames,
        backupBucket: bucket,
        archive: stores.archive,
        exportKeys: s3ExportKeys,
        importKeys: s3ImportKeys,
        profile: known,
        ...dumpsOf([cluster]),
      }),
      accounts: {
        ...(exportServiceAccount !== undefined && { export: exportServiceAccount }),
        ...(importServiceAccount !== undefined && { import: importServiceAccount }),
      },
    },
  };
  const plan = decideCluster(problems, "", context, cluster);
  const network = decideNetwork(check.at("networkSettings"), {
    args: networkSettings,
    monitoring: context.monitoring.backend,
    clusters: [{ at: check, args: cluster, plan }],
  });
  problems.throwIfAny(`PostgresCluster ${name}`);
  const watch = monitoringResources({
    args: monitoringSettings,
    context: context.monitoring,
    method,
    deleteAgeDays: undefined,
    clusters: [plan],
  });
  const needs = needsOf(operatorVersion, [plan.spec]);
  return { plan, network: networkResources(network), watch, needs, iamPropagationSeconds };
}
