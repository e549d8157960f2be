import { mayBeMore } from "../core/access";
import { gcsBucket } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { forEachIdentity, hasBucket, rolesIn, rowOf } from "../core/halves";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "halves-bucket-role",
  title: "Who a Cluster acts as has a role on the bucket of its backups.",
  severity: "critical",
  tags: ["agreement", "identity", "backup"],
  why: "Workload Identity says who the pods are, not what they may do. Without a role on the bucket every archived WAL segment is refused with 403, the database runs on, and WAL fills the volume.",
  remedy:
    "Declare roles/storage.objectUser and roles/storage.bucketViewer on the bucket for the account in the annotation iam.gke.io/gcp-service-account.",
  url: "https://cloud.google.com/storage/docs/access-control/iam-roles",
  types: [CLUSTER],
  needsCloud: true,
  compares: true,
  judge({ stack, report, part, compare }) {
    forEachIdentity(stack, part, (cluster, identity, uses) => {
      for (const use of uses)
        part(() => {
          const { purpose, holder, store } = use;
          const bucket = gcsBucket(store)?.bucket;
          if (bucket === undefined) return;
          // A bucket that the stack has nothing to do with is the business of halves-destination-bucket.
          const here = hasBucket(stack, bucket);
          const roles = rolesIn(stack, identity, bucket);
          const row = rowOf(use, bucket, roles.sure, "roles", here);
          compare(cluster, row);
          if (!here || roles.sure.length > 0) return;
          if (mayBeMore(roles)) return compare(cluster, { ...row, verdict: "unknown" });
          const who =
            identity.account ?? `[${identity.namespace}/${identity.name}], without an account of its own,`;
          report(
            holder,
            store.at("destinationPath"),
            `${who} has no role on the bucket "${bucket}". Add ${purpose === "source" ? "roles/storage.objectViewer" : "roles/storage.objectUser and roles/storage.bucketViewer"}.`,
          );
        });
    });
  },
});
