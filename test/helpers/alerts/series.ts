/** Labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** What a series is at a time, in seconds since the beginning; null where there is none. */
export type Value = number | null | ((time: number) => number | null);

/** A series as it is scraped. */
export interface Series {
  readonly metric: string;
  readonly labels: Labels;
  readonly value: Value;
}

/** A change of series for a time: what a fault does. */
export interface Edit {
  /** Name of the metric, or how it begins where it ends with `*`. */
  readonly metric: string;
  /** Labels that the series have. */
  readonly of: Labels;
  readonly value: Value;
}

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

export const at = (value: Value, time: number): number | null =>
  typeof value === "function" ? value(time) : value;

const isOf = ({ metric, of }: Edit, series: Series) =>
  (metric.endsWith("*") ? series.metric.startsWith(metric.slice(0, -1)) : series.metric === metric) &&
  Object.entries(of).every(([label, value]) => series.labels[label] === value);

/**
 * Series with a fault, from a time until another.
 *
 * @throws Error where an edit changes nothing: a fault that is none would prove nothing
 */
export function edited(
  all: readonly Series[],
  edits: readonly Edit[],
  from: number,
  until: number,
): readonly Series[] {
  for (const edit of edits)
    if (!all.some((series) => isOf(edit, series)))
      throw new Error(`there is no ${edit.metric} ${JSON.stringify(edit.of)}`);
  return all.map((series) => {
    const edit = edits.findLast((one) => isOf(one, series));
    if (edit === undefined) return series;
    const value = (time: number) => at(time >= from && time < until ? edit.value : series.value, time);
    return { ...series, value };
  });
}

/** A series in promtool's notation: one that ends is marked as gone, as Prometheus does. */
export function written({ metric, labels, value }: Series, step: number, until: number) {
  const said: { text: string; times: number }[] = [];
  let was: number | null = null;
  for (let time = 0; time <= until; time += step) {
    const now = at(value, time);
    const text = now === null ? (was === null ? "_" : "stale") : String(now);
    const last = said.at(-1);
    if (last?.text === text) last.times++;
    else said.push({ text, times: 1 });
    was = now;
  }
  const values = said.map(({ text, times }) => {
    if (times === 1) return text;
    return text === "_" ? `_x${times}` : `${text}+0x${times - 1}`;
  });
  const inside = Object.entries(labels).map(([name, text]) => `${name}=${JSON.stringify(text)}`);
  return { series: `${metric}{${inside.join(",")}}`, values: values.join(" ") };
}
