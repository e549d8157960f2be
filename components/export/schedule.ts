import { bad, type CronSchedule, good, type Parsed, parseSchedule, STAR_BIT } from "../units";
import { bitValues } from "../units/cronFields";

/**
 * Reads a schedule as stack files have it and writes it as a Kubernetes CronJob wants it: five fields, without seconds.
 *
 * The fields are written anew from what they mean, since both read the same text in different ways: a CronJob (robfig/cron
 * v3) takes a star with a step for a list, where the operator's reader (v1.2) takes it for a star. That counts where day of
 * month and day of week meet.
 *
 * Rejected, on top of what is no schedule: seconds other than 0, delays (`@every`), and the one meeting of days that five
 * fields can't say.
 */
export function cronJobSchedule(text: string): Parsed<string> {
  const parsed = parseSchedule(text);
  return parsed.ok ? translated(parsed.value) : parsed;
}

function translated(schedule: CronSchedule): Parsed<string> {
  if (schedule.kind === "delay")
    return bad('six fields or @daily and the like: a CronJob has no delays, such as "0 0 2 * * *"');
  if (bitValues(schedule.second).join() !== "0")
    return bad('0 as the first field: a CronJob knows no seconds, such as "0 0 2 * * *"');
  const { dayOfMonth, dayOfWeek } = schedule;
  const day = written(dayOfMonth, 1, 31);
  const weekday = written(dayOfWeek, 0, 6);
  const starred = ((dayOfMonth | dayOfWeek) & STAR_BIT) !== 0n;
  // A star means that both have to match. Written as a list it would mean that one is enough.
  if (starred && day !== "*" && weekday !== "*")
    return bad(
      'a day of the month or a day of the week, with "*" for the other: a CronJob can\'t say that both have to match',
    );
  const fields = [
    written(schedule.minute, 0, 59),
    written(schedule.hour, 0, 23),
    day,
    written(schedule.month, 1, 12),
    weekday,
  ];
  return good(fields.join(" "));
}

/** A field: a star for all of it, else its values, with a hyphen for three or more in a row. */
function written(bits: bigint, min: number, max: number): string {
  const values = bitValues(bits);
  if ((bits & STAR_BIT) !== 0n && values.length === max - min + 1) return "*";
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last !== undefined && value === last[1] + 1) last[1] = value;
    else runs.push([value, value]);
  }
  return runs
    .map(([from, to]) => (to - from > 1 ? `${from}-${to}` : from === to ? `${from}` : `${from},${to}`))
    .join(",");
}
