import { BackupMethod, type BackupSettings, IdentityMode } from "../args/backup";
import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import type { PostgresEnvironmentArgs } from "../args/environment";
import { Profile, type Protection, strongest } from "../args/profiles";
import { s3Place } from "../backup/access";
import { bucketNameOf, decideBucket } from "../backup/bucketPlan";
import { decideS3Bucket } from "../backup/s3";
import { decideS3, stackNames } from "../backup/s3Context";
import { checkBackupSettings } from "../backup/settings";
import { Check } from "../check";
import { decideCluster } from "../cluster/decide";
import { checkMethod } from "../cluster/operatorVersion";
import { decideExportSettings, dumpsOf } from "../export/settings";
import { emailOf } from "../identity/accounts";
import { decideIdentity } from "../identity/decide";
import { jobEmails } from "../identity/jobs";
import { pick } from "../pick";
import type { BucketDemand } from "../plan/backup";
import type { EnvironmentPlan, PlannedCluster } from "../plan/environment";
import type { Tenant } from "../plan/identity";
import type { Problems } from "../problems";
import { gcpProjectId, matching, objectPrefix, type Parsed, parseWait } from "../units";
import { Workload } from "../units/workload";
import { checkApart } from "./apart";
import { checkDumps, exportDemand, writesDumps } from "./dumps";
import { checkSources, decideReaders } from "./readers";
import { withResources } from "./resources";

/** Folder of all archives in a bucket of one's own, and the start of the default in any other. */
export const ownPrefix = "cnpg";

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
  const backups = args.backups ?? {};
  const at = check.at("backups");
  const environment = args.environment ?? name;
  const profile = check.oneOf("profile", args.profile, Profile) ?? Profile.Dev;
  const s3 = decideS3(
    check,
    {
      store: backups.s3,
      keys: args.s3Keys,
      sourceKeys: args.s3SourceKeys,
      bucket: backups.bucket,
      profile,
      clusters: Object.values(args.clusters),
    },
    stackNames,
  );
  const ofGoogle = s3.store === undefined;
  if (ofGoogle) checkGiven(check, args);
  const project = check.parse("gcp:project", args.project, gcpProjectId);
  check.parse("gcp:region", args.region, (text) =>
    matching(text, /^[a-z]+-[a-z]+[0-9]+$/, "a Google Cloud region such as europe-west1"),
  );
  const wellNamed = check.parse("environment", environment, environmentName);
  const namesKnown = project !== undefined && wellNamed !== undefined;
  const method = at.oneOf("method", backups.method, BackupMethod) ?? defaults.EnvironmentBackups.method;
  const operatorVersion = args.operatorVersion ?? defaults.PostgresEnvironmentArgs.operatorVersion;
  checkMethod(check, "operatorVersion", "backups.method", method, operatorVersion);
  // Others may write to a bucket that is not the environment's own, under the same names.
  const othersWrite = wellNamed !== undefined && (!ofGoogle || backups.existingBucket === true);
  const prefix =
    at.parse("prefix", backups.prefix, objectPrefix) ??
    (othersWrite ? `${ownPrefix}/${environment}` : ownPrefix);
  const iamPropagationSeconds =
    at.parse(
      "iamPropagationWait",
      backups.iamPropagationWait ?? defaults.EnvironmentBackups.iamPropagationWait,
      (t) => parseWait(t, 1800),
    ) ?? 0;

  const identityBasis = {
    project: args.project ?? "",
    projectNumber: backups.projectNumber,
    environment,
    mode: at.oneOf("identity", backups.identity, IdentityMode) ?? defaults.EnvironmentBackups.identity,
    serviceAccount: backups.serviceAccount,
    namesKnown,
  };
  const inherited = pick(backups, inheritedKeys);
  checkBackupSettings(at, inherited, method);
  const bucketName = ofGoogle
    ? bucketNameOf({ project: identityBasis.project, environment, settings: backups })
    : (backups.bucket ?? "missing-bucket");
  const dumps = decideExportSettings(check, args.exports, {
    path: "exports",
    names: stackNames,
    backupBucket: bucketName,
    archive: s3,
    exportKeys: args.s3ExportKeys,
    importKeys: args.s3ImportKeys,
    profile,
    ...dumpsOf(Object.values(args.clusters)),
  });
  const clusters = Object.keys(args.clusters)
    .sort()
    .map((key): PlannedCluster => {
      const own = args.clusters[key] as ClusterArgs;
      const workload = new Workload(own.namespace, own.name ?? key);
      const gcpServiceAccount = ofGoogle ? emailOf(identityBasis, workload) : undefined;
      const context = {
        name: key,
        profile,
        method,
        operatorVersion,
        bucket: bucketName,
        prefix,
        s3,
        gcpServiceAccount,
        backups: inherited,
        dumps: { ...dumps, accounts: ofGoogle ? jobEmails(identityBasis, workload) : {} },
      };
      const plan = decideCluster(problems, `clusters.${key}`, context, own);
      return { key, gcpServiceAccount, plan };
    });
  check.require(
    clusters.length > 0,
    "clusters",
    {},
    "at least one cluster, such as orders-db: { namespace: orders, image: … }",
  );
  checkApart(check, clusters);
  checkDumps(check, args.exports, identityBasis.mode, clusters);
  const dumping = clusters.flatMap(({ plan }) => plan.dumps.tenants);

  const tenants = clusters.flatMap(({ plan }): Tenant[] =>
    plan.backup === undefined
      ? []
      : [
          {
            workload: plan.workload,
            location: plan.backup.location,
            source: plan.recovery?.grant ? plan.recovery.source : undefined,
          },
        ],
  );
  const demands = clusters.flatMap(({ key, plan }): BucketDemand[] =>
    plan.backup === undefined
      ? exportDemand(key, plan, profile)
      : [
          {
            of: `clusters.${key}`,
            retentionDays: plan.backup.retention.days,
            longestInterval: plan.backup.longestInterval,
            schedule: plan.backup.schedule.text,
          },
        ],
  );
  const shared = {
    project: identityBasis.project,
    environment,
    iamPropagationSeconds,
    namespaces: decideNamespaces(clusters),
    clusters,
  };
  if (!ofGoogle) {
    const s3Bucket = decideS3Bucket(at, backups, demands);
    const used = tenants.length > 0 || writesDumps(dumping, bucketName, s3.store && s3Place(s3.store));
    return withResources(
      {
        ...shared,
        bucket: undefined,
        s3Bucket: used ? s3Bucket : undefined,
        identity: { mode: IdentityMode.Shared, accounts: [], grants: [], emails: new Map() },
        readers: [],
        jobs: [],
      },
      args,
    );
  }
  const jobs = dumping.filter((job) => job.ofGoogle);
  checkSources(check, identityBasis.mode, clusters);
  const readers = decideReaders(at, backups.readers, clusters);
  const bucket = decideBucket(at, {
    project: identityBasis.project,
    region: args.region ?? "",
    environment,
    profile,
    settings: backups,
    namesKnown,
    demands,
  });
  return withResources(
    {
      ...shared,
      bucket: tenants.length > 0 || writesDumps(jobs, bucketName, undefined) ? bucket : undefined,
      s3Bucket: undefined,
      identity: decideIdentity(at, { ...identityBasis, tenants, readers, jobs }),
      readers,
      jobs,
    },
    args,
  );
}

/** What there has to be of Google Cloud, where backups go there. */
function checkGiven(check: Check, { project, region }: PostgresEnvironmentArgs): void {
  const or = "; or backups.s3, for backups in an S3-compatible store";
  if (project === undefined)
    check.fail("gcp:project", undefined, `the id of a Google Cloud project, such as acme-dev${or}`);
  if (region === undefined) check.fail("gcp:region", undefined, `a region such as europe-west1${or}`);
}

/** Those of the environment's settings that a cluster can override. */
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

function decideNamespaces(clusters: readonly PlannedCluster[]): { name: string; protect: Protection }[] {
  const namespaces = new Map<string, Protection>();
  for (const { plan } of clusters) {
    if (!plan.createNamespace) continue;
    const { namespace } = plan.workload;
    const others = namespaces.has(namespace) ? [namespaces.get(namespace)] : [];
    namespaces.set(namespace, strongest([...others, plan.protect]));
  }
  return [...namespaces].map(([name, protect]) => ({ name, protect }));
}
