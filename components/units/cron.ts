import { type CronSchedule, cronFieldTexts, parseCron } from "./cronFields";
import { longestInterval, shortestInterval } from "./cronTimes";
import { describeSchedule } from "./cronWords";
import { bad, type Parsed } from "./parsed";

export { type CronDelay, type CronFields, type CronSchedule, parseCron, STAR_BIT } from "./cronFields";
export { longestInterval, nextFire, shortestInterval } from "./cronTimes";
export { describeSchedule } from "./cronWords";

/** From one 29 February to the next over a century that is no leap year: 2096 to 2104. */
const LONGEST_SENSIBLE_INTERVAL = (8 * 365 + 1) * 86_400;

/**
 * Reads a backup schedule as a stack file may have it: what {@link parseCron} accepts, but unmistakable.
 *
 * Rejected on top of what the operator rejects:
 * - five fields: the operator takes them with seconds first, so "0 3 * * *" fires every hour at hh:03:00 and not
 *   every day at 03:00;
 * - a schedule that never fires ("0 0 0 31 2 *"), or less than once in eight years: robfig/cron gives up looking
 *   after five years and then answers with the year 1.
 */
export function parseSchedule(text: string): Parsed<CronSchedule> {
  const parsed = parseCron(text);
  if (!text.startsWith("@") && cronFieldTexts(text).length === 5) {
    const reading = parsed.ok
      ? `five fields are read with seconds first and fire ${describeSchedule(parsed.value)}`
      : "five fields are read with seconds first";
    const meant = `0 ${text.trim()}`;
    const suggestion = parseCron(meant).ok ? `"${meant}"` : '"0 0 3 * * *"';
    return bad(`six fields, with seconds first, such as ${suggestion}; ${reading}`);
  }
  if (!parsed.ok) return parsed;
  const interval = longestInterval(parsed.value);
  if (interval === Number.POSITIVE_INFINITY) {
    return bad('a schedule that fires, such as "0 0 3 * * *"; no date satisfies this one');
  }
  if (parsed.value.kind === "fields" && interval > LONGEST_SENSIBLE_INTERVAL) {
    return bad('a schedule that fires at least every few years, such as "0 0 3 * * *"');
  }
  return parsed;
}

/** Two base backups within less time are a mistake about a field, such as a star where one value is meant. */
const SHORTEST_SENSIBLE_INTERVAL = 600;

/**
 * Reads a schedule of base backups, each of which copies all of the data.
 *
 * Rejected on top: two of them within ten minutes. "* 0 3 * * *" and "0 * 3 * * *" are sixty base backups a night.
 */
export function parseBackupSchedule(text: string): Parsed<CronSchedule> {
  const parsed = parseSchedule(text);
  if (!parsed.ok) return parsed;
  const seconds = shortestInterval(parsed.value);
  if (seconds >= SHORTEST_SENSIBLE_INTERVAL) return parsed;
  return bad(
    `a schedule with ten minutes or more between two base backups, such as "0 0 3 * * *"; this one makes one ${seconds} s after another, ` +
      `${describeSchedule(parsed.value)}`,
  );
}
