import { bucketsOfBackups } from "../core/backupBucket";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "gcs-uniform-access",
  title: "A bucket of backups has uniform bucket-level access.",
  severity: "medium",
  tags: ["security", "storage"],
  why: "Without it every object has an access list of its own beside IAM, so that what IAM says is not who can read the backups; and IAM conditions, which keep one cluster out of another one's prefix, are refused.",
  remedy: "Set uniformBucketLevelAccess: true.",
  url: "https://cloud.google.com/storage/docs/uniform-bucket-level-access",
  types: ["gcp:Bucket"],
  judge({ stack, report, part }) {
    for (const bucket of bucketsOfBackups(stack))
      part(() => {
        const at = bucket.view.at("uniformBucketLevelAccess");
        const value = at.scalar();
        if (value !== "true") report(bucket, at, `${value ?? "nothing"} is set. Write true.`);
      });
  },
});
