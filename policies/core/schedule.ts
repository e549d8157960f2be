/**
 * Schedules as CNPG reads them: github.com/robfig/cron v1.2.0, whose first field is seconds. With five fields it is the day
 * of the week that is missing. Times are UTC, which is what the operator's container has.
 */
export type ScheduleReading =
  | { readonly ok: true; readonly schedule: Schedule }
  | { readonly ok: false; readonly problem: string };

/** Two base backups within less time are a mistake about a field: it is a rule of its own that says so. */
export const burstSeconds = 600;

/** When something fires. */
export interface Schedule {
  /** How many fields there are; undefined for a descriptor such as `@daily`. */
  readonly fields: number | undefined;
  /** No day matches, such as 31 February. */
  readonly neverFires: boolean;
  /** Seconds between the two firings in a row that are closest to each other; infinite if it never fires. */
  readonly shortestInterval: number;
  /** Seconds between the two firings in a row that are farthest from each other; infinite if it never fires. */
  readonly longestInterval: number;
  /** The next firing after a moment; undefined if there is none in five years, where robfig/cron gives up. */
  next(after: Date): Date | undefined;
}

/** The values of one field, and whether it has a `*` or `?`. */
interface Field {
  readonly values: ReadonlySet<number>;
  readonly star: boolean;
}

interface Bounds {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly words?: readonly string[];
}

const bounds: readonly Bounds[] = [
  { name: "seconds", low: 0, high: 59 },
  { name: "minutes", low: 0, high: 59 },
  { name: "hours", low: 0, high: 23 },
  { name: "day of month", low: 1, high: 31 },
  {
    name: "month",
    low: 1,
    high: 12,
    words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of week", low: 0, high: 6, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const descriptors = new Map([
  ["@yearly", "0 0 0 1 1 *"],
  ["@annually", "0 0 0 1 1 *"],
  ["@monthly", "0 0 0 1 * *"],
  ["@weekly", "0 0 0 * * 0"],
  ["@daily", "0 0 0 * * *"],
  ["@midnight", "0 0 0 * * *"],
  ["@hourly", "0 0 * * * *"],
]);

/** What Go takes for white space; `\s` differs from it. */
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

const DAY = 86_400;

class Refused extends Error {}

/** A few schedules are used by many clusters, and measuring one takes a millisecond. */
const readings = new Map<string, ScheduleReading>();

/** Reads a schedule with the grammar of robfig/cron v1.2.0. */
export function parseSchedule(text: string): ScheduleReading {
  const before = readings.get(text);
  if (before !== undefined) return before;
  const reading = attempt(text);
  if (readings.size < 1000) readings.set(text, reading);
  return reading;
}

function attempt(text: string): ScheduleReading {
  try {
    return { ok: true, schedule: read(text) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, problem: error.message };
    throw error;
  }
}

function read(text: string): Schedule {
  if (text.startsWith("@")) {
    const same = descriptors.get(text);
    if (same !== undefined) return new FieldSchedule(fieldsOf(same.split(" ")), undefined);
    if (text.startsWith("@every ")) return constantDelay(secondsOf(text.slice("@every ".length)));
    throw new Refused(`"${text}" is no descriptor; there are ${[...descriptors.keys()].join(", ")}, @every`);
  }
  const fields = text.split(space).filter((field) => field !== "");
  if (fields.length < 5 || fields.length > 6)
    throw new Refused(`there are ${fields.length} fields and not six`);
  return new FieldSchedule(fieldsOf([...fields, "*"].slice(0, 6)), fields.length);
}

function fieldsOf(texts: readonly string[]): Field[] {
  return bounds.map((bound, i) => {
    const values = new Set<number>();
    let star = false;
    for (const part of (texts[i] ?? "*").split(",").filter((part) => part !== ""))
      star = addRange(part, bound, values) || star;
    return { values, star };
  });
}

/** Adds the values of `5`, `5-10`, `5/10`, `5-10/2`, `*`, `*` with a step; returns whether it is one of the last two. */
function addRange(text: string, bound: Bounds, values: Set<number>): boolean {
  const [range = "", stepText, ...tooMany] = text.split("/");
  const [lowText = "", highText, ...more] = range.split("-");
  const star = lowText === "*" || lowText === "?";
  // robfig/cron does not look at what follows `*-`.
  const low = star ? bound.low : numberOf(lowText, bound);
  let high = star ? bound.high : low;
  if (!star && highText !== undefined) high = numberOf(highText, bound);
  if ((!star && more.length > 0) || tooMany.length > 0) throw new Refused(`${bound.name}: "${text}"`);
  const step = stepText === undefined ? 1 : numberOf(stepText, { ...bound, words: [] });
  if (stepText !== undefined && highText === undefined) high = bound.high;
  if (low < bound.low || high > bound.high || low > high || step === 0)
    throw new Refused(`${bound.name}: "${text}" is not within ${bound.low} to ${bound.high}`);
  for (let value = low; value <= high; value += step) values.add(value);
  return star;
}

function numberOf(text: string, { name, low, words = [] }: Bounds): number {
  // Go's lower case of a dotted capital I is one letter.
  const word = words.indexOf(text.replaceAll("İ", "i").toLowerCase());
  if (word >= 0) return word + low;
  if (!/^\+?\d+$|^-0+$/.test(text) || BigInt(text.replace(/^[+-]/, "")) > 2n ** 63n - 1n)
    throw new Refused(`${name}: "${text}" is no number`);
  return Math.abs(Number(text));
}

interface Day {
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}

const dayOf = (midnight: Date): Day => ({
  month: midnight.getUTCMonth() + 1,
  date: midnight.getUTCDate(),
  weekday: midnight.getUTCDay(),
});

let cycle: readonly Day[] | undefined;

/** The days of 28 years, after which days of months and weeks repeat; made once, because that takes milliseconds. */
function calendar(): readonly Day[] {
  const from = Date.UTC(2026, 0, 1);
  const length = (Date.UTC(2054, 0, 1) - from) / 1000 / DAY;
  cycle ??= Array.from({ length }, (_, i) => dayOf(new Date(from + i * DAY * 1000)));
  return cycle;
}

class FieldSchedule implements Schedule {
  /** Seconds of a day at which it fires, in order. */
  private readonly times: readonly number[];
  private intervals: { readonly shortest: number; readonly longest: number } | undefined;

  constructor(
    private readonly parts: readonly Field[],
    readonly fields: number | undefined,
  ) {
    const [seconds = [], minutes = [], hours = []] = parts.map(({ values }) =>
      [...values].sort((a, b) => a - b),
    );
    this.times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => h * 3600 + m * 60 + s)));
  }

  get neverFires(): boolean {
    return this.shortestInterval === Number.POSITIVE_INFINITY;
  }

  get shortestInterval(): number {
    return this.measured().shortest;
  }

  get longestInterval(): number {
    return this.measured().longest;
  }

  next(after: Date): Date | undefined {
    const from = Math.floor(after.getTime() / 1000) + 1;
    const lastYear = new Date(from * 1000).getUTCFullYear() + 5;
    for (let day = Math.floor(from / DAY); this.times.length > 0; day++) {
      const midnight = new Date(day * DAY * 1000);
      if (midnight.getUTCFullYear() > lastYear) return undefined;
      if (!this.onDay(dayOf(midnight))) continue;
      const time = this.times.find((second) => day * DAY + second >= from);
      if (time !== undefined) return new Date((day * DAY + time) * 1000);
    }
    return undefined;
  }

  private onDay({ month, date, weekday }: Day): boolean {
    const [, , , dayOfMonth, months, dayOfWeek] = this.parts;
    if (!months?.values.has(month)) return false;
    const byMonth = dayOfMonth?.values.has(date) === true;
    const byWeek = dayOfWeek?.values.has(weekday) === true;
    return dayOfMonth?.star || dayOfWeek?.star ? byMonth && byWeek : byMonth || byWeek;
  }

  private measured(): { readonly shortest: number; readonly longest: number } {
    this.intervals ??= this.measure();
    return this.intervals;
  }

  private measure(): { readonly shortest: number; readonly longest: number } {
    const cycle = calendar();
    const days = cycle.flatMap((day, i) => (this.onDay(day) ? i : []));
    const [firstTime, firstDay] = [this.times[0], days[0]];
    let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
    const see = (interval: number) => {
      shortest = Math.min(shortest, interval);
      longest = Math.max(longest, interval);
    };
    if (firstTime === undefined || firstDay === undefined)
      return { shortest, longest: Number.POSITIVE_INFINITY };
    for (const [i, time] of this.times.entries()) if (i > 0) see(time - (this.times[i - 1] ?? 0));
    const overnight = firstTime - (this.times.at(-1) ?? 0);
    for (const [i, day] of days.entries()) if (i > 0) see((day - (days[i - 1] ?? 0)) * DAY + overnight);
    see((firstDay + cycle.length - (days.at(-1) ?? 0)) * DAY + overnight);
    return { shortest, longest };
  }
}

function constantDelay(seconds: number): Schedule {
  return {
    fields: undefined,
    neverFires: false,
    shortestInterval: seconds,
    longestInterval: seconds,
    next: (after) => new Date((Math.floor(after.getTime() / 1000) + seconds) * 1000),
  };
}

const units = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** Whole seconds of a duration of Go, such as `1h30m`; one at least, as robfig/cron has it. */
function secondsOf(text: string): number {
  const [, sign, rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  const refuse = () => new Refused(`"${text}" is no duration such as 1h30m`);
  let nanoseconds = 0n;
  if (rest !== "0") {
    const parts = [...rest.matchAll(/(\d*)(?:\.(\d*))?([^\d.]+)/gy)];
    if (rest === "" || parts.map(([part]) => part).join("") !== rest) throw refuse();
    for (const [, whole = "", fraction = "", unit = ""] of parts) {
      const size = units.get(unit);
      if (size === undefined || whole + fraction === "") throw refuse();
      const part = BigInt(whole || "0") * size + fractionOf(fraction, size);
      if (part > 2n ** 63n) throw refuse();
      nanoseconds = BigInt.asUintN(64, nanoseconds + part);
      if (nanoseconds > 2n ** 63n) throw refuse();
    }
  }
  if (sign !== "-" && nanoseconds === 2n ** 63n) throw refuse();
  return sign === "-" || nanoseconds < 1_000_000_000n ? 1 : Number(nanoseconds / 1_000_000_000n);
}

/** A fraction of a unit as Go has it: the digits that fit, as a floating point number. */
function fractionOf(digits: string, size: bigint): bigint {
  let kept = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (kept * 10n + BigInt(digit) > 2n ** 63n || kept > (2n ** 63n - 1n) / 10n) break;
    kept = kept * 10n + BigInt(digit);
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(kept) * (Number(size) / scale)));
}
