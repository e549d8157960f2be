import { backupBuckets, bucketName, bucketsOfBackups } from "../core/backupBucket";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "gcs-retention-policy",
  title: "A bucket of Barman's has no retention policy and no default hold.",
  severity: "critical",
  tags: ["storage", "backup"],
  why: "Since 3.19 Barman writes backup.info twice: when a base backup begins and when it ends (barman issue 1195). A retention policy of whatever length, or a hold, forbids the second write with 403, as it forbids Barman's own retention to delete: every base backup fails, and only WAL arrives, from which alone nothing can be restored.",
  remedy:
    "Take retentionPolicy and defaultEventBasedHold away. What is deleted or written over can be brought back with softDeletePolicy, or with versioning and a lifecycle rule for noncurrent versions; what nobody may delete belongs into a copy in another bucket. A policy that is locked can't be taken away: back up to another bucket.",
  url: "https://github.com/EnterpriseDB/barman/issues/1195",
  types: ["gcp:Bucket"],
  judge({ stack, report, part }) {
    const { storesIn } = backupBuckets(stack);
    for (const bucket of bucketsOfBackups(stack))
      part(() => {
        const holder = storesIn(bucketName(bucket) ?? "").find(({ own }) => own)?.holder;
        if (holder === undefined) return;
        const fails = `every base backup of ${holder.called} fails`;
        part(() => {
          const hold = bucket.view.at("defaultEventBasedHold");
          if (hold.scalar() === "true")
            report(bucket, hold, `holds every new object, so that ${fails}. Write false.`);
        });
        const period = bucket.view.at("retentionPolicy", "retentionPeriod");
        const seconds = period.number();
        if (seconds !== undefined && seconds > 0)
          report(
            bucket,
            period,
            `keeps objects from being written again for ${seconds} seconds, so that ${fails}. Take retentionPolicy away.`,
          );
      });
  },
});
