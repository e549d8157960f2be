import { mayBeMore } from "../core/access";
import { folderIn, gcsBucket, type Use } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { forEachIdentity, hasBucket, permissionsIn, rolesIn, rowOf } from "../core/halves";
import { stackRule } from "../core/rule";
import type { Permission } from "../core/storageRoles";

const remedies: readonly (readonly [Permission, string])[] = [
  ["storage.buckets.get", "roles/storage.bucketViewer"],
  ["storage.objects.create", "roles/storage.objectUser"],
  ["storage.objects.get", "roles/storage.objectUser"],
  ["storage.objects.delete", "roles/storage.objectUser"],
  ["storage.objects.list", "roles/storage.objectUser"],
];

export default stackRule({
  id: "halves-bucket-permissions",
  title:
    "The roles on a backup bucket allow all that Barman does there: storage.buckets.get, and to create, get, list and delete.",
  severity: "critical",
  tags: ["agreement", "identity", "backup"],
  why: "The object roles (objectUser, objectAdmin, objectViewer) lack storage.buckets.get. Before the first WAL segment Barman looks whether the archive is empty, and that needs it: exit code 2, and archiving never begins. Without delete, retention removes nothing.",
  remedy:
    "Give roles/storage.objectUser and, without a condition, roles/storage.bucketViewer on the bucket. To recover from a bucket, roles/storage.objectViewer is enough.",
  url: "https://cloud.google.com/storage/docs/access-control/iam-roles",
  types: [CLUSTER],
  needsCloud: true,
  compares: true,
  judge({ stack, report, part, compare }) {
    forEachIdentity(stack, part, (cluster, identity, uses) => {
      for (const use of uses)
        part(() => {
          const { bucket, prefix } = gcsBucket(use.store) ?? {};
          if (bucket === undefined || !hasBucket(stack, bucket)) return;
          const roles = rolesIn(stack, identity, bucket);
          // No role at all is another rule's finding.
          if (roles.sure.length === 0) return;
          const row = rowOf(use, bucket, roles.sure, "roles", true);
          const unknown = () => compare(cluster, { ...row, verdict: "unknown" });
          compare(cluster, row);
          const held = permissionsIn(roles.sure, bucket, folderIn(prefix ?? "", use.serverName));
          if (held === undefined) return unknown();
          const missing = needs(use).filter((permission) => !held.has(permission));
          const outside = permissionsIn(
            roles.sure.map((role) => ({ ...role, condition: "" })),
            bucket,
            "",
          );
          // What only a condition takes away of objects is halves-condition-prefix's finding.
          const lost = missing.filter((permission) => !objects.has(permission) || !outside?.has(permission));
          if (lost.length === 0) return;
          if (mayBeMore(roles)) return unknown();
          const roleNames = new Set(
            remedies.flatMap(([permission, role]) => (lost.includes(permission) ? role : [])),
          );
          report(
            use.holder,
            use.store.at("destinationPath"),
            `${identity.account ?? `[${identity.namespace}/${identity.name}]`} lacks ${lost.join(", ")} on the bucket "${bucket}". Add ${[...roleNames].join(" and ")}.`,
          );
        });
    });
  },
});

const objects: ReadonlySet<Permission> = new Set([
  "storage.objects.create",
  "storage.objects.get",
  "storage.objects.delete",
]);

function needs({ purpose, retention }: Use): Permission[] {
  if (purpose === "source") return ["storage.objects.get", "storage.objects.list"];
  const always: Permission[] = [
    "storage.buckets.get",
    "storage.objects.create",
    "storage.objects.get",
    "storage.objects.list",
  ];
  // Only Barman's retention deletes anything.
  return retention === undefined ? always : [...always, "storage.objects.delete"];
}
