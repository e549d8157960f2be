import { type BackupSettings, IdentityMode } from "../args/backup";
import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import type { PostgresEnvironmentArgs } from "../args/environment";
import type { MonitoringBackend } from "../args/monitoring";
import { Profile } from "../args/profiles";
import { bucketNameOf, decideBucket } from "../backup/bucketPlan";
import { decideGivenBucket } from "../backup/givenBucket";
import { checkBackupSettings } from "../backup/settings";
import { Check } from "../check";
import { decideCluster } from "../cluster/decide";
import { decideMethod } from "../cluster/operatorVersion";
import { decideExportSettings, dumpsOf } from "../export/settings";
import { emailOf } from "../identity/accounts";
import { decideIdentity } from "../identity/decide";
import { jobEmails } from "../identity/jobs";
import { checkSizes } from "../monitoring/environment";
import { decideMonitoring } from "../monitoring/settings";
import { decideNetwork } from "../network/settings";
import { pick } from "../pick";
import type { BucketDemand } from "../plan/backup";
import type { EnvironmentPlan, PlannedCluster } from "../plan/environment";
import type { Tenant } from "../plan/identity";
import { needsOf } from "../platform/installed";
import type { Problems } from "../problems";
import { decideStores, stackNames } from "../store/context";
import { gcpProjectId, matching, objectPrefix, type Parsed, parseWait } from "../units";
import { Workload } from "../units/workload";
import { checkApart } from "./apart";
import { checkDumps, exportDemand, writesDumps } from "./dumps";
import { checkSources, decideReaders } from "./readers";
import { withResources } from "./resources";
import { checkTwins } from "./twins";

/** It becomes part of names of Google and Kubernetes objects. */
function environmentName(text: string): Parsed<string> {
  return matching(
    text,
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'a name of at most 63 lower-case letters, digits and hyphens, not starting or ending with a hyphen, such as "prod"',
  );
}

/** Decides a whole environment. Problems are reported with the paths of the stack file; nothing is thrown. */
export function decideEnvironment(
  problems: Problems,
  name: string,
  args: PostgresEnvironmentArgs,
): EnvironmentPlan {
  const check = new Check(problems);
  const frame = decideFrame(check, name, args);
  const { profile, stores, bucket: bucketName, identity } = frame;
  const { backups = {} } = args;
  const at = check.at("backups");
  const clusters = decideClusters(problems, args, frame);
  check.require(
    clusters.length > 0,
    "clusters",
    {},
    "at least one cluster, such as orders-db: { namespace: orders, image: … }",
  );
  checkApart(check, clusters);
  checkDumps(check, args.exports, identity.mode, clusters);
  const dumping = clusters.flatMap(({ plan }) => plan.dumps.tenants);
  const jobs = dumping.filter((job) => job.ofGoogle);
  const tenants = clusters.flatMap(tenantOf);
  const demands = clusters.flatMap((cluster) => demandOf(cluster, profile));
  const { project, environment } = identity;
  const { iamPropagationSeconds, monitoring, method, operatorVersion } = frame;
  const needs = needsOf(
    operatorVersion,
    clusters.map(({ plan }) => plan.spec),
  );
  const network = decideNetwork(check.at("network"), {
    args: args.network,
    monitoring: monitoring.backend,
    clusters: clusters.map(({ key, plan }) => ({
      at: check.at("clusters").at(key),
      args: args.clusters[key] as ClusterArgs,
      plan,
    })),
  });
  const shared = {
    project,
    environment,
    iamPropagationSeconds,
    clusters,
    monitoring,
    method,
    network,
    needs,
  };
  const { archive } = stores;
  const used = tenants.length > 0 || writesDumps(dumping, bucketName, archive.place);
  if (!archive.granted) {
    const bucket = decideGivenBucket(at, archive, backups, demands);
    const none = { mode: IdentityMode.Shared, accounts: [], grants: [], emails: new Map() };
    const given = { bucket: undefined, givenBucket: used ? bucket : undefined, identity: none, jobs: [] };
    return sized(problems, monitoring.backend, withResources({ ...shared, ...given }, args));
  }
  checkSources(check, identity.mode, clusters);
  const readers = decideReaders(at, backups.readers, clusters);
  const { namesKnown } = identity;
  const region = args.region ?? "";
  const asked = { project, region, environment, profile, settings: backups, namesKnown, demands };
  const bucket = decideBucket(at, asked);
  const cloud = {
    bucket: used ? bucket : undefined,
    givenBucket: undefined,
    identity: decideIdentity(at, { ...identity, tenants, readers, jobs }),
    jobs,
  };
  return sized(problems, monitoring.backend, withResources({ ...shared, ...cloud }, args));
}

function sized(problems: Problems, backend: MonitoringBackend, plan: EnvironmentPlan): EnvironmentPlan {
  const check = new Check(problems);
  checkTwins(problems, plan);
  checkSizes(check.at("monitoring"), backend, plan.after);
  return plan;
}

/** What all of its clusters have in common. */
function decideFrame(check: Check, name: string, args: PostgresEnvironmentArgs) {
  const { backups = {} } = args;
  const at = check.at("backups");
  const environment = args.environment ?? name;
  const profile = check.oneOf("profile", args.profile, Profile) ?? Profile.Dev;
  const stores = decideStores(
    check,
    {
      store: backups,
      keys: args.s3Keys,
      sourceKeys: args.s3SourceKeys,
      bucket: backups.bucket,
      profile,
      clusters: Object.values(args.clusters),
    },
    stackNames,
  );
  const ofGoogle = stores.archive.granted;
  if (ofGoogle) checkGiven(check, args);
  const project = check.parse("gcp:project", args.project, gcpProjectId);
  check.parse("gcp:region", args.region, (text) =>
    matching(text, /^[a-z]+-[a-z]+[0-9]+$/, "a Google Cloud region such as europe-west1"),
  );
  const wellNamed = check.parse("environment", environment, environmentName);
  const wanted = [backups.method, args.operatorVersion] as const;
  const { method, operatorVersion } = decideMethod(check, "backups.method", ...wanted);
  // Others may write to a bucket that is not the environment's own, under the same names.
  const othersWrite = wellNamed !== undefined && (!ofGoogle || backups.existingBucket === true);
  const own = defaults.PostgresClusterArgs.prefix;
  const prefix =
    at.parse("prefix", backups.prefix, objectPrefix) ?? (othersWrite ? `${own}/${environment}` : own);
  const wait = backups.iamPropagationWait ?? defaults.EnvironmentBackups.iamPropagationWait;
  const iamPropagationSeconds = at.parse("iamPropagationWait", wait, (t) => parseWait(t, 1800)) ?? 0;
  const identity = {
    project: args.project ?? "",
    projectNumber: backups.projectNumber,
    environment,
    mode: at.oneOf("identity", backups.identity, IdentityMode) ?? defaults.EnvironmentBackups.identity,
    serviceAccount: backups.serviceAccount,
    namesKnown: project !== undefined && wellNamed !== undefined,
  };
  const inherited = pick(backups, inheritedKeys);
  checkBackupSettings(at, inherited, method);
  const bucket = ofGoogle
    ? bucketNameOf({ project: identity.project, environment, settings: backups })
    : (backups.bucket ?? "missing-bucket");
  const monitoring = decideMonitoring(check.at("monitoring"), environment, args.monitoring);
  const shared = { profile, method, operatorVersion, bucket, prefix, stores, backups: inherited, monitoring };
  return { ...shared, iamPropagationSeconds, identity };
}

function decideClusters(
  problems: Problems,
  args: PostgresEnvironmentArgs,
  { identity, iamPropagationSeconds: _, ...shared }: ReturnType<typeof decideFrame>,
): PlannedCluster[] {
  const dumps = decideExportSettings(new Check(problems), args.exports, {
    path: "exports",
    names: stackNames,
    backupBucket: shared.bucket,
    archive: shared.stores.archive,
    exportKeys: args.s3ExportKeys,
    importKeys: args.s3ImportKeys,
    profile: shared.profile,
    ...dumpsOf(Object.values(args.clusters)),
  });
  const ofGoogle = shared.stores.archive.granted;
  return Object.keys(args.clusters)
    .sort()
    .map((key) => {
      const own = args.clusters[key] as ClusterArgs;
      const workload = new Workload(own.namespace, own.name ?? key);
      const gcpServiceAccount = ofGoogle ? emailOf(identity, workload) : undefined;
      const accounts = ofGoogle ? jobEmails(identity, workload) : {};
      const context = { ...shared, name: key, gcpServiceAccount, dumps: { ...dumps, accounts } };
      return { key, gcpServiceAccount, plan: decideCluster(problems, `clusters.${key}`, context, own) };
    });
}

function tenantOf({ plan: { workload, backup, recovery } }: PlannedCluster): Tenant[] {
  if (backup === undefined) return [];
  return [{ workload, location: backup.location, source: recovery?.grant ? recovery.source : undefined }];
}

/** How long what a cluster writes is needed. */
function demandOf({ key, plan }: PlannedCluster, profile: Profile): BucketDemand[] {
  const { backup } = plan;
  if (backup === undefined) return exportDemand(key, plan, profile);
  const { retention, longestInterval, schedule } = backup;
  return [{ of: `clusters.${key}`, retentionDays: retention.days, longestInterval, schedule: schedule.text }];
}

/** What there has to be of Google Cloud, where backups go there. */
function checkGiven(check: Check, { project, region }: PostgresEnvironmentArgs): void {
  const or = "; or backups.s3, for backups in an S3-compatible store";
  if (project === undefined)
    check.fail("gcp:project", undefined, `the id of a Google Cloud project, such as acme-dev${or}`);
  if (region === undefined) check.fail("gcp:region", undefined, `a region such as europe-west1${or}`);
}

/** Settings of the environment that a cluster can override. */
const inheritedKeys = [
  "retention",
  "schedule",
  "immediate",
  "suspend",
  "walCompression",
  "dataCompression",
  "walParallel",
  "dataJobs",
  "maxArchiveSize",
  "dataArgs",
  "dataRestoreArgs",
  "walArgs",
  "walRestoreArgs",
  "env",
  "checkArchive",
  "sidecar",
] as const satisfies readonly (keyof BackupSettings)[];
