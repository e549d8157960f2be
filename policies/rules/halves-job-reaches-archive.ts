import { type Access, mayBeMore } from "../core/access";
import { folderIn, gcsBucket, usesOf } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import type { Verdict } from "../core/comparison";
import { prefixesIn, reachOf } from "../core/conditions";
import { dumpOf, identityOfPods } from "../core/dumps";
import { addTo } from "../core/grouped";
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
    for (const [type, path] of archives.size === 0 ? [] : Object.entries(jobPods))
      for (const job of stack.ofType(type))
        part(() => {
          const at = job.view.at(...path, "serviceAccountName");
          const identity = identityOfPods(job, at.text() ?? "default", stack);
          if (identity === undefined) return;
          const dump = known(() => dumpOf(job, stack));
          for (const [bucket, places] of archives) {
            const own = places.find(({ cluster }) => cluster === dump?.cluster);
            const roles = rolesIn(stack, identity, bucket);
            let verdict = "unknown" as Verdict;
            part(() => {
              const reached = placesNear(places, roles.sure, bucket).filter(({ folder }) => {
                const held = permissionsIn(roles.sure, bucket, folder);
                return held?.has("storage.objects.create") || held?.has("storage.objects.delete");
              });
              if (own !== undefined && reached.includes(own)) verdict = "disagrees";
              const who = identity.account ?? `[${identity.namespace}/${identity.name}]`;
              for (const { cluster, folder } of reached)
                report(
                  job,
                  at,
                  `${who} may write to the archive of ${cluster.called}, below "${folder}" of "${bucket}".`,
                );
              // Raises what is not known yet.
              if (reached.length === places.length || mayBeMore(roles) || verdict === "disagrees") return;
              if (own && permissionsIn(roles.sure, bucket, own.folder) !== undefined) verdict = "agrees";
            });
            // Of dumps in another bucket nobody asks it.
            if (dump === undefined || own === undefined) continue;
            if (verdict !== "disagrees" && !dump.folder.startsWith(`gs://${bucket}/`)) continue;
            const names = roles.sure.map(({ role }) => String(role)).join(", ");
            compare(own.cluster, {
              what: `${dump.kind} can't reach the backups`,
              cloud: verdict === "disagrees" ? names : "no role there",
              cluster: own.path,
              verdict,
            });
          }
        });
  },
});

interface Place {
  readonly cluster: Resource;
  readonly path: string;
  readonly folder: string;
}

/** Archives by their bucket, sorted by their folder. */
function archivesOf(stack: Stack, part: (judge: () => void) => void): Map<string, Place[]> {
  const found = new Map<string, Place[]>();
  for (const cluster of stack.ofType(CLUSTER))
    part(() => {
      for (const { purpose, store, serverName } of usesOf(cluster, stack)) {
        const { bucket, prefix = "" } = gcsBucket(store) ?? {};
        const path = store.text("destinationPath") ?? "";
        if (purpose === "archive" && bucket !== undefined)
          addTo(found, bucket, { cluster, path, folder: folderIn(prefix, serverName) });
      }
    });
  for (const places of found.values()) places.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  return found;
}

/** The archives that roles may reach: what begins with a prefix lies together, and a thousand jobs are not compared with all. */
function placesNear(places: readonly Place[], roles: readonly Access[], bucket: string): readonly Place[] {
  const prefixes = new Set<string>();
  for (const { condition } of roles) {
    // Whether it reaches a folder that no archive has: then any, or nobody can tell.
    const any = typeof condition === "string" ? reachOf(condition, bucket, "\0") : undefined;
    if (typeof condition !== "string" || any === undefined || any.objects) return places;
    for (const prefix of prefixesIn(condition)) prefixes.add(prefix);
  }
  const near = [...prefixes].flatMap((prefix) => {
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle]?.folder ?? "") < prefix) low = middle + 1;
      else high = middle;
    }
    while (places[high]?.folder.startsWith(prefix)) high += 1;
    return places.slice(low, high);
  });
  return [...new Set(near)];
}
