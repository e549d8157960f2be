import type { Comparison, Verdict } from "../../core/comparison";
import type { ClusterComparison } from "../comparisons";
import { harmless } from "./report";

/** Above so many clusters, only those are shown of which there is something to say. */
export const mostShown = 20;

/** Whether nothing disagrees. */
export const agree = (list: readonly ClusterComparison[]): boolean =>
  list.every(({ rows }) => rows.every(({ verdict }) => verdict !== "disagrees"));

/**
 * The comparison as a table for each cluster, with what its marks mean, and what a person has to know beside it: `✓` compared and
 * equal, `✗` compared and not equal, `–` one half is elsewhere, and nobody has compared it.
 */
export function formatComparisons(list: readonly ClusterComparison[]): string {
  const shown = list.length > mostShown ? list.filter(({ rows }) => rows.some(isNotable)) : list;
  const some = shown.slice(0, mostShown);
  const rows = list.flatMap((each) => each.rows);
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  const left = list.length - some.length;
  const legend = count("unknown") > 0 ? "  –: one half is elsewhere, and was not compared" : undefined;
  const summary =
    left > 0
      ? `  ${list.length} clusters: ${count("agrees")} ✓, ${count("disagrees")} ✗, ${count("unknown")} – (not compared); ${left} of them are not shown`
      : legend;
  return [
    `The two halves${agree(list) ? " agree" : " DISAGREE where marked ✗"}:`,
    ...some.map(table),
    ...(summary === undefined ? [] : [summary]),
    ...(warnings(list).length > 0 ? [warnings(list).join("\n")] : []),
  ]
    .map(harmless)
    .join("\n\n");
}

function warnings(list: readonly ClusterComparison[]): string[] {
  const all = list.flatMap(({ cluster, rows }) =>
    rows.flatMap(({ note }) => (note === undefined ? [] : [`warning: ${cluster} ${note}`])),
  );
  const more = all.length - mostShown;
  return more > 0 ? [...all.slice(0, mostShown), `warning: and ${more} more`] : all;
}

/** Of many clusters, what disagrees; of a few, everything is shown anyhow. */
const isNotable = ({ verdict }: Comparison): boolean => verdict === "disagrees";

const marks: Readonly<Record<Verdict, string>> = { agrees: "✓", disagrees: "✗", unknown: "–" };

function table({ cluster, resource, rows }: ClusterComparison): string {
  const { file, line: first } = resource.origin;
  const head = { what: cluster, cloud: "cloud half", cluster: "cluster half" };
  const width = (column: "what" | "cloud") => Math.max(...[head, ...rows].map((row) => row[column].length));
  const [what, cloud] = [width("what"), width("cloud")];
  const line = (row: typeof head, mark: string) =>
    `  ${mark} ${row.what.padEnd(what)}  ${row.cloud.padEnd(cloud)}  ${row.cluster}`.trimEnd();
  const where = file === undefined ? [] : [`${file}:${first}`];
  return [...where, line(head, " "), ...rows.map((row) => line(row, marks[row.verdict]))].join("\n");
}
