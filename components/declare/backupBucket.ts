import { Bucket } from "@pulumi/gcp/storage/bucket";
import * as pulumi from "@pulumi/pulumi";
import type { BucketSettings } from "../args/backup";
import { defaults } from "../args/defaults";
import { Profile, profiles } from "../args/profiles";
import { decideBucket } from "../backup/bucketPlan";
import { Check } from "../check";
import type { BucketPlan } from "../plan/backup";
import { shapedProblems } from "../shape";
import { longestInterval, parseRetention, parseSchedule } from "../units";
import { protecting } from "./options";

/** Arguments of {@link BackupBucket}. */
export interface BackupBucketArgs extends BucketSettings {
  /** Google Cloud project id. */
  project: string;
  /** Region; the bucket's location unless `location` says otherwise. */
  region: string;
  /** Name of the environment, part of a derived name. @default the component's name */
  environment?: string;
  /** `dev` or `prod`: default for versioning, protection and the rest. */
  profile: Profile;
  /** The longest retention of the clusters that write here, such as `30d`. @default what the profile keeps */
  retention?: string;
  /** The least frequent backup schedule of those clusters. @default daily */
  schedule?: string;
}

/**
 * A Google Cloud Storage bucket for backups, whose lifecycle rule outlasts their retention: uniform access,
 * no public access, versions cleaned up where it is versioned, and no deletion with objects in it outside dev.
 *
 * @example
 * const backups = new BackupBucket("prod", {
 *   project: "acme-prod", region: "europe-west1", profile: "prod", retention: "30d",
 * });
 * export const bucket = backups.bucketName;
 *
 * @throws InvalidSettings with every problem, before anything is registered.
 */
export class BackupBucket extends pulumi.ComponentResource {
  /** Name of the bucket. */
  public readonly bucketName: pulumi.Output<string>;
  /** `gs://<bucket>`. */
  public readonly url: pulumi.Output<string>;
  /** Age in days at which its lifecycle rule deletes an object. */
  public readonly deleteAgeDays: pulumi.Output<number>;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = decide(name, args);
    super("pulumi-cnpg:index:BackupBucket", name, {}, opts);
    const bucket = plan.existing ? undefined : declareBucket(name, args.project, plan, this);
    if (bucket !== undefined) buckets.set(this, { name: plan.name, resource: bucket });
    this.bucketName = bucket?.name ?? pulumi.output(plan.name);
    this.url = pulumi.interpolate`gs://${this.bucketName}`;
    this.deleteAgeDays = pulumi.output(plan.deleteAgeDays);
    this.registerOutputs({ bucketName: this.bucketName, url: this.url, deleteAgeDays: this.deleteAgeDays });
  }
}

/** Kept beside the component: a field would become one of its outputs. */
const buckets = new WeakMap<pulumi.Resource, { readonly name: string; readonly resource: Bucket }>();

/** The bucket of a name among those that components made: what lives in it is made anew with it. */
export function bucketAmong(components: readonly pulumi.Resource[], name: string): Bucket[] {
  return components.flatMap((component) => {
    const made = buckets.get(component);
    return made?.name === name ? [made.resource] : [];
  });
}

function decide(name: string, args: BackupBucketArgs): BucketPlan {
  const problems = shapedProblems("BackupBucket", name, args);
  const check = new Check(problems);
  const { project, region, environment, profile, retention, schedule, ...settings } = args;
  const known = check.oneOf("profile", profile, Profile) ?? Profile.Dev;
  const kept = check.parse(
    "retention",
    retention ?? profiles[known].BackupSettings.retention,
    parseRetention,
  );
  const fires = check.parse("schedule", schedule ?? defaults.BackupSettings.schedule, parseSchedule);
  const plan = decideBucket(check, {
    project,
    region,
    environment: environment ?? name,
    profile: known,
    settings,
    namesKnown: true,
    demands:
      fires === undefined || kept === undefined
        ? []
        : [
            {
              of: name,
              retentionDays: kept.days,
              longestInterval: longestInterval(fires),
              schedule: fires.text,
            },
          ],
  });
  problems.throwIfAny(`BackupBucket ${name}`);
  return plan;
}

function declareBucket(name: string, project: string, plan: BucketPlan, parent: pulumi.Resource): Bucket {
  return new Bucket(
    name,
    {
      name: plan.name,
      project,
      location: plan.location,
      storageClass: plan.storageClass,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      forceDestroy: plan.forceDestroy,
      versioning: { enabled: plan.versioning },
      softDeletePolicy: { retentionDurationSeconds: plan.softDeleteSeconds },
      lifecycleRules: lifecycleRules(plan),
      labels: { ...plan.labels },
      ...(plan.kmsKey !== undefined && { encryption: { defaultKmsKeyName: plan.kmsKey } }),
    },
    { parent, ...protecting(plan.protect) },
  );
}

/**
 * The backstop behind Barman's own retention, and the sweeping up of versions. A rule without a state also
 * counts noncurrent versions by the age of the object, so with versioning each rule names its own.
 */
function lifecycleRules(plan: BucketPlan) {
  const remove = { type: "Delete" };
  const live = {
    action: remove,
    condition: { age: plan.deleteAgeDays, ...(plan.versioning && { withState: "LIVE" }) },
  };
  const noncurrent = {
    action: remove,
    condition: { daysSinceNoncurrentTime: plan.noncurrentDays, withState: "ARCHIVED" },
  };
  return plan.versioning ? [live, noncurrent] : [live];
}
