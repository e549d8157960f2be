import { folderIn, gcsBucket } from "../core/archives";
import { archiveOf, CLUSTER } from "../core/cluster";
import { deletesIn, liveAge } from "../core/lifecycle";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "barman-retention",
  title: "An archive of production has a retention, or its bucket deletes what is old.",
  severity: "low",
  tags: ["backup", "cost"],
  why: "Without retentionPolicy nothing of Barman ever deletes a base backup or a WAL segment, and the bucket grows for as long as the cluster lives.",
  remedy:
    "Write spec.retentionPolicy of the ObjectStore, such as 30d, or spec.backup.retentionPolicy in the in-tree model.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
  productionOnly: true,
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const said = new Set<unknown>();
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const archive = archiveOf(cluster, stack);
        if (archive === undefined || archive.retention !== undefined || said.has(archive.holder)) return;
        const { bucket = "", prefix = "" } = gcsBucket(archive.store) ?? {};
        const folder = folderIn(prefix, archive.serverName);
        const rules = stack.allNamed("gcp:Bucket", bucket).flatMap(({ view }) => view.list("lifecycleRules"));
        if (rules.some((rule) => liveAge(rule) !== undefined && deletesIn(rule, folder, "", true))) return;
        said.add(archive.holder);
        const path =
          archive.method === "plugin" ? ["spec", "retentionPolicy"] : ["spec", "backup", "retentionPolicy"];
        report(archive.holder, path, "is not said, so no backup is ever deleted. Write one, such as 30d.");
      });
  },
});
