import { strict as assert } from "node:assert";
import { parseSchedule, type Schedule } from "../../policies/core/schedule";
import robfig from "../fixtures/cron/robfig.json";

interface Case {
  readonly spec: string;
  readonly ok: boolean;
  readonly delay?: number;
  readonly next?: readonly (readonly number[])[];
}

const cases: readonly Case[] = robfig.cases;

function read(spec: string): Schedule {
  const reading = parseSchedule(spec);
  assert(reading.ok, spec);
  return reading.schedule;
}

describe("policies: schedules beside the real robfig/cron v1.2.0", () => {
  it("accepts and refuses the same", () => {
    for (const { spec, ok } of cases) assert.equal(parseSchedule(spec).ok, ok, JSON.stringify(spec));
  });

  it("fires at the same times, and gives up where robfig/cron gives up", () => {
    for (const { spec, ok, next = [] } of cases) {
      if (!ok) continue;
      const schedule = read(spec);
      for (const [i, times] of next.entries()) {
        let after = new Date(robfig.instantsMillis[i] ?? Number.NaN);
        for (const time of times) {
          const fire = schedule.next(after);
          assert.equal(fire && fire.getTime() / 1000, time, `${spec} after ${after.toISOString()}`);
          after = fire ?? after;
        }
        if (times.length < 4) assert.equal(schedule.next(after), undefined, spec);
      }
    }
  });

  it("keeps every gap between firings within its shortest and longest interval", () => {
    for (const { spec, ok, next = [] } of cases) {
      if (!ok) continue;
      const { shortestInterval, longestInterval, neverFires } = read(spec);
      if (neverFires)
        assert.ok(
          next.every((times) => times.length === 0),
          spec,
        );
      for (const times of next)
        for (let i = 1; i < times.length; i++) {
          const gap = (times[i] ?? 0) - (times[i - 1] ?? 0);
          // 2100 is no leap year: days of the week shift against the 28 years that are looked at.
          if ((times[i] ?? 0) > Date.UTC(2099, 11, 31) / 1000) continue;
          assert.ok(gap >= shortestInterval && gap <= longestInterval, `${spec}: ${gap}`);
        }
    }
  });

  for (const [spec, shortest, longest] of [
    ["0 0 3 * * *", 86_400, 86_400],
    ["0 3 * * *", 3600, 3600],
    ["0 0 3,15 * * *", 43_200, 43_200],
    ["0 0 2 * * MON-FRI", 86_400, 259_200],
    ["0 0 0 1 * *", 28 * 86_400, 31 * 86_400],
    ["0 0 0 29 2 *", 1461 * 86_400, 1461 * 86_400],
    ["0 0 8-17 * * *", 3600, 15 * 3600],
    ["@weekly", 604_800, 604_800],
    ["@every 36h", 129_600, 129_600],
    ["*/15 * * * *", 15, 15],
  ] as const)
    it(`${spec} fires every ${shortest} to ${longest} seconds`, () => {
      const { shortestInterval, longestInterval } = read(spec);
      assert.deepEqual([shortestInterval, longestInterval], [shortest, longest]);
    });

  it("knows what never fires", () => {
    for (const spec of ["0 0 0 31 2 *", "0 0 0 30 2 *", "0 0 3 * , *"])
      assert.ok(read(spec).neverFires, spec);
    for (const spec of ["0 0 0 31 * *", "@yearly", "@every 0"]) assert.ok(!read(spec).neverFires, spec);
  });
});
