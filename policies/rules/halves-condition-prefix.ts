import { mayBeMore } from "../core/access";
import { folderIn, gcsBucket } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { prefixesIn } from "../core/conditions";
import { forEachIdentity, permissionsIn, rolesIn } from "../core/halves";
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
  judge({ stack, report, part }) {
    forEachIdentity(stack, part, (_, identity, uses) => {
      for (const { purpose, holder, store, serverName } of uses)
        part(() => {
          const { bucket, prefix = "" } = gcsBucket(store) ?? {};
          if (bucket === undefined) return;
          const roles = rolesIn(stack, identity, bucket);
          const folder = folderIn(prefix, serverName);
          const permission: Permission =
            purpose === "source" ? "storage.objects.get" : "storage.objects.create";
          const able = roles.sure.filter(
            ({ role }) => typeof role !== "string" || permissionsOf(role)?.includes(permission) !== false,
          );
          if (able.length === 0) return;
          const held = permissionsIn(able, bucket, folder);
          if (held === undefined || held.has(permission) || mayBeMore(roles)) return;
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
