import type { Check } from "../check";
import { type Profile, profiles } from "../profiles";
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
import type { BucketSettings, BucketStorageClass } from "./args";
import { defaultDeleteAge, minimumDeleteAge, secondsPerDay } from "./lifecycle";

/** Everything about the bucket, decided. */
export interface BucketPlan {
  readonly name: string;
  readonly existing: boolean;
  readonly location: string;
  readonly storageClass: BucketStorageClass;
  /** Age in days at which the lifecycle rule deletes, or as its owner says of an existing bucket. */
  readonly deleteAgeDays: number;
  readonly versioning: boolean;
  readonly noncurrentDays: number;
  readonly forceDestroy: boolean;
  readonly softDeleteSeconds: number;
  readonly kmsKey: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

/** What a bucket has to outlast: the cluster whose backups are needed longest. */
export interface BucketDemand {
  /** Whose demand it is, for the message. */
  readonly of: string;
  readonly retentionDays: number;
  /** The longest time between two base backups, in seconds. */
  readonly longestInterval: number;
}

/** What {@link decideBucket} starts from. */
export interface BucketBasis {
  readonly project: string;
  readonly region: string;
  readonly environment: string;
  readonly profile: Profile;
  readonly settings: BucketSettings;
  readonly demands: readonly BucketDemand[];
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
  const defaults = profiles[basis.profile];
  const name = bucketNameOf(basis);
  check.parse("bucket", name, bucketName);
  const existing = settings.existingBucket ?? false;
  if (existing) checkExisting(check, settings);
  if (settings.location !== undefined) check.parse("location", settings.location, bucketLocation);

  const versioning = settings.versioning ?? defaults.versioning;
  check.require(
    versioning || settings.noncurrentAge === undefined,
    "noncurrentAge",
    settings.noncurrentAge,
    "left out without versioning: there are no noncurrent versions",
  );
  const forceDestroy = settings.forceDestroy ?? (!existing && defaults.forceDestroy);
  check.require(
    basis.profile !== "prod" || !forceDestroy,
    "forceDestroy",
    forceDestroy,
    "false with profile prod: destroying the stack would destroy every backup",
  );
  if (settings.kmsKey !== undefined) check.parse("kmsKey", settings.kmsKey, kmsKeyName);
  for (const [key, value] of Object.entries(settings.labels ?? {})) {
    check.parse(`labels.${key}`, key, gcpLabelKey);
    check.parse(`labels.${key}`, value, gcpLabelValue);
  }
  return {
    name,
    existing,
    // Google answers in capitals; asked in the same, there is nothing to differ.
    location: (settings.location ?? basis.region).toUpperCase(),
    storageClass: settings.storageClass ?? "STANDARD",
    deleteAgeDays: decideDeleteAge(check, settings, basis.demands),
    versioning,
    noncurrentDays: check.parse("noncurrentAge", settings.noncurrentAge ?? "14d", parseDays)?.days ?? 14,
    forceDestroy,
    softDeleteSeconds: decideSoftDelete(check, settings.softDelete ?? defaults.softDelete),
    kmsKey: settings.kmsKey,
    labels: { environment: labelFrom(basis.environment), "managed-by": "pulumi-cnpg", ...settings.labels },
    protect: defaults.protect,
  };
}

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
  for (const key of [
    "location",
    "storageClass",
    "versioning",
    "noncurrentAge",
    "forceDestroy",
    "softDelete",
    "kmsKey",
    "labels",
    "deleteMargin",
  ] as const) {
    check.require(
      settings[key] === undefined,
      key,
      settings[key],
      "left out with existingBucket: the bucket is managed elsewhere",
    );
  }
}

function decideDeleteAge(check: Check, settings: BucketSettings, demands: readonly BucketDemand[]): number {
  const margin = check.parse("deleteMargin", settings.deleteMargin, parseDaysNumber) ?? 7;
  const hardest = demands.reduce<BucketDemand | undefined>(
    (most, demand) => (most === undefined || least(demand) > least(most) ? demand : most),
    undefined,
  );
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
    "left out when deleteAge is set",
  );
  const age = check.parse("deleteAge", settings.deleteAge, parseDays)?.days ?? minimum;
  if (hardest !== undefined) {
    check.require(
      age >= minimum,
      "deleteAge",
      settings.deleteAge,
      `${minimum}d or more: ${hardest.of} keeps backups for ${hardest.retentionDays} days and makes one every ` +
        `${Math.ceil(hardest.longestInterval / secondsPerDay)} day(s); a rule that deletes no later destroys the oldest backup that recovery starts from`,
    );
  }
  return age;
}

function least(demand: BucketDemand): number {
  return minimumDeleteAge(demand.retentionDays, demand.longestInterval);
}

/** Days, of which there may also be none. */
function parseDaysNumber(text: string): Parsed<number> {
  if (text === "0d") return good(0);
  const parsed = parseDays(text);
  return parsed.ok ? good(parsed.value.days) : bad(`0d, or ${parsed.allowed}`);
}

function decideSoftDelete(check: Check, text: string): number {
  const days = check.parse("softDelete", text, parseDaysNumber);
  if (days === undefined) return 0;
  check.require(days === 0 || (days >= 7 && days <= 90), "softDelete", text, "0d (off) or 7d to 90d");
  return days * secondsPerDay;
}

/** An environment's name as a label value. */
function labelFrom(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "-")
    .slice(0, 63);
}
