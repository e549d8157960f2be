import type { Check } from "../check";
import type { ClusterArgs } from "../cluster/args";
import { clientImage } from "../jobs/psql";
import type { DumpsPlan, JobBasis } from "./decide";
import { decideExports } from "./exports";
import { decideImport } from "./importDump";

/** Decides what dumps are made of a cluster, and what dump it is made of. */
export function decideDumps(
  check: Check,
  basis: Omit<JobBasis, "clientImage">,
  args: ClusterArgs,
): DumpsPlan {
  const known = { ...basis, clientImage: clientImage(args.image, basis.major) };
  const ways = ["recoverFrom", "importFrom", "baseBackupFrom", "replica"] as const;
  const brought = ways.find((way) => args[way] !== undefined);
  const exports = decideExports(check, known, args.exports);
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
