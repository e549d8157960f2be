import { bad, good, type Parsed } from "./parsed";

const DAYS = { d: 1, w: 7, m: 31 } as const;
const MAX_DAYS = 36_500;

const HOUR = 3600;
const MINUTE = 60;

/** A length of time in whole days. */
export interface Days {
  /** As it was written, for instance "30d": what goes into a manifest. */
  readonly text: string;
  /** The retention in days, at least 1. */
  readonly days: number;
}

function parseDaysIn(text: string, pattern: RegExp, allowed: string): Parsed<Days> {
  const match = pattern.exec(text);
  if (!match) return bad(allowed);
  const [, amount = "", unit = "d"] = match;
  const days = Number(amount) * DAYS[unit as keyof typeof DAYS];
  return days <= MAX_DAYS ? good({ text, days }) : bad(`${allowed}, at most ${MAX_DAYS}d (a hundred years)`);
}

/**
 * Reads how long backups are kept: a whole number from 1 and d (days), w (weeks) or m (months of 31 days, as Barman
 * counts them). The pattern is that of the ObjectStore CRD's `spec.retentionPolicy`, `^[1-9][0-9]*[dwm]$`.
 *
 * Rejected: anything else, and more than 36500 days.
 */
export function parseRetention(text: string): Parsed<Days> {
  return parseDaysIn(
    text,
    /^([1-9][0-9]*)([dwm])$/,
    'a whole number of days, weeks or months (of 31 days), such as "30d", "4w" or "1m"',
  );
}

/**
 * Reads an age in days, such as that of a bucket's lifecycle rule: a whole number from 1 and d (days) or w (weeks).
 *
 * Rejected: anything else, months too (a lifecycle rule counts days), and more than 36500 days.
 */
export function parseDays(text: string): Parsed<Days> {
  return parseDaysIn(text, /^([1-9][0-9]*)([dw])$/, 'a whole number of days or weeks, such as "45d" or "6w"');
}

/** Writes whole seconds with h, m and s, leaving out what is zero: "24h", "1m30s", "0s". Go reads it the same way. */
export function formatWait(seconds: number): string {
  const hours = Math.floor(seconds / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  const rest = seconds % MINUTE;
  const text = `${hours ? `${hours}h` : ""}${minutes ? `${minutes}m` : ""}${rest ? `${rest}s` : ""}`;
  return text || "0s";
}

/**
 * Reads a waiting time or a time limit and returns seconds: the part of Go's duration syntax that needs no thought,
 * whole hours, minutes and seconds, the larger first, each at most once ("90s", "2m", "1m30s", "0s").
 *
 * @param maxSeconds the longest time allowed; one hour if left out.
 *
 * Rejected: fractions, signs, other units, a number without a unit, and anything longer than the maximum.
 */
export function parseWait(text: string, maxSeconds: number = HOUR): Parsed<number> {
  const allowed = `a time such as "90s", "2m" or "1m30s", at most ${formatWait(maxSeconds)}`;
  const match = /^(?=.)(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?$/.exec(text);
  if (!match) return bad(allowed);
  const [, hours = "0", minutes = "0", rest = "0"] = match;
  const seconds = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(rest);
  return seconds <= maxSeconds ? good(seconds) : bad(allowed);
}
