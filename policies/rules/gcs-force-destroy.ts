import { asPlaced, backupBuckets, bucketName, bucketsOfBackups } from "../core/backupBucket";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "gcs-force-destroy",
  title: "A production bucket of backups is not deleted with its objects.",
  severity: "high",
  tags: ["storage", "backup"],
  why: "With forceDestroy the bucket goes with everything in it when its resource does, by `pulumi destroy` or by a rename. Without it Google Cloud refuses to delete a bucket that is not empty.",
  remedy: "Leave forceDestroy out, and set Pulumi's option protect: true.",
  url: "https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/#forcedestroy_nodejs",
  types: ["gcp:Bucket"],
  judge({ stack, report, part, isProduction }) {
    const { storesIn } = backupBuckets(stack);
    for (const bucket of bucketsOfBackups(stack)) {
      const used = storesIn(bucketName(bucket) ?? "").some(({ holder, own }) => own && isProduction(holder));
      if (!used && !isProduction(asPlaced(bucket))) continue;
      part(() => {
        const at = bucket.view.at("forceDestroy");
        if (at.scalar() === "true") report(bucket, at, `deletes the backups with the bucket. Write false.`);
      });
    }
  },
});
