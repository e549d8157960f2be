import { folderIn, gcsBucket } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { nothing } from "../core/comparison";
import { forEachIdentity, hasBucket, permissionsIn, placeText, rolesIn } from "../core/halves";
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
  compares: true,
  judge({ stack, report, part, compare }) {
    forEachIdentity(stack, part, (cluster, identity, uses) => {
      const own = uses.find(({ purpose }) => purpose === "archive");
      const home = own && gcsBucket(own.store);
      for (const use of uses.filter(({ purpose }) => purpose === "source"))
        part(() => {
          const { bucket, prefix = "" } = gcsBucket(use.store) ?? {};
          // Its own folder is the business of barman-recovery-own-archive.
          if (bucket === undefined || (bucket === home?.bucket && prefix === home.prefix)) return;
          const row = (cloud: string, verdict?: "unknown") =>
            compare(cluster, {
              what: "source can't be written to",
              cloud,
              cluster: own === undefined ? nothing : `archives as ${placeText(own.store, own.serverName)}`,
              ...(verdict && { verdict }),
            });
          if (!hasBucket(stack, bucket)) return row("not declared here", "unknown");
          const roles = rolesIn(stack, identity, bucket);
          const held = permissionsIn(roles.sure, bucket, folderIn(prefix, use.serverName));
          const more = writing.filter((permission) => held?.has(permission));
          if (more.length === 0)
            return row("no role to write there", held === undefined || roles.doubt ? "unknown" : undefined);
          // A restore within one bucket is done by the identity that archives there.
          if (bucket === home?.bucket) return row("the role with which it archives there", "unknown");
          row(more.join(", "));
          report(
            use.holder,
            use.store.at("destinationPath"),
            `${identity.account ?? `[${identity.namespace}/${identity.name}]`} has ${more.join(" and ")} in the bucket "${bucket}", which is only recovered from. Grant roles/storage.objectViewer alone.`,
          );
        });
    });
  },
});
