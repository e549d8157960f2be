import { folderIn, gcsBucket } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { forEachIdentity, hasBucket, permissionsIn, rolesIn } from "../core/halves";
import { stackRule } from "../core/rule";
import type { Permission } from "../core/storageRoles";

const writing: readonly Permission[] = ["storage.objects.create", "storage.objects.delete"];

export default stackRule({
  id: "iam-source-read-only",
  title: "A Cluster that is recovered from another's bucket may read there, and neither write nor delete.",
  severity: "medium",
  tags: ["identity", "recovery", "security"],
  why: "Whoever holds the clone's identity, and that is every pod of it, can then overwrite or delete the backups of the source: from development those of production. A recovery needs no more than to list and to get objects.",
  remedy: "Grant roles/storage.objectViewer on the source's bucket, with a condition on the source's folder.",
  url: "https://cloud.google.com/storage/docs/access-control/iam-roles",
  types: [CLUSTER],
  needsCloud: true,
  judge({ stack, report, part }) {
    forEachIdentity(stack, part, (_, identity, uses) => {
      // A restore in place, or within one bucket, is done by the identity that archives there.
      const own = uses
        .filter(({ purpose }) => purpose === "archive")
        .map(({ store }) => gcsBucket(store)?.bucket);
      for (const use of uses.filter(({ purpose }) => purpose === "source"))
        part(() => {
          const { bucket, prefix } = gcsBucket(use.store) ?? {};
          if (bucket === undefined || own.includes(bucket) || !hasBucket(stack, bucket)) return;
          const roles = rolesIn(stack, identity, bucket);
          const held = permissionsIn(roles.sure, bucket, folderIn(prefix ?? "", use.serverName));
          const more = writing.filter((permission) => held?.has(permission));
          if (more.length === 0) return;
          report(
            use.holder,
            use.store.at("destinationPath"),
            `${identity.account ?? `[${identity.namespace}/${identity.name}]`} has ${more.join(" and ")} in the bucket "${bucket}", which is only recovered from. Grant roles/storage.objectViewer alone.`,
          );
        });
    });
  },
});
