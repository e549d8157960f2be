import type { BucketSettings } from "../args/backup";
import { defaults } from "../args/defaults";
import { type Profile, profiles, protection } from "../args/profiles";
import { type Check, readOr } from "../check";
import type { BucketDemand, BucketPlan } from "../plan/backup";
import {
  bad,
  bucketLocation,
  bucketName,
  derivedName,
  gcpLabelKey,
  gcpLabelValue,
  good,
  kmsKeyName,
  type Parsed,
  parseDays,
} from "../units";
import { defaultDeleteAge, minimumDeleteAge, secondsPerDay } from "./lifecycle";

/** What {@link decideBucket} starts from. */
export interface BucketBasis {
  readonly project: string;
  readonly region: string;
  readonly environment: string;
  readonly profile: Profile;
  readonly settings: BucketSettings;
  readonly demands: readonly BucketDemand[];
  /** Whether project and environment are well formed; otherwise a name derived from them is no news. */
  readonly namesKnown: boolean;
}

/** Bucket names end at 63 characters. */
const longestBucketName = 63;

/** The bucket's name, given or derived; pure, so that every part of a program computes the same one. */
export function bucketNameOf(basis: Pick<BucketBasis, "project" | "environment" | "settings">): string {
  // A domain-scoped project (example.com:p) has a character that no bucket name can have.
  const project = basis.project.split(":").at(-1) ?? basis.project;
  return (
    basis.settings.bucket ?? derivedName([project, basis.environment, "postgres-backups"], longestBucketName)
  );
}

/** Decides the bucket and checks that its lifecycle outlasts every cluster's retention. */
export function decideBucket(check: Check, basis: BucketBasis): BucketPlan {
  const { settings } = basis;
  const profile = profiles[basis.profile];
  const name = bucketNameOf(basis);
  if (/^s3:\/\//i.test(name))
    check.fail(
      "bucket",
      name,
      "the name of a bucket of Cloud Storage; a bucket of an S3-compatible store needs backups.s3 too, and its bare name here",
    );
  else if (settings.bucket !== undefined || basis.namesKnown) check.parse("bucket", name, bucketName);
  const existing = settings.existingBucket ?? false;
  if (existing) checkExisting(check, settings);
  else checkOwn(check, basis);
  return {
    name,
    existing,
    // Google answers in capitals; asked in the same, there is nothing to differ.
    location: (settings.location ?? basis.region).toUpperCase(),
    storageClass: settings.storageClass ?? defaults.BucketSettings.storageClass,
    deleteAgeDays: decideDeleteAge(check, settings, basis.demands),
    versioning: settings.versioning ?? profile.BucketSettings.versioning,
    noncurrentDays: readOr(parseDays, settings.noncurrentAge, defaults.BucketSettings.noncurrentAge).days,
    forceDestroy: settings.forceDestroy ?? (!existing && profile.BucketSettings.forceDestroy),
    softDeleteSeconds:
      readOr(parseDaysOrNone, settings.softDelete, profile.BucketSettings.softDelete) * secondsPerDay,
    kmsKey: settings.kmsKey,
    labels: { environment: labelFrom(basis.environment), "managed-by": "pulumi-cnpg", ...settings.labels },
    protect: protection(undefined, profile),
  };
}

/** A bucket of our own. */
function checkOwn(check: Check, { settings, profile }: BucketBasis): void {
  check.parse("location", settings.location, bucketLocation);
  check.parse("noncurrentAge", settings.noncurrentAge, parseDays);
  check.require(
    (settings.versioning ?? profiles[profile].BucketSettings.versioning) ||
      settings.noncurrentAge === undefined,
    "noncurrentAge",
    settings.noncurrentAge,
    "remove it without versioning: there are no noncurrent versions",
  );
  check.require(
    profile !== "prod" || settings.forceDestroy !== true,
    "forceDestroy",
    settings.forceDestroy,
    "false with profile prod: destroying the stack would destroy every backup",
  );
  const softDelete = check.parse("softDelete", settings.softDelete, parseDaysOrNone);
  const possible = softDelete === undefined || softDelete === 0 || (softDelete >= 7 && softDelete <= 90);
  check.require(possible, "softDelete", settings.softDelete, "0d (off) or 7d to 90d");
  check.parse("kmsKey", settings.kmsKey, kmsKeyName);
  for (const [key, value] of Object.entries(settings.labels ?? {})) {
    check.parse(`labels.${key}`, key, gcpLabelKey);
    check.parse(`labels.${key}`, value, gcpLabelValue);
  }
}

/** Settings of a bucket of our own, besides its name and the age at which it deletes. */
const ownBucketKeys = [
  "location",
  "storageClass",
  "versioning",
  "noncurrentAge",
  "forceDestroy",
  "softDelete",
  "kmsKey",
  "labels",
] as const satisfies readonly (keyof BucketSettings)[];

/** A bucket that somebody else manages: only what they say of its lifecycle counts here. */
function checkExisting(check: Check, settings: BucketSettings): void {
  check.require(
    settings.bucket !== undefined,
    "bucket",
    settings.bucket,
    "the name of the bucket that existingBucket speaks of",
  );
  check.require(
    settings.deleteAge !== undefined,
    "deleteAge",
    settings.deleteAge,
    "the age at which the existing bucket's own lifecycle rule deletes objects, such as 60d, so that it can be checked against the retention",
  );
  for (const key of [...ownBucketKeys, "deleteMargin"] as const) {
    check.require(
      settings[key] === undefined,
      key,
      settings[key],
      "remove it with existingBucket: the bucket is managed elsewhere",
    );
  }
}

function hardestDemand(demands: readonly BucketDemand[]): BucketDemand | undefined {
  return demands.reduce<BucketDemand | undefined>(
    (most, demand) => (most === undefined || least(demand) > least(most) ? demand : most),
    undefined,
  );
}

/** The age in days at which the bucket deletes, as it is set or by default; refused if a backup may be needed longer. */
export function decideDeleteAge(
  check: Check,
  settings: Pick<BucketSettings, "deleteAge" | "deleteMargin">,
  demands: readonly BucketDemand[],
): number {
  const hardest = hardestDemand(demands);
  const margin =
    check.parse(
      "deleteMargin",
      settings.deleteMargin ?? defaults.BucketSettings.deleteMargin,
      parseDaysOrNone,
    ) ?? 0;
  const minimum = hardest === undefined ? 1 : least(hardest);
  if (settings.deleteAge === undefined) {
    return hardest === undefined
      ? minimum + margin
      : defaultDeleteAge(hardest.retentionDays, hardest.longestInterval, margin);
  }
  check.require(
    settings.deleteMargin === undefined,
    "deleteMargin",
    settings.deleteMargin,
    "remove it when deleteAge is set",
  );
  const age = check.parse("deleteAge", settings.deleteAge, parseDays)?.days ?? minimum;
  if (hardest !== undefined) {
    check.require(
      age >= minimum,
      "deleteAge",
      settings.deleteAge,
      `${minimum}d or more: ${hardest.of} keeps backups for ${hardest.retentionDays} days and makes one ` +
        `${every(hardest.longestInterval)}; a rule that deletes earlier destroys the oldest backup that recovery starts from`,
    );
  }
  return age;
}

/** How often, in whole days, as the arithmetic counts them. */
function every(seconds: number): string {
  const days = Math.ceil(seconds / secondsPerDay);
  return days === 1 ? "a day" : `every ${days} days`;
}

function least(demand: BucketDemand): number {
  return minimumDeleteAge(demand.retentionDays, demand.longestInterval);
}

/** Days, of which there may also be none. */
function parseDaysOrNone(text: string): Parsed<number> {
  if (text === "0d") return good(0);
  const parsed = parseDays(text);
  return parsed.ok ? good(parsed.value.days) : bad(`0d, or ${parsed.allowed}`);
}

/** The value, if it is well formed; if not, that has been reported. */

/** An environment's name as a label value. */
function labelFrom(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "-")
    .slice(0, 63);
}
