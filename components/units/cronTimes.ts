import { bitValues, type CronFields, type CronSchedule, STAR_BIT } from "./cronFields";

const DAY = 86_400;

/** The Gregorian calendar repeats, weekdays included, after this many years and days. */
const CYCLE_YEARS = 400;
const CYCLE_DAYS = 146_097;
const CYCLE_START = 2000;

/** How far robfig/cron looks for the next firing before it gives up. */
const SEARCH_YEARS = 5;

/** Which days match, as 32-bit masks that are quick to test. */
interface DayRule {
  readonly month: number;
  readonly dayOfMonth: number;
  readonly dayOfWeek: number;
  readonly both: boolean;
}

function dayRule(fields: CronFields): DayRule {
  const mask = (bits: bigint) => Number(BigInt.asIntN(32, bits));
  return {
    month: mask(fields.month),
    dayOfMonth: mask(fields.dayOfMonth),
    dayOfWeek: mask(fields.dayOfWeek),
    both: ((fields.dayOfMonth | fields.dayOfWeek) & STAR_BIT) !== 0n,
  };
}

function dayMatches(rule: DayRule, dayOfMonth: number, dayOfWeek: number): boolean {
  const inMonth = ((rule.dayOfMonth >>> dayOfMonth) & 1) === 1;
  const inWeek = ((rule.dayOfWeek >>> dayOfWeek) & 1) === 1;
  return rule.both ? inMonth && inWeek : inMonth || inWeek;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Calls `visit` with the number of every matching day since 1970-01-01 until it returns true or the years are over. */
function eachDay(
  rule: DayRule,
  from: { readonly day: number; readonly year: number; readonly month: number; readonly dayOfMonth: number },
  lastYear: number,
  visit: (day: number) => boolean,
): void {
  let { day, year, month, dayOfMonth } = from;
  while (year <= lastYear) {
    const length = daysIn(year, month);
    if (((rule.month >>> month) & 1) === 0) {
      day += length - dayOfMonth + 1;
    } else {
      // 1970-01-01 was a Thursday, day 4.
      let dayOfWeek = (((day + 4) % 7) + 7) % 7;
      for (; dayOfMonth <= length; dayOfMonth++, day++, dayOfWeek = (dayOfWeek + 1) % 7) {
        if (dayMatches(rule, dayOfMonth, dayOfWeek) && visit(day)) return;
      }
    }
    dayOfMonth = 1;
    month = (month % 12) + 1;
    if (month === 1) year++;
  }
}

/** The first firing in a day, in seconds from its start, that is not before `earliest`. */
function firstInDay(fields: CronFields, earliest: number): number | undefined {
  const seconds = bitValues(fields.second);
  const minutes = bitValues(fields.minute);
  for (const hour of bitValues(fields.hour)) {
    if (hour * 3600 + 3599 < earliest) continue;
    for (const minute of minutes) {
      const start = hour * 3600 + minute * 60;
      if (start + 59 < earliest) continue;
      for (const second of seconds) {
        if (start + second >= earliest) return start + second;
      }
    }
  }
  return undefined;
}

function dateAt(seconds: number): Date | undefined {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * The first firing after a moment, in UTC, as `Next` of robfig/cron v1.2.0 gives it: always on a whole second, and
 * nothing when there is none up to the end of the fifth year after. "@every" counts from the moment given.
 */
export function nextFire(schedule: CronSchedule, after: Date): Date | undefined {
  const second = Math.floor(after.getTime() / 1000);
  if (Number.isNaN(second)) return undefined;
  if (schedule.kind === "delay") return dateAt(second + schedule.seconds);
  const earliest = dateAt(second + 1);
  if (!earliest || firstInDay(schedule, 0) === undefined) return undefined;
  const today = Math.floor((second + 1) / DAY);
  const year = earliest.getUTCFullYear();
  const from = { day: today, year, month: earliest.getUTCMonth() + 1, dayOfMonth: earliest.getUTCDate() };
  let found: number | undefined;
  eachDay(dayRule(schedule), from, year + SEARCH_YEARS, (day) => {
    const inDay = firstInDay(schedule, day === today ? second + 1 - day * DAY : 0);
    if (inDay !== undefined) found = day * DAY + inDay;
    return inDay !== undefined;
  });
  return found === undefined ? undefined : dateAt(found);
}

/** First and last firing of a period, in seconds from its start, and the gaps between those within it. */
interface Spread {
  readonly first: number;
  readonly last: number;
  readonly shortest: number;
  readonly longest: number;
}

const INSTANT: Spread = { first: 0, last: 0, shortest: Number.POSITIVE_INFINITY, longest: 0 };

/** The spread of the same inner firings repeated at `values`, each `unit` seconds long. */
function repeat(values: readonly number[], unit: number, inner: Spread): Spread {
  let { shortest, longest } = inner;
  for (const [index, value] of values.entries()) {
    const before = values[index - 1];
    if (before === undefined) continue;
    const gap = (value - before) * unit + inner.first - inner.last;
    shortest = Math.min(shortest, gap);
    longest = Math.max(longest, gap);
  }
  const first = (values[0] ?? 0) * unit + inner.first;
  const last = (values.at(-1) ?? 0) * unit + inner.last;
  return { first, last, shortest, longest };
}

interface Gaps {
  readonly shortest: number;
  readonly longest: number;
}

const NEVER: Gaps = { shortest: Number.POSITIVE_INFINITY, longest: Number.POSITIVE_INFINITY };

/** Gaps between matching days, in days, over the whole cycle of the calendar. */
function dayGaps(rule: DayRule): Gaps {
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  let first: number | undefined;
  let before: number | undefined;
  const note = (gap: number) => {
    if (gap < shortest) shortest = gap;
    if (gap > longest) longest = gap;
  };
  const day = Date.UTC(CYCLE_START, 0, 1) / 1000 / DAY;
  const from = { day, year: CYCLE_START, month: 1, dayOfMonth: 1 };
  eachDay(rule, from, CYCLE_START + CYCLE_YEARS - 1, (matching) => {
    if (before !== undefined) note(matching - before);
    first ??= matching;
    before = matching;
    return false;
  });
  if (first === undefined || before === undefined) return NEVER;
  note(first + CYCLE_DAYS - before);
  return { shortest, longest };
}

/** Walking 146,097 days takes a millisecond or two: once for each set of days is enough. */
const knownDayGaps = new Map<string, Gaps>();

function gaps(schedule: CronSchedule): Gaps {
  if (schedule.kind === "delay") return { shortest: schedule.seconds, longest: schedule.seconds };
  const seconds = bitValues(schedule.second);
  const minutes = bitValues(schedule.minute);
  const hours = bitValues(schedule.hour);
  if (seconds.length === 0 || minutes.length === 0 || hours.length === 0) return NEVER;
  const rule = dayRule(schedule);
  const key = JSON.stringify(rule);
  const days = knownDayGaps.get(key) ?? dayGaps(rule);
  knownDayGaps.set(key, days);
  const inDay = repeat(hours, 3600, repeat(minutes, 60, repeat(seconds, 1, INSTANT)));
  const overNight = inDay.first - inDay.last;
  return {
    shortest: Math.min(inDay.shortest, days.shortest * DAY + overNight),
    longest: Math.max(inDay.longest, days.longest * DAY + overNight),
  };
}

/**
 * The longest time between two firings that follow each other, in seconds, exact over the 400 years after which the
 * calendar repeats: a week for a weekly schedule, 31 days for a monthly one, 8 years for 29 February (1896 to 1904 and
 * their like). For "@every" the delay; Infinity for a schedule that never fires.
 */
export function longestInterval(schedule: CronSchedule): number {
  return gaps(schedule).longest;
}

/** The shortest time between two firings that follow each other, in seconds; else as {@link longestInterval}. */
export function shortestInterval(schedule: CronSchedule): number {
  return gaps(schedule).shortest;
}
