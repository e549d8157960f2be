import type { ClusterArgs } from "../args/cluster";
import type { Check } from "../check";
import { clientImage } from "../jobs/psql";
import type { DumpsPlan } from "../plan/dumps";
import type { ReplicaPlan } from "../plan/migration";
import type { JobBasis } from "./decide";
import { decideExports } from "./exports";
import { decideImport } from "./importDump";

/** Decides what dumps are made of a cluster, and what dump it is made of. */
export function decideDumps(
  check: Check,
  basis: Omit<JobBasis, "clientImage">,
  args: ClusterArgs,
  follows: Pick<ReplicaPlan, "follows" | "readOnly"> = { follows: false, readOnly: false },
): DumpsPlan {
  const known = { ...basis, clientImage: clientImage(args.image, basis.major) };
  const ways = ["recoverFrom", "importFrom", "baseBackupFrom", "replica"] as const;
  const brought = ways.find((way) => args[way] !== undefined);
  check.require(
    !follows.readOnly || Object.keys(args.exports ?? {}).length === 0,
    "exports",
    Object.keys(args.exports ?? {}),
    "remove it while it follows another cluster: its passwords are the source's, and none of them is here to dump with. Dump the source",
  );
  const exports = heldBack(decideExports(check, known, args.exports), follows.follows);
  const imported = decideImport(check, known, args.importDump, brought);
  if (imported === undefined) return exports;
  const importJobs = imported.objects.filter(({ once }) => once === true).map(({ key }) => key);
  return {
    tenants: [...exports.tenants, ...imported.tenants],
    exports: exports.exports,
    secrets: [...exports.secrets, ...imported.secrets],
    // What is dumped of a new cluster is what was imported.
    objects: [
      ...imported.objects,
      ...exports.objects.map((object) => ({ ...object, after: [...object.after, ...importJobs] })),
    ],
  };
}

/** While another cluster of its topology is the primary, nothing is dumped here: schedules stay, and wait. */
function heldBack(plan: DumpsPlan, follows: boolean): DumpsPlan {
  if (!follows) return plan;
  const waiting = plan.objects.flatMap((object) => {
    if (object.kind === "Job") return [];
    if (object.kind !== "CronJob") return object;
    const { spec } = object.body as { readonly spec: object };
    return { ...object, body: { ...object.body, spec: { ...spec, suspend: true } } };
  });
  return { ...plan, objects: waiting };
}
