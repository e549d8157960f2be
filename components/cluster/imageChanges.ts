import type { UpgradePlan } from "../plan/cluster";
import type { Problem } from "../problems";
import { image as imageReference } from "../units";
import { releaseOf } from "./upgrade";

/** What is looked at of a Cluster's spec, as it came back from the engine. */
interface Spec {
  readonly imageName?: unknown;
  readonly imageCatalogRef?: { readonly major?: unknown };
}

/** Whether an archive's server name changes, and whether there is one. */
interface ArchiveChange {
  readonly archives: boolean;
  readonly renamed: boolean;
}

/** Whether a change goes to a later major version of Postgres. */
export function isMajorUpgrade(before: unknown, after: unknown): boolean {
  const { from, to } = majorChange(before, after) ?? { from: 0, to: 0 };
  return to > from;
}

/** Major versions from and to which a change goes; undefined if it goes to none that is known to be another. */
function majorChange(before: unknown, after: unknown): { from: number; to: number } | undefined {
  const [from, to] = [majorOf(before as Spec | undefined), majorOf(after as Spec | undefined)];
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

/**
 * Changes of a live Cluster's image that the operator carries out at once, and that lose something: another major version, whose
 * WAL would go on in the archive of the one before; and another Debian release, whose libraries sort text in another order
 * than that in which its indexes are.
 */
export function imageChanges(
  before: unknown,
  after: unknown,
  plan: UpgradePlan | undefined,
  archive: ArchiveChange,
): Problem[] {
  return [...majorProblems(before, after, plan, archive), ...releaseProblems(before, after, plan)];
}

function majorProblems(
  before: unknown,
  after: unknown,
  plan: UpgradePlan | undefined,
  { archives, renamed }: ArchiveChange,
): Problem[] {
  const change = majorChange(before, after);
  if (change === undefined) return [];
  const { from, to } = change;
  const { imageName } = after as Spec;
  const at = imageName === undefined ? "spec.imageCatalogRef.major" : "spec.imageName";
  const value = imageName ?? to;
  if (to < from)
    return [
      {
        path: at,
        value,
        allowed: `Postgres ${from}, or a newer one: its files can't be read by an older one. To go back, restore what was archived before the upgrade (generation and recoverFrom)`,
      },
    ];
  if (plan?.fromMajor !== undefined && plan.fromMajor !== from)
    return [{ path: "upgrade.fromMajor", value: plan.fromMajor, allowed: `${from}, which it runs now` }];
  if (!archives || renamed) return [];
  return [
    {
      path: at,
      value,
      allowed: `Postgres ${from}, or upgrade: { fromMajor: ${from} } beside it: CNPG then upgrades at once, with the database down, and Postgres ${to} archives as another server name, with a base backup of its own. In the archive of ${from} it would leave WAL that no base backup there can be restored with`,
    },
  ];
}

function releaseProblems(before: unknown, after: unknown, plan: UpgradePlan | undefined): Problem[] {
  const [was, is] = [before, after].map((spec) => (spec as Spec | undefined)?.imageName);
  const [from, to] = [was, is].map((name) => (typeof name === "string" ? releaseOf(name) : undefined));
  if (from === undefined || to === undefined || from === to) return [];
  const sorted = plan?.sortedByImage ?? [];
  if (sorted.length === 0 || plan?.reindexFor === to) return [];
  return [
    {
      path: "spec.imageName",
      value: is,
      allowed:
        `an image of ${from}, or upgrade: { reindexFor: ${to} } beside it: ${to} may sort text in another order than ${from} (${sorted.join("; ")}), and ` +
        "then indexes on text find nothing and take duplicates until they are rebuilt (REINDEX, then ALTER DATABASE … REFRESH COLLATION VERSION)",
    },
  ];
}

function majorOf(spec: Spec | undefined): number | undefined {
  const { imageName, imageCatalogRef } = spec ?? {};
  if (imageCatalogRef !== undefined)
    return typeof imageCatalogRef.major === "number" ? imageCatalogRef.major : undefined;
  const parsed = typeof imageName === "string" ? imageReference(imageName) : undefined;
  return parsed?.ok === true ? parsed.value.major : undefined;
}
