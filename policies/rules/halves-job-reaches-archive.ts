import { accountHolder, mayBeMore, workloadHolders } from "../core/access";
import { folderIn, gcsBucket, type Identity, usesOf } from "../core/archives";
import { ACCOUNT_ANNOTATION, CLUSTER } from "../core/cluster";
import { permissionsIn, rolesIn } from "../core/halves";
import { jobPods } from "../core/pods";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";

export default stackRule({
  id: "halves-job-reaches-archive",
  title: "No Job or CronJob can write to, or delete from, a cluster's archive.",
  severity: "medium",
  tags: ["identity", "security", "backup"],
  why: "A job that exports dumps to the bucket of the backups needs to create objects in a folder of its own. With the account of the backups, or with a role that is not limited to that folder, whoever gets into its pod deletes the backups too.",
  remedy:
    "Run it as a service account of its own, with roles/storage.objectCreator and a condition on resource.name for its own folder.",
  url: "https://cloud.google.com/storage/docs/access-control/iam#conditions",
  types: Object.keys(jobPods),
  needsCloud: true,
  judge({ stack, report, part }) {
    const archives = archivesOf(stack, part);
    if (archives.length === 0) return;
    for (const [type, path] of Object.entries(jobPods))
      for (const job of stack.ofType(type))
        part(() => {
          const at = job.view.at(...path, "serviceAccountName");
          const identity = identityOf(job, at.text() ?? "default", stack);
          if (identity === undefined) return;
          for (const { bucket, folder, called } of archives) {
            const roles = rolesIn(stack, identity, bucket);
            const held = permissionsIn(roles.sure, bucket, folder);
            const writes = held?.has("storage.objects.create") || held?.has("storage.objects.delete");
            if (writes !== true) {
              // Raises what is not known yet.
              mayBeMore(roles);
              continue;
            }
            const who = identity.account ?? `[${identity.namespace}/${identity.name}]`;
            report(
              job,
              at,
              `${who} may write to the archive of ${called}, below "${folder}" of "${bucket}".`,
            );
          }
        });
  },
});

interface Place {
  readonly called: string;
  readonly bucket: string;
  readonly folder: string;
}

function archivesOf(stack: Stack, part: (judge: () => void) => void): Place[] {
  const found: Place[] = [];
  for (const cluster of stack.ofType(CLUSTER))
    part(() => {
      for (const { purpose, store, serverName } of usesOf(cluster, stack)) {
        const { bucket, prefix = "" } = gcsBucket(store) ?? {};
        if (purpose === "archive" && bucket !== undefined)
          found.push({ called: cluster.called, bucket, folder: folderIn(prefix, serverName) });
      }
    });
  return found;
}

/** Who the job's pods are to Google: the cluster's own account, whose template says it, or another. */
function identityOf({ namespace }: Resource, name: string, stack: Stack): Identity | undefined {
  if (namespace === undefined) return undefined;
  const path = ["metadata", "annotations", ACCOUNT_ANNOTATION];
  const cluster = stack.find(CLUSTER, namespace, name);
  const own = stack.find("ServiceAccount", namespace, name);
  const at = cluster?.view.at("spec", "serviceAccountTemplate", ...path) ?? own?.view.at(...path);
  if (at === undefined) return undefined;
  const account = at.text()?.trim().toLowerCase() || undefined;
  const holders = account === undefined ? workloadHolders(namespace, name) : [accountHolder(account)];
  return { namespace, name, at, account, holders };
}
