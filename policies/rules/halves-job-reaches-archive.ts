import { mayBeMore } from "../core/access";
import { folderIn, gcsBucket, usesOf } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import type { Verdict } from "../core/comparison";
import { dumpOf, identityOfPods } from "../core/dumps";
import { permissionsIn, rolesIn } from "../core/halves";
import { jobPods } from "../core/pods";
import { known, type Resource } from "../core/resource";
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
  compares: true,
  judge({ stack, report, part, compare }) {
    const archives = archivesOf(stack, part);
    if (archives.length === 0) return;
    for (const [type, path] of Object.entries(jobPods))
      for (const job of stack.ofType(type))
        part(() => {
          const at = job.view.at(...path, "serviceAccountName");
          const identity = identityOfPods(job, at.text() ?? "default", stack);
          if (identity === undefined) return;
          const dump = known(() => dumpOf(job, stack));
          const own = archives.find(({ cluster }) => cluster === dump?.cluster);
          // Nobody asks who reaches backups in another bucket than the dumps', unless somebody does.
          let verdict: Verdict | undefined = dump?.folder.startsWith(`gs://${own?.bucket}/`)
            ? "unknown"
            : undefined;
          let cloud = "no role there";
          part(() => {
            for (const archive of archives) {
              const { cluster, bucket, folder } = archive;
              const roles = rolesIn(stack, identity, bucket);
              const held = permissionsIn(roles.sure, bucket, folder);
              const writes = held?.has("storage.objects.create") || held?.has("storage.objects.delete");
              if (archive === own && held !== undefined && verdict) verdict = "agrees";
              if (writes !== true) {
                // Raises what is not known yet.
                mayBeMore(roles);
                continue;
              }
              if (archive === own) {
                verdict = "disagrees";
                cloud = roles.sure.map(({ role }) => String(role)).join(", ");
              }
              const who = identity.account ?? `[${identity.namespace}/${identity.name}]`;
              report(
                job,
                at,
                `${who} may write to the archive of ${cluster.called}, below "${folder}" of "${bucket}".`,
              );
            }
          });
          if (dump !== undefined && own !== undefined && verdict !== undefined)
            compare(own.cluster, {
              what: `${dump.kind} can't reach the backups`,
              cloud,
              cluster: own.path,
              verdict,
            });
        });
  },
});

interface Place {
  readonly cluster: Resource;
  readonly path: string;
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
          found.push({
            cluster,
            path: store.text("destinationPath") ?? "",
            bucket,
            folder: folderIn(prefix, serverName),
          });
      }
    });
  return found;
}
