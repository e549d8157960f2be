import type { Comparison } from "../core/comparison";
import { Judge } from "../core/judge";
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
      found.set(cluster, inBoth(found.get(cluster), rows));
  return [...found]
    .map(([resource, rows]) => ({
      cluster: [resource.namespace, resource.name].filter((part) => part !== undefined).join("/"),
      resource,
      rows,
    }))
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

/** Of a Cluster in several environments, what is not the same in all of them is for nobody to tell. */
function inBoth(
  before: readonly Comparison[] | undefined,
  rows: readonly Comparison[],
): readonly Comparison[] {
  if (before === undefined) return rows;
  const keyOf = ({ what, cluster }: Comparison) => `${what}\0${cluster}`;
  const now = new Map(rows.map((row) => [keyOf(row), row]));
  const old = new Set(before.map(keyOf));
  return [
    ...before.map((row) =>
      now.get(keyOf(row))?.verdict === row.verdict ? row : { ...row, verdict: "unknown" as const },
    ),
    ...rows.filter((row) => !old.has(keyOf(row))).map((row) => ({ ...row, verdict: "unknown" as const })),
  ];
}
