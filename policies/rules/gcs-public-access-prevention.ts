import { bucketsOfBackups } from "../core/backupBucket";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "gcs-public-access-prevention",
  title: "A bucket of backups enforces public access prevention.",
  severity: "low",
  tags: ["security", "storage"],
  why: "Without it one wrong grant makes the backups public. The default is `inherited`: what the organisation says, which is nothing unless somebody has set it.",
  remedy: "Set publicAccessPrevention: enforced.",
  url: "https://cloud.google.com/storage/docs/public-access-prevention",
  types: ["gcp:Bucket"],
  judge({ stack, report, part }) {
    for (const bucket of bucketsOfBackups(stack))
      part(() => {
        const at = bucket.view.at("publicAccessPrevention");
        const value = at.text();
        if (value !== "enforced") report(bucket, at, `${value ?? "nothing"} is set. Write "enforced".`);
      });
  },
});
