import { mayBeMore } from "../core/access";
import { folderIn, gcsBucket } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { prefixesIn } from "../core/conditions";
import { forEachIdentity, hasBucket, permissionsIn, rolesIn, rowOf } from "../core/halves";
import { stackRule } from "../core/rule";
import type { Permission } from "../core/storageRoles";
import { permissionsOf } from "../core/storageRoles";

export default stackRule({
  id: "halves-condition-prefix",
  title: "The condition on a role covers the folder that the Cluster's backups lie in.",
  severity: "critical",
  tags: ["agreement", "identity", "backup"],
  why: "Objects are named <prefix of destinationPath>/<serverName>/... A condition on resource.name that begins with anything else refuses every one of them, while the role looks right.",
  remedy:
    'Write resource.name.startsWith("projects/_/buckets/<bucket>/objects/<prefix of destinationPath>/") into the condition.',
  url: "https://cloud.google.com/storage/docs/access-control/iam#conditions",
  types: [CLUSTER],
  needsCloud: true,
  compares: true,
  judge({ stack, report, part, compare }) {
    forEachIdentity(stack, part, (cluster, identity, uses) => {
      for (const use of uses)
        part(() => {
          const { purpose, holder, store, serverName } = use;
          const { bucket, prefix = "" } = gcsBucket(store) ?? {};
          if (bucket === undefined) return;
          const roles = rolesIn(stack, identity, bucket);
          const folder = folderIn(prefix, serverName);
          const permission: Permission =
            purpose === "source" ? "storage.objects.get" : "storage.objects.create";
          const able = roles.sure.filter(
            ({ role }) => typeof role !== "string" || permissionsOf(role)?.includes(permission) !== false,
          );
          const row = rowOf(use, bucket, able, "reach", hasBucket(stack, bucket));
          const unknown = () => compare(cluster, { ...row, verdict: "unknown" });
          // That there is no such role is another rule's finding.
          if (able.length === 0) return unknown();
          compare(cluster, row);
          const held = permissionsIn(able, bucket, folder);
          if (held === undefined) return unknown();
          if (held.has(permission)) return;
          if (mayBeMore(roles)) return unknown();
          const covered = able.flatMap(({ condition }) =>
            typeof condition === "string" ? prefixesIn(condition) : [],
          );
          report(
            holder,
            store.at("destinationPath"),
            `the role's condition allows objects below "${covered.join('", "')}", and these lie below "${folder}". Make them the same.`,
          );
        });
    });
  },
});
