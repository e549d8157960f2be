import { bitValues, type CronFields, type CronSchedule, STAR_BIT } from "./cronFields";
import { longestInterval } from "./cronTimes";
import { formatWait } from "./retention";

const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** More clock times than this are told by their fields instead of one by one. */
const MAX_CLOCK_TIMES = 4;

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** "a", "a and b", "a, b and c". */
function list(words: readonly string[], last = "and"): string {
  const tail = words.at(-1) ?? "";
  return words.length < 2 ? tail : `${words.slice(0, -1).join(", ")} ${last} ${tail}`;
}

/** "0, 15 and 30-40": runs of three and more are drawn together. */
function numbers(values: readonly number[]): string {
  const runs: string[] = [];
  for (let from = 0; from < values.length; ) {
    let to = from;
    while (values[to + 1] === (values[to] ?? 0) + 1) to++;
    if (to - from >= 2) runs.push(`${values[from]}-${values[to]}`);
    else for (let index = from; index <= to; index++) runs.push(`${values[index]}`);
    from = to + 1;
  }
  return list(runs);
}

/** The days that a schedule fires on; a part that doesn't narrow them down is left out. */
interface DaySet {
  readonly daysOfMonth: readonly number[] | undefined;
  readonly daysOfWeek: readonly number[] | undefined;
  readonly months: readonly number[] | undefined;
  /** Whether a day must be in both of the first two; if not, one is enough. */
  readonly both: boolean;
}

function daySet(fields: CronFields): DaySet {
  const daysOfMonth = bitValues(fields.dayOfMonth);
  const daysOfWeek = bitValues(fields.dayOfWeek);
  const months = bitValues(fields.month);
  const both = ((fields.dayOfMonth | fields.dayOfWeek) & STAR_BIT) !== 0n;
  const everyDayOfMonth = daysOfMonth.length === 31;
  const everyDayOfWeek = daysOfWeek.length === 7;
  const everyDay = !both && (everyDayOfMonth || everyDayOfWeek);
  // Where one of two is enough, an empty one adds nothing.
  const narrows = (values: readonly number[], all: boolean) =>
    !everyDay && !all && (both || values.length > 0);
  return {
    daysOfMonth: narrows(daysOfMonth, everyDayOfMonth) ? daysOfMonth : undefined,
    daysOfWeek: narrows(daysOfWeek, everyDayOfWeek) ? daysOfWeek : undefined,
    months: months.length === 12 ? undefined : months,
    both,
  };
}

function weekdays(values: readonly number[], last = "and"): string {
  return list(
    values.map((day) => WEEKDAYS[day] ?? ""),
    last,
  );
}

function monthNames(values: readonly number[]): string {
  return list(values.map((month) => MONTHS[month - 1] ?? ""));
}

function commonDays({ daysOfMonth, daysOfWeek, months }: DaySet): string | undefined {
  if (daysOfMonth && daysOfWeek) return undefined;
  if (!months) {
    if (daysOfWeek) return `every ${weekdays(daysOfWeek)}`;
    if (daysOfMonth) return `every month on day ${numbers(daysOfMonth)}`;
    return "every day";
  }
  const [month] = months;
  const [day] = daysOfMonth ?? [];
  if (months.length === 1 && daysOfMonth?.length === 1)
    return `every year on ${day} ${MONTHS[(month ?? 1) - 1]}`;
  return undefined;
}

function clockTimes(
  hours: readonly number[],
  minutes: readonly number[],
  seconds: readonly number[],
): string[] {
  if (hours.length * minutes.length * seconds.length > MAX_CLOCK_TIMES) return [];
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => `${pad(hour)}:${pad(minute)}:${pad(second)}`)),
  );
}

function genericDays({ daysOfMonth, daysOfWeek, months, both }: DaySet): string {
  const inMonth = daysOfMonth && `on day ${numbers(daysOfMonth)} of the month`;
  let days = inMonth ?? "";
  if (daysOfWeek) {
    if (!inMonth) days = `on ${weekdays(daysOfWeek)}`;
    else if (both) days = `${inMonth} if it is a ${weekdays(daysOfWeek, "or")}`;
    else days = `${inMonth} or on ${weekdays(daysOfWeek)}`;
  }
  const named = months && `in ${monthNames(months)}`;
  return [days || "every day", named].filter(Boolean).join(", ");
}

/**
 * Says in plain English when a schedule fires: "every day at 03:00:00 UTC", "every Sunday at 02:00:00 UTC",
 * "every hour at hh:05:00 UTC", "every 24h"; anything unusual field by field. Times are UTC because the operator's
 * local time is.
 */
export function describeSchedule(schedule: CronSchedule): string {
  if (schedule.kind === "delay") return `every ${formatWait(schedule.seconds)}`;
  if (longestInterval(schedule) === Number.POSITIVE_INFINITY) return "never";
  const seconds = bitValues(schedule.second);
  const minutes = bitValues(schedule.minute);
  const hours = bitValues(schedule.hour);
  const set = daySet(schedule);
  const days = commonDays(set);
  const times = clockTimes(hours, minutes, seconds);
  if (days && times.length > 0) return `${days} at ${list(times)} UTC`;
  if (days === "every day" && hours.length === 24) {
    if (seconds.length === 60 && minutes.length === 60) return "every second";
    if (minutes.length === 60) return `every minute at second ${numbers(seconds)}`;
    const inHour = clockTimes([0], minutes, seconds).map((time) => `hh${time.slice(2)}`);
    if (inHour.length > 0) return `every hour at ${list(inHour)} UTC`;
  }
  const part = (name: string, values: readonly number[], all: number) =>
    values.length === all ? `every ${name}` : `${name} ${numbers(values)}`;
  const clock = [part("second", seconds, 60), part("minute", minutes, 60), part("hour", hours, 24)].join(
    ", ",
  );
  return `at ${clock}, ${days ?? genericDays(set)} (UTC)`;
}
