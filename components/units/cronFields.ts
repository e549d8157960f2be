import { parseGoDuration } from "./goDuration";
import { bad, good, type Parsed } from "./parsed";

/** The bit that robfig/cron sets in a field written with a "*" or "?", with or without a step. */
export const STAR_BIT = 1n << 63n;

/** A schedule of cron fields: one set of bits a field, bit n for value n, {@link STAR_BIT} for a star. */
export interface CronFields {
  readonly kind: "fields";
  /** As it was written. */
  readonly text: string;
  readonly second: bigint;
  readonly minute: bigint;
  readonly hour: bigint;
  readonly dayOfMonth: bigint;
  readonly month: bigint;
  /** Sunday is 0. */
  readonly dayOfWeek: bigint;
}

/** A schedule of the form "@every 24h": one firing a delay, counted from the one before. */
export interface CronDelay {
  readonly kind: "delay";
  /** As it was written. */
  readonly text: string;
  /** Whole seconds, at least 1. */
  readonly seconds: number;
}

/** A schedule as robfig/cron v1.2.0, and with it the CloudNativePG operator, understands it. */
export type CronSchedule = CronFields | CronDelay;

interface Bounds {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: Readonly<Record<string, number>>;
}

function numbered(names: string, from: number): Readonly<Record<string, number>> {
  return Object.fromEntries(names.split(" ").map((name, index) => [name, from + index]));
}

const SECOND: Bounds = { name: "second", min: 0, max: 59 };
const MINUTE: Bounds = { name: "minute", min: 0, max: 59 };
const HOUR: Bounds = { name: "hour", min: 0, max: 23 };
const DAY_OF_MONTH: Bounds = { name: "day of month", min: 1, max: 31 };
const MONTH: Bounds = {
  name: "month",
  min: 1,
  max: 12,
  names: numbered("jan feb mar apr may jun jul aug sep oct nov dec", 1),
};
const DAY_OF_WEEK: Bounds = {
  name: "day of week",
  min: 0,
  max: 6,
  names: numbered("sun mon tue wed thu fri sat", 0),
};

const SIX_FIELDS =
  'six fields, "second minute hour day-of-month month day-of-week", such as "0 0 3 * * *", or "@daily"';

/** What Go's unicode.IsSpace takes for white space, which differs from \s in U+0085 and U+FEFF. */
const WHITE_SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Splits at white space as Go's strings.Fields does. */
export function cronFieldTexts(text: string): string[] {
  return text.split(WHITE_SPACE).filter((field) => field !== "");
}

/** The values in a field's set of bits, smallest first. */
export function bitValues(bits: bigint): number[] {
  const values: number[] = [];
  for (let value = 0, rest = bits & ~STAR_BIT; rest !== 0n; value++, rest >>= 1n) {
    if (rest & 1n) values.push(value);
  }
  return values;
}

/** Go's strconv.Atoi for 64 bits, without the negative numbers, which every use here rejects. */
function parseNumber(text: string): number | undefined {
  if (!/^\+?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  // Beyond a field's largest value all steps are alike, so a rounded number is good enough.
  return value < 1n << 63n ? Number(value) : undefined;
}

function parseValue(text: string, bounds: Bounds): number | undefined {
  // Go lowers U+0130 to a plain i, JavaScript to an i and a combining dot.
  const name = text.replaceAll("\u0130", "i").toLowerCase();
  if (bounds.names && Object.hasOwn(bounds.names, name)) return bounds.names[name];
  return parseNumber(text);
}

/** The bits of one element of a comma list, such as "*", "5", "1-5" or "0-30/10"; or what is wrong with it. */
function parseRange(text: string, bounds: Bounds): bigint | string {
  const [range = "", stepText, ...moreSteps] = text.split("/");
  const [low = "", high, ...moreHyphens] = range.split("-");
  const name = bounds.names && Object.keys(bounds.names)[1];
  const notANumber = `a ${bounds.name} is a whole number${name ? ` or a name such as ${name}` : ""}`;
  let { min: start, max: end }: { min: number; max: number } = bounds;
  let star = 0n;
  if (low === "*" || low === "?") {
    // Whatever follows a hyphen is not looked at: "*-5" is "*".
    star = STAR_BIT;
  } else {
    const first = parseValue(low, bounds);
    const last = high === undefined ? first : parseValue(high, bounds);
    if (first === undefined || last === undefined) return notANumber;
    if (moreHyphens.length > 0) return `a ${bounds.name} range has one hyphen`;
    start = first;
    // "5/10" goes on to the end: "5-59/10".
    end = high === undefined && stepText !== undefined ? bounds.max : last;
  }
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (moreSteps.length > 0) return `a ${bounds.name} range has one slash`;
  if (step === undefined || step === 0) return `the step of a ${bounds.name} is a whole number from 1`;
  if (start < bounds.min || end > bounds.max) {
    const sunday = bounds === DAY_OF_WEEK && end === 7 ? "; Sunday is 0" : "";
    return `a ${bounds.name} is from ${bounds.min} to ${bounds.max}${sunday}`;
  }
  if (start > end) return `a ${bounds.name} range goes upwards`;
  let bits = star;
  for (let value = start; value <= end; value += step) bits |= 1n << BigInt(value);
  return bits;
}

function parseField(text: string, bounds: Bounds): bigint | string {
  let bits = 0n;
  for (const range of text.split(",")) {
    // robfig/cron drops empty elements, so that "," is a set with nothing in it.
    if (range === "") continue;
    const parsed = parseRange(range, bounds);
    if (typeof parsed === "string") return parsed;
    bits |= parsed;
  }
  return bits;
}

const DESCRIPTORS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 *",
  "@annually": "0 0 0 1 1 *",
  "@monthly": "0 0 0 1 * *",
  "@weekly": "0 0 0 * * 0",
  "@daily": "0 0 0 * * *",
  "@midnight": "0 0 0 * * *",
  "@hourly": "0 0 * * * *",
};

const EVERY = "@every ";
const NANOS_PER_SECOND = 1_000_000_000n;

function parseDescriptor(text: string): Parsed<CronSchedule> {
  const fields = Object.hasOwn(DESCRIPTORS, text) ? DESCRIPTORS[text] : undefined;
  if (fields !== undefined) return parseFields(fields, text);
  if (!text.startsWith(EVERY)) {
    return bad('@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly or "@every 24h"');
  }
  const nanos = parseGoDuration(text.slice(EVERY.length));
  if (nanos === undefined) return bad('"@every " and a duration, such as "@every 24h" or "@every 1h30m"');
  return good({
    kind: "delay",
    text,
    seconds: nanos < NANOS_PER_SECOND ? 1 : Number(nanos / NANOS_PER_SECOND),
  });
}

function parseFields(fieldsText: string, text: string): Parsed<CronSchedule> {
  const texts = cronFieldTexts(fieldsText);
  if (texts.length !== 5 && texts.length !== 6) {
    return bad(
      /^\s*(CRON_)?TZ=/.test(text) ? `${SIX_FIELDS}, without a time zone: they count in UTC` : SIX_FIELDS,
    );
  }
  // With five fields it is the day of the week that is missing, not the second.
  const [second = "", minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "*"] = texts;
  const bits: bigint[] = [];
  for (const [field, bounds] of [
    [second, SECOND],
    [minute, MINUTE],
    [hour, HOUR],
    [dayOfMonth, DAY_OF_MONTH],
    [month, MONTH],
    [dayOfWeek, DAY_OF_WEEK],
  ] as const) {
    const parsed = parseField(field, bounds);
    if (typeof parsed === "string") return bad(`${SIX_FIELDS}; ${parsed}`);
    bits.push(parsed);
  }
  const [s = 0n, m = 0n, h = 0n, dom = 0n, mon = 0n, dow = 0n] = bits;
  return good({
    kind: "fields",
    text,
    second: s,
    minute: m,
    hour: h,
    dayOfMonth: dom,
    month: mon,
    dayOfWeek: dow,
  });
}

/**
 * Reads a schedule exactly as `cron.Parse` of github.com/robfig/cron v1.2.0 does, which is what the CloudNativePG
 * operator calls for `ScheduledBackup.spec.schedule`: six fields with seconds first, or five with the day of the week
 * left out at the end (not the second left out at the front), or a descriptor (@yearly, @annually, @monthly, @weekly,
 * @daily, @midnight, @hourly, "@every <Go duration>").
 *
 * Accepts and rejects the same texts as that function, the odd ones too: "?" is "*", "*-5" is "*", "5/10" is
 * "5-59/10", "," is a field that never matches, names are in any case, day 7 of the week is rejected.
 * For what a person should be allowed to write, use parseSchedule.
 */
export function parseCron(text: string): Parsed<CronSchedule> {
  return text.startsWith("@") ? parseDescriptor(text) : parseFields(text, text);
}
