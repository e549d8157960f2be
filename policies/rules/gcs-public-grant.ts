import { backupBuckets } from "../core/backupBucket";
import { stackRule } from "../core/rule";

const types = ["gcp:BucketIAMMember", "gcp:BucketIAMBinding"];
const everybody = ["allUsers", "allAuthenticatedUsers"];

export default stackRule({
  id: "gcs-public-grant",
  title: "Nobody but named accounts has a role on a bucket of backups.",
  severity: "high",
  tags: ["security", "storage"],
  why: "allUsers is the whole internet, and allAuthenticatedUsers is anybody with a Google account, not the organisation. A base backup is the whole database.",
  remedy:
    "Grant roles to the service accounts that need them, and set publicAccessPrevention: enforced on the bucket.",
  url: "https://cloud.google.com/storage/docs/public-access-prevention",
  types,
  judge({ stack, report, part }) {
    const buckets = backupBuckets(stack);
    for (const grant of types.flatMap((type) => stack.ofType(type)))
      part(() => {
        const { view } = grant;
        const members = view.at("member").exists ? [view.at("member")] : view.list("members");
        for (const member of members)
          part(() => {
            const who = member.text() ?? "";
            if (!everybody.includes(who)) return;
            if (buckets.has(view.text("bucket")?.replace(/^b\//, "")))
              report(
                grant,
                member,
                `${who} gives a bucket of backups to everybody. Name the accounts that need it.`,
              );
          });
      });
  },
});
