import type { EnvironmentBackups } from "../args/backup";
import type { Check } from "../check";
import type { BucketDemand, GivenBucket } from "../plan/backup";
import type { WrittenStore } from "../store/kind";
import { decideDeleteAge } from "./bucketPlan";

/** Decides a bucket that whoever runs its store makes, and checks that its own rule outlasts every retention. */
export function decideGivenBucket(
  check: Check,
  { kind, meaningless, bucketName }: WrittenStore,
  settings: EnvironmentBackups,
  demands: readonly BucketDemand[],
): GivenBucket {
  for (const [key, why] of Object.entries(meaningless) as [keyof EnvironmentBackups, string][])
    check.require(settings[key] === undefined, key, settings[key], `remove it with ${kind}: ${why}`);
  const { bucket, deleteAge } = settings;
  if (bucket === undefined)
    check.fail("bucket", undefined, "the name of the bucket, which whoever runs the store has made");
  check.parse("bucket", bucket, bucketName);
  return {
    name: bucket ?? "missing-bucket",
    deleteAgeDays: deleteAge === undefined ? undefined : decideDeleteAge(check, { deleteAge }, demands),
  };
}
