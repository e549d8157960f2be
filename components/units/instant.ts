import { bad, good, type Parsed } from "./parsed";

/** A moment, which is the same everywhere. */
export interface Instant {
  /** RFC 3339, with the offset that was written: `2026-11-21T03:00:00+01:00`. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly millis: number;
}

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(\.\d{1,6})?(?:(Z)| ?([+-])(\d{2})(?::?(\d{2}))?)$/;

/**
 * Reads a moment: RFC 3339, or as Postgres prints it (`2026-11-21 03:00:00.25+01`), to the microsecond.
 *
 * Rejected: a time without a time zone, which Postgres and a person would each read in their own; zones by name, whose
 * offset changes; and dates that no calendar has.
 */
export function parseInstant(text: string): Parsed<Instant> {
  const allowed =
    'a date and time with a time zone, such as "2026-11-21T03:00:00Z" or "2026-11-21T04:00:00+01:00"';
  const found = FORM.exec(text);
  if (found === null) {
    const zoneless = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text);
    return bad(zoneless ? `${allowed}; without a zone it means another moment on another computer` : allowed);
  }
  const [, year, month, day, hour, minute, second, fraction = "", z, sign, hours, minutes = "00"] = found;
  const date = `${year}-${month}-${day}`;
  const midnight = new Date(`${date}T00:00:00Z`);
  const inCalendar = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
  const inDay = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  const inZone = z !== undefined || (Number(hours) < 16 && Number(minutes) < 60);
  if (!inCalendar || !inDay || !inZone) return bad(`${allowed}; this one is in no calendar`);
  const written = `${date}T${hour}:${minute}:${second}${fraction}${z ?? `${sign}${hours}:${minutes}`}`;
  return good({ text: written, millis: Date.parse(written) });
}
