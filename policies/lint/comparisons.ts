import type { Comparison } from "../core/comparison";
import { Judge } from "../core/judge";
import { unsealed } from "../core/placeholder";
import type { Resource } from "../core/resource";
import { defaultSettings } from "../core/settings";
import { Stack } from "../core/stack";
import { environmentsOf } from "./environments";
import { allRules, type LintOptions } from "./lint";

/** What both halves of one Cluster say of the same things. */
export interface ClusterComparison {
  /** `<namespace>/<name>`, as far as both are said. */
  readonly cluster: string;
  readonly resource: Resource;
  readonly rows: readonly Comparison[];
}

/** Compares the two halves of every Cluster, in linear time. It is the rules that do: where one has a finding, its row disagrees. */
export function comparisons(
  resources: readonly Resource[],
  { settings = defaultSettings(), rules = allRules }: Pick<LintOptions, "settings" | "rules"> = {},
): ClusterComparison[] {
  const judge = new Judge(settings);
  const found = new Map<Resource, readonly Comparison[]>();
  for (const environment of environmentsOf(resources))
    for (const { cluster, rows } of judge.compare(rules, new Stack(environment)))
      found.set(cluster, found.has(cluster) ? inBoth(found.get(cluster), rows) : rows);
  return [...found]
    .map(([resource, rows]) => ({
      cluster: unsealed([resource.namespace, resource.name].filter((part) => part !== undefined).join("/")),
      resource,
      rows,
    }))
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

/** Of a Cluster in several environments, what is not the same in all of them is for nobody to tell. */
function inBoth(before: readonly Comparison[] = [], rows: readonly Comparison[]): Comparison[] {
  const keyOf = ({ what, cluster }: Comparison) => `${what}\0${cluster}`;
  const all = new Map([...before, ...rows].map((row) => [keyOf(row), row]));
  const isIn = (row: Comparison, list: readonly Comparison[]) =>
    list.some((one) => keyOf(one) === keyOf(row) && one.verdict === row.verdict);
  return [...all.values()].map((row) =>
    isIn(row, before) && isIn(row, rows) ? row : { ...row, verdict: "unknown" },
  );
}
