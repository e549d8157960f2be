import type { BucketPlan } from "../plan/backup";
import type { PlannedResource } from "../plan/object";

/** The bucket, unless somebody else makes it. */
export function bucketResources(project: string, plan: BucketPlan): PlannedResource[] {
  if (plan.existing) return [];
  const inputs = {
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
  };
  return [
    {
      key: `bucket/${plan.name}`,
      name: "",
      type: "gcp:storage/bucket:Bucket",
      inputs,
      life: { protect: plan.protect },
    },
  ];
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
