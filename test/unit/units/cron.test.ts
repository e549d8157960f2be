import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  type CronSchedule,
  describeSchedule,
  longestInterval,
  nextFire,
  parseCron,
  parseSchedule,
  shortestInterval,
} from "../../../components/units/cron";
import { allowed, rejects, value } from "./helpers";

const HOUR = 3600;
const DAY = 24 * HOUR;
const cron = (text: string) => value(parseCron(text));

/** A field of numbers within bounds: a star, a step, a value, a list or a range. */
function field(min: number, max: number) {
  const number = fc.integer({ min, max });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant("*") },
    fc.integer({ min: 1, max }).map((step) => `*/${step}`),
    { weight: 3, arbitrary: number.map(String) },
    fc.array(number, { minLength: 2, maxLength: 4 }).map((values) => values.join(",")),
    fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );
}

const spec = fc
  .tuple(field(0, 59), field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
  .map((fields) => fields.join(" "));

function fires(schedule: CronSchedule, from: Date, count: number): number[] {
  const times: number[] = [];
  let at: Date | undefined = from;
  while (times.length < count && at) {
    at = nextFire(schedule, at);
    if (at) times.push(at.getTime() / 1000);
  }
  return times;
}

/** Whether a moment satisfies every field, written out from the documentation of cron. */
function satisfies(schedule: CronSchedule, date: Date): boolean {
  assert(schedule.kind === "fields");
  const has = (bits: bigint, bit: number) => ((bits >> BigInt(bit)) & 1n) === 1n;
  const star = has(schedule.dayOfMonth, 63) || has(schedule.dayOfWeek, 63);
  const dom = has(schedule.dayOfMonth, date.getUTCDate());
  const dow = has(schedule.dayOfWeek, date.getUTCDay());
  return (
    has(schedule.second, date.getUTCSeconds()) &&
    has(schedule.minute, date.getUTCMinutes()) &&
    has(schedule.hour, date.getUTCHours()) &&
    has(schedule.month, date.getUTCMonth() + 1) &&
    (star ? dom && dow : dom || dow)
  );
}

describe("a schedule in a stack file", () => {
  it("has six fields or is a descriptor", () => {
    for (const text of [
      "0 0 3 * * *",
      "0 0 2 * * 0",
      "0 0 3 ? * MON-FRI",
      "@daily",
      "@every 24h",
      " 0 0 3 * * * ",
    ]) {
      assert.equal(value(parseSchedule(text)).text, text);
    }
  });

  it("is refused with five fields, saying how they are read and what was meant", () => {
    const answer = allowed(parseSchedule("0 3 * * *"));
    assert.match(answer, /"0 0 3 \* \* \*"/);
    assert.match(answer, /every hour at hh:03:00 UTC/);
    assert.match(allowed(parseSchedule("*/15 * * * *")), /"0 \*\/15 \* \* \* \*"/);
    assert.match(allowed(parseSchedule("0 2 * * 0")), /"0 0 2 \* \* 0"/);
    assert.match(allowed(parseSchedule("0 99 * * *")), /"0 0 3 \* \* \*"/);
  });

  it("is refused where it never fires", () => {
    rejects(parseSchedule, [
      "0 0 0 31 2 *",
      "0 0 0 30 2 *",
      "0 0 0 31 4,6,9,11 *",
      ", 0 0 * * *",
      "0 0 3 , * *",
      "0 0 0 * * ,",
    ]);
  });

  it("is refused where it fires so rarely that robfig/cron gives up before, but not for 29 February", () => {
    rejects(parseSchedule, ["0 0 0 29 2 */7", "0 0 0 1 1 */7"]);
    assert(parseSchedule("0 0 0 29 2 *").ok);
  });

  it("is refused where robfig/cron refuses it, with the reason", () => {
    const table = [
      ["", /six fields/],
      ["0 0 3 * * 7", /Sunday is 0/],
      ["0 0 24 * * *", /hour is from 0 to 23/],
      ["0 0 0 0 * *", /day of month is from 1 to 31/],
      ["0 0 3 L * *", /a day of month is a whole number/],
      ["0 0 3 * * 5L", /name such as mon/],
      ["0 0 3 * 5-2 *", /month range goes upwards/],
      ["*/0 * * * * *", /step of a second/],
      ["1-2-3 * * * * *", /one hyphen/],
      ["1/2/3 * * * * *", /one slash/],
      ["TZ=UTC 0 0 3 * * *", /without a time zone/],
      ["CRON_TZ=Europe/Berlin 0 0 3 * * *", /without a time zone/],
      ["@dayly", /@daily/],
      ["@every day", /"@every 24h"/],
    ] as const;
    for (const [text, reason] of table) assert.match(allowed(parseSchedule(text)), reason, text);
  });

  it("never makes the parser throw", () => {
    const unit = fc.constantFrom(..."0123456789*/?-,+@ everymonhs.\t");
    const text = fc.oneof(
      fc.string({ unit }),
      fc.string(),
      fc.string().map((rest) => `@every ${rest}`),
    );
    fc.assert(fc.property(text, (candidate) => void parseSchedule(candidate)));
  });
});

describe("the next firing", () => {
  it("satisfies every field, and nothing before it does", () => {
    const instant = fc.date({
      min: new Date("1999-01-01T00:00:00Z"),
      max: new Date("2105-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(spec, instant, (text, after) => {
        const schedule = cron(text);
        const next = nextFire(schedule, after);
        if (!next) return;
        assert(next > after && next.getTime() % 1000 === 0);
        assert(satisfies(schedule, next));
        // A second from just before the firing and from just after the moment each, and a few hundred in between.
        const first = Math.floor(after.getTime() / 1000) + 1;
        const last = next.getTime() / 1000 - 1;
        const stride = Math.max(1, Math.floor((last - first) / 300));
        for (let at = first; at <= last; at += stride)
          assert(!satisfies(schedule, new Date(at * 1000)), text);
        for (let at = Math.max(first, last - 200); at <= last; at++)
          assert(!satisfies(schedule, new Date(at * 1000)), text);
      }),
    );
  });

  it("is the same from every moment before it", () => {
    const schedule = cron("0 30 4 1 */2 *");
    const next = new Date("2027-01-01T04:30:00Z");
    for (const after of ["2026-11-01T04:30:00Z", "2026-12-31T23:59:59.999Z", "2027-01-01T04:29:59.001Z"]) {
      assert.deepEqual(nextFire(schedule, new Date(after)), next);
    }
    assert.deepEqual(nextFire(schedule, next), new Date("2027-03-01T04:30:00Z"));
  });

  it("counts @every from the moment given, on whole seconds", () => {
    assert.deepEqual(
      nextFire(cron("@every 90m"), new Date("2026-11-22T00:00:00.750Z")),
      new Date("2026-11-22T01:30:00Z"),
    );
  });

  it("works before 1970, and is nothing for no date or one too far away", () => {
    assert.deepEqual(
      nextFire(cron("@daily"), new Date("1969-12-30T12:00:00.5Z")),
      new Date("1969-12-31T00:00:00Z"),
    );
    assert.equal(nextFire(cron("@daily"), new Date(Number.NaN)), undefined);
    assert.equal(nextFire(cron("@daily"), new Date(8.64e15)), undefined);
    assert.equal(nextFire(cron("@every 24h"), new Date(8.64e15)), undefined);
  });
});

describe("the interval between firings", () => {
  const table: readonly (readonly [string, number, number])[] = [
    ["0 0 3 * * *", DAY, DAY],
    ["@daily", DAY, DAY],
    ["@hourly", HOUR, HOUR],
    ["* * * * * *", 1, 1],
    ["*/15 * * * *", 15, 15],
    ["*/7 * * * * *", 4, 7],
    ["0 0 3,15 * * *", 12 * HOUR, 12 * HOUR],
    ["0 0 3,4 * * *", HOUR, 23 * HOUR],
    ["0 0 2 * * 0", 7 * DAY, 7 * DAY],
    ["0 0 2 * * 1-5", DAY, 3 * DAY],
    ["@monthly", 28 * DAY, 31 * DAY],
    ["0 0 0 31 * *", 31 * DAY, 61 * DAY],
    ["0 0 0 1,15 * *", 14 * DAY, 17 * DAY],
    ["@yearly", 365 * DAY, 366 * DAY],
    ["0 0 0 29 2 *", 1461 * DAY, 2921 * DAY],
    ["0 0 0 29 2 */7", 10227 * DAY, 14609 * DAY],
    ["0 0 0 13 * 5", DAY, 7 * DAY],
    ["59 59 23 31 12 *", 365 * DAY, 366 * DAY],
    ["0,59 59 23,0 * * *", 59, DAY - HOUR - 59],
    ["@every 36h", 36 * HOUR, 36 * HOUR],
    ["0 0 0 31 2 *", Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ];

  it("is exact for schedules that can be worked out by hand", () => {
    for (const [text, shortest, longest] of table) {
      assert.equal(shortestInterval(cron(text)), shortest, text);
      assert.equal(longestInterval(cron(text)), longest, text);
    }
  });

  it("bounds every gap that is observed, on both sides", () => {
    fc.assert(
      fc.property(spec, fc.integer({ min: 1999, max: 2100 }), (text, year) => {
        const schedule = cron(text);
        const times = fires(schedule, new Date(Date.UTC(year, 0, 1)), 200);
        for (const [index, time] of times.entries()) {
          const gap = time - (times[index - 1] ?? Number.NaN);
          if (Number.isNaN(gap)) continue;
          assert(gap <= longestInterval(schedule) && gap >= shortestInterval(schedule), `${text}: ${gap}`);
        }
      }),
    );
  });

  it("is the longest and shortest gap observed over years of daily firings", () => {
    for (const text of ["0 0 5 1,11,31 * *", "0 30 4,22 * * 2,3", "0 0 1 */9 * 6", "0 0 1 28-31 1-3 */2"]) {
      const times = fires(cron(text), new Date("2000-01-01T00:00:00Z"), 5000);
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      assert.equal(longestInterval(cron(text)), Math.max(...gaps), text);
      assert.equal(shortestInterval(cron(text)), Math.min(...gaps), text);
    }
  });
});

describe("a schedule in words", () => {
  const table = [
    ["0 0 3 * * *", "every day at 03:00:00 UTC"],
    ["@daily", "every day at 00:00:00 UTC"],
    ["0 0 3,15 * * *", "every day at 03:00:00 and 15:00:00 UTC"],
    ["0 0 3 1-31 * 1", "every day at 03:00:00 UTC"],
    ["0 0 2 * * 0", "every Sunday at 02:00:00 UTC"],
    ["0 0 2 , * 0", "every Sunday at 02:00:00 UTC"],
    ["0 0 2 * * MON,WED,FRI", "every Monday, Wednesday and Friday at 02:00:00 UTC"],
    ["@monthly", "every month on day 1 at 00:00:00 UTC"],
    ["0 30 4 1,15 * *", "every month on day 1 and 15 at 04:30:00 UTC"],
    ["@yearly", "every year on 1 January at 00:00:00 UTC"],
    ["@hourly", "every hour at hh:00:00 UTC"],
    ["0 5 * * * *", "every hour at hh:05:00 UTC"],
    ["0 3 * * *", "every hour at hh:03:00 UTC"],
    ["0 0,30 * * * *", "every hour at hh:00:00 and hh:30:00 UTC"],
    ["*/15 * * * *", "every minute at second 0, 15, 30 and 45"],
    ["* * * * * *", "every second"],
    ["@every 24h", "every 24h"],
    ["@every 1h30m", "every 1h30m"],
    ["0 0 0 31 2 *", "never"],
    ["0 */10 * * * *", "at second 0, minute 0, 10, 20, 30, 40 and 50, every hour, every day (UTC)"],
    [
      "0 0,30 3-5 1,15 * 1",
      "at second 0, minute 0 and 30, hour 3-5, on day 1 and 15 of the month or on Monday (UTC)",
    ],
    ["0 0 3 1-7 * */7", "at second 0, minute 0, hour 3, on day 1-7 of the month if it is a Sunday (UTC)"],
    [
      "0 0 3 * 1,7 1-5",
      "at second 0, minute 0, hour 3, on Monday, Tuesday, Wednesday, Thursday and Friday, in January and July (UTC)",
    ],
    ["0 0 3 * 1 *", "at second 0, minute 0, hour 3, every day, in January (UTC)"],
    ["* * 3 * * *", "at every second, every minute, hour 3, every day (UTC)"],
  ] as const;

  it("says the common forms as people do and the others field by field", () => {
    for (const [text, words] of table) assert.equal(describeSchedule(cron(text)), words);
  });

  it("has words for every schedule", () => {
    fc.assert(
      fc.property(spec, (text) => {
        assert.match(describeSchedule(cron(text)), /^(at|every|never)\b/);
        assert.doesNotMatch(describeSchedule(cron(text)), /undefined|NaN| {2}/);
      }),
    );
  });
});
