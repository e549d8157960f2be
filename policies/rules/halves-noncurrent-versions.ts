import { folderIn, gcsBucket, usesOf } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { deletesIn, deletesNoncurrent } from "../core/lifecycle";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "halves-noncurrent-versions",
  title: "A backup bucket with versioning has a rule that deletes noncurrent versions.",
  severity: "medium",
  tags: ["backup", "cost"],
  why: "What Barman's retention deletes in a versioned bucket stays as a noncurrent version, for ever and at full price: retention no longer bounds the bucket.",
  remedy:
    "Add a lifecycle rule of action Delete with daysSinceNoncurrentTime, such as 7, and withState ARCHIVED.",
  url: "https://cloud.google.com/storage/docs/lifecycle",
  types: ["gcp:Bucket"],
  needsCloud: true,
  judge({ stack, report, part }) {
    const folders = new Map<string, string>();
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        for (const { purpose, store, serverName } of usesOf(cluster, stack)) {
          const { bucket, prefix = "" } = gcsBucket(store) ?? {};
          if (purpose === "archive" && bucket !== undefined)
            folders.set(bucket, folderIn(prefix, serverName));
        }
      });
    for (const bucket of stack.ofType("gcp:Bucket"))
      part(() => {
        const folder = folders.get(bucket.view.text("name") ?? "");
        if (folder === undefined || bucket.view.flag("versioning", "enabled") !== true) return;
        const rules = bucket.view.list("lifecycleRules");
        // Classes do not matter here: a version of any class is deleted once a rule speaks of its state.
        if (rules.some((rule) => deletesNoncurrent(rule) && deletesIn(rule, folder, "", true))) return;
        report(
          bucket,
          bucket.view.at("lifecycleRules"),
          "has no rule that deletes noncurrent versions, and versioning is on. Add action Delete with daysSinceNoncurrentTime: 7.",
        );
      });
  },
});
