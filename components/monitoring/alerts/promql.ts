import type { AlertLimits, WatchedCluster, WatchedEnvironment } from "../../plan/monitoring";

/** The labels that name a cluster, on series of its instances as on what is declared of it. */
export const names = "namespace, cnpg_cluster";

/** Matches series of one cluster, whatever else they have. */
export const on = `on (${names})`;

/** Whom an alert is about, in its texts. */
export const who = "{{ $labels.namespace }}/{{ $labels.cnpg_cluster }}";

const quoted = (text: string) => JSON.stringify(text);

/** Series of an environment's clusters that tell what the stack declares; `labels` narrows them. */
export function declared(
  environment: WatchedEnvironment,
  record = "cluster:cnpg_instances:declared",
  labels: Readonly<Record<string, string>> = {},
): string {
  const all = { cnpg_environment: environment.environment, ...labels };
  return `${record}{${Object.entries(all)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(",")}}`;
}

/** Clusters that follow another one. */
export const following = (environment: WatchedEnvironment): string =>
  declared(environment, "cluster:cnpg_follows:declared");

/** Clusters that have a primary of their own. */
export function leading(environment: WatchedEnvironment): string {
  const all = declared(environment);
  return environment.clusters.some(({ follows }) => follows)
    ? `(${all} unless ${on} ${following(environment)})`
    : all;
}

/** Clusters that have a primary of their own, and standbys by declaration. */
export function withStandbys(environment: WatchedEnvironment): string {
  return environment.clusters.every(hasStandbys) ? leading(environment) : `(${leading(environment)} > 1)`;
}

/** Whether a cluster has a primary of its own, and standbys by declaration. */
export const hasStandbys = ({ follows, instances }: WatchedCluster): boolean => !follows && instances > 1;

/** Clusters with backups; the value is the longest time between two base backups, in seconds. */
export const backedUp = (environment: WatchedEnvironment): string =>
  declared(environment, "cluster:cnpg_backup_interval_seconds:declared");

/** What is most common; the first one of those that are as common. */
export function mostCommon<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<[T, number] | undefined>(
    (best, next) => (best === undefined || next[1] > best[1] ? next : best),
    undefined,
  )?.[0];
}

/** The record that has a limit of the clusters which differ from most. */
export const recordOf = (limit: keyof AlertLimits): string =>
  `cluster:cnpg_${limit.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}:declared`;

/**
 * A limit as PromQL: a number where all clusters have the same, else a series for each cluster.
 *
 * @param factor what it is multiplied by
 */
function limitOf(environment: WatchedEnvironment, limit: keyof AlertLimits, factor: number) {
  const values = environment.clusters.map(({ limits }) => limits[limit]);
  const common = mostCommon(values) ?? 0;
  const number = (value: number) => String(Number((value * factor).toPrecision(12)));
  if (values.every((value) => value === common)) return { literal: true, text: number(common) };
  const own = declared(environment, recordOf(limit));
  const scaled = factor === 1 ? own : `${own} * ${factor}`;
  return { literal: false, text: `(${scaled} or ${on} ${declared(environment)} * 0 + ${number(common)})` };
}

/** A comparison with a limit that each cluster may have its own of. */
export interface Comparison {
  /** What is compared: series with `namespace` and `cnpg_cluster`. */
  readonly value: string;
  readonly operator: ">" | ">=" | "<";
  readonly limit: keyof AlertLimits;
  /** What the limit is multiplied by. Default: 1. */
  readonly factor?: number;
  /** Series of the clusters that it is about. Default: all of the environment. */
  readonly scope?: string;
  /** Whether `value` is about clusters of this environment alone, so that it needs no scope. Default: no. */
  readonly scoped?: boolean;
}

/** Series that are beyond a limit, of clusters of this environment alone. */
export function compare(environment: WatchedEnvironment, comparison: Comparison): string {
  const { value, operator, limit, factor = 1, scope = declared(environment), scoped = false } = comparison;
  const { literal, text } = limitOf(environment, limit, factor);
  if (literal) return `${value} ${operator} ${text}${scoped ? "" : ` and ${on} ${scope}`}`;
  const compared = `${value} ${operator} ${on} group_left () ${text}`;
  return scope === declared(environment) ? compared : `${compared} and ${on} ${scope}`;
}

/** A limit beside other arithmetic, as `time() - x > interval + margin` has: a number, or a series for each cluster. */
export function plusLimit(environment: WatchedEnvironment, series: string, limit: keyof AlertLimits): string {
  const { literal, text } = limitOf(environment, limit, 1);
  return literal ? `${series} + ${text}` : `${series} + ${on} group_left () ${text}`;
}

const DAY = 86_400;
const units = [
  ["d", DAY],
  ["h", 3600],
  ["m", 60],
] as const;

/** Seconds as Prometheus writes them, `26h`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [unit, size] = units.find(([, size]) => whole >= size && whole % size === 0) ?? ["s", 1];
  return `${whole / size}${unit}`;
}

/** Days in seconds. */
export const days = (count: number): number => count * DAY;
