import * as pulumi from "@pulumi/pulumi";
import type { BucketSettings } from "../args/backup";
import { defaults } from "../args/defaults";
import { Profile, profiles } from "../args/profiles";
import { decideBucket } from "../backup/bucketPlan";
import { bucketResources } from "../backup/bucketResources";
import { Check } from "../check";
import type { BucketPlan } from "../plan/backup";
import { shapedProblems } from "../shape";
import { longestInterval, parseRetention, parseSchedule } from "../units";
import { declareAll } from "./resources";

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
    const known = new Map<string, readonly pulumi.Resource[]>();
    declareAll(bucketResources(args.project, plan), { name, parent: this, known });
    bucketsByComponent.set(this, known);
    const [bucket] = [...known.values()].flat() as (pulumi.Resource & { name: pulumi.Output<string> })[];
    this.bucketName = bucket?.name ?? pulumi.output(plan.name);
    this.url = pulumi.interpolate`gs://${this.bucketName}`;
    this.deleteAgeDays = pulumi.output(plan.deleteAgeDays);
    this.registerOutputs({ bucketName: this.bucketName, url: this.url, deleteAgeDays: this.deleteAgeDays });
  }
}

/** Kept beside the component: a field would become one of its outputs. */
const bucketsByComponent = new WeakMap<pulumi.Resource, ReadonlyMap<string, readonly pulumi.Resource[]>>();

/** The buckets of components, by their keys: what lives in one is made anew with it. */
export const bucketsAmong = (components: readonly pulumi.Resource[]) =>
  components.flatMap((component) => [...(bucketsByComponent.get(component) ?? [])]);

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
