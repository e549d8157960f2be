import { type Access, accessOf } from "../core/access";
import { CLUSTER } from "../core/cluster";
import { forEachIdentity } from "../core/halves";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "iam-backup-identity-too-broad",
  title: "Who writes backups has roles on the backup bucket alone, and cannot change the bucket.",
  severity: "medium",
  tags: ["identity", "security"],
  why: "Whoever gets into one database pod has the token of that identity. A role on the project reads every other bucket; roles/storage.admin deletes the bucket with all backups and changes who may read it. Barman needs neither.",
  remedy:
    "Give roles/storage.objectUser and roles/storage.bucketViewer on the backup bucket, and take the wider roles away.",
  url: "https://cloud.google.com/storage/docs/access-control/iam-roles",
  types: [CLUSTER],
  needsCloud: true,
  judge({ stack, report, part }) {
    const { buckets, projects } = accessOf(stack);
    const seen = new Set<Access>();
    const judged = new Set<string>();
    forEachIdentity(stack, part, (_, { holders }) => {
      if (judged.has(holders.join())) return;
      judged.add(holders.join());
      for (const accesses of [projects, buckets])
        for (const access of accesses.of(holders).sure)
          part(() => {
            if (seen.has(access)) return;
            seen.add(access);
            if (typeof access.role !== "string") throw access.role;
            const where = accesses === projects ? "the project" : "the bucket";
            const tooMuch =
              accesses === projects
                ? ofProject(access)
                : /^roles\/storage\.(admin|legacyBucketOwner)$/.test(access.role);
            if (!tooMuch) return;
            report(
              access.resource,
              access.resource.view.at("role"),
              `${access.role} on ${where} is more than backups need. Give roles/storage.objectUser and roles/storage.bucketViewer on the backup bucket.`,
            );
          });
    });
  },
});

/** Whether a role on a project is too much. One that a condition narrows down to a bucket is as good as one on it. */
function ofProject({ role, condition }: Access): boolean {
  if (typeof role !== "string") throw role;
  if (/^roles\/(owner|editor|storage\.admin)$/.test(role)) return true;
  if (!role.startsWith("roles/storage.")) return false;
  if (typeof condition !== "string") throw condition;
  return !condition.includes("projects/_/buckets/");
}
