import { units } from "../components/index";
import { type ClusterComparison, comparisons, toResource } from "../policies/lint";
import { isMap } from "./properties";
import type { Declared } from "./providers";
import { isSecret, OUTPUT, SPECIAL, UNKNOWN } from "./wire";

/**
 * Compares the two halves of every Cluster, from the declared resources themselves, as the policy pack does: nothing here
 * knows how the components came by them, so a mistake in them shows.
 */
export function agreements(declared: Iterable<Declared>): ClusterComparison[] {
  const resources = [...declared].flatMap(
    ({ urn, type, inputs }) =>
      toResource({ urn, type, props: plain(inputs) as Readonly<Record<string, unknown>> }) ?? [],
  );
  return comparisons(resources).map((one) => ({ ...one, rows: one.rows.map(inWords) }));
}

type Row = ClusterComparison["rows"][number];

/** A schedule in words, for people. */
function inWords(row: Row): Row {
  const [, schedule = "", rest = ""] = /^(.*?)(, suspended)?$/.exec(row.cluster) ?? [];
  const parsed = units.parseSchedule(schedule);
  if (row.what !== "schedule" || !parsed.ok) return row;
  return { ...row, cluster: `${units.describeSchedule(parsed.value)}${rest}` };
}

/** Inputs without the engine's marks of secrets and outputs. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  if (isSecret(value)) return plain(value.value);
  if (value[SPECIAL] === OUTPUT) return "value" in value ? plain(value.value) : UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
