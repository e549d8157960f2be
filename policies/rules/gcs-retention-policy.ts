import { backupBuckets, bucketName, bucketsOfBackups } from "../core/backupBucket";
import { OBJECT_STORE } from "../core/cluster";
import { retentionDays } from "../core/lifecycle";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "gcs-retention-policy",
  title: "A bucket lets Barman delete what is past the retention of the backups.",
  severity: "medium",
  tags: ["storage", "backup"],
  why: "Barman deletes backups and WAL that are past retentionPolicy, each half hour. A bucket that keeps objects for longer, or holds them, refuses that each time, and backups pile up although a retention is set.",
  remedy:
    "Keep the bucket's retention shorter than retentionPolicy, or take retentionPolicy away and let a lifecycle rule delete. Use no default hold.",
  url: "https://cloud.google.com/storage/docs/bucket-lock",
  types: ["gcp:Bucket"],
  judge({ stack, report, part }) {
    const { storesIn } = backupBuckets(stack);
    for (const bucket of bucketsOfBackups(stack))
      part(() => {
        const stores = storesIn(bucketName(bucket) ?? "").filter(({ own }) => own);
        for (const { holder } of stores)
          part(() => {
            const retention =
              holder.type === OBJECT_STORE
                ? holder.view.text("spec", "retentionPolicy")
                : holder.view.text("spec", "backup", "retentionPolicy");
            const days = retention === undefined ? undefined : retentionDays(retention);
            if (days === undefined) return;
            const hold = bucket.view.at("defaultEventBasedHold");
            if (hold.scalar() === "true")
              report(
                bucket,
                hold,
                `holds every new object, so that ${holder.called} can't delete anything. Write false.`,
              );
            const period = bucket.view.at("retentionPolicy", "retentionPeriod");
            const seconds = period.number();
            if (seconds !== undefined && seconds > days * 86400)
              report(
                bucket,
                period,
                `keeps objects for ${Math.floor(seconds / 86400)} days, and ${holder.called} deletes after ${days}. Write ${days * 86400} or less.`,
              );
          });
      });
  },
});
