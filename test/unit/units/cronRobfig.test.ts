import { strict as assert } from "node:assert";
import { nextFire, parseCron } from "../../../components/units/cron";
import robfig from "../../fixtures/cron/robfig.json";

/** What the real robfig/cron v1.2.0 said; test/fixtures/cron/main.go writes it. */
interface Case {
  readonly spec: string;
  readonly ok: boolean;
  readonly bits?: readonly string[];
  readonly delay?: number;
  readonly next?: readonly (readonly number[])[];
}

const cases: readonly Case[] = robfig.cases;
const accepted = cases.filter(({ ok }) => ok);

function parsed(spec: string) {
  const result = parseCron(spec);
  assert(result.ok, JSON.stringify(spec));
  return result.value;
}

describe("cron beside the real robfig/cron v1.2.0", () => {
  it("has enough cases of both verdicts to mean something", () => {
    assert(cases.length >= 400 && accepted.length >= 200 && cases.length - accepted.length >= 150);
  });

  it("accepts and refuses the same specs", () => {
    const ours = cases.filter(({ spec }) => parseCron(spec).ok).map(({ spec }) => spec);
    assert.deepEqual(
      ours,
      accepted.map(({ spec }) => spec),
    );
  });

  it("reads accepted specs as the same sets of bits and the same delays", () => {
    for (const { spec, bits, delay } of accepted) {
      const schedule = parsed(spec);
      if (schedule.kind === "delay") {
        assert.equal(schedule.seconds, delay, spec);
      } else {
        const { second, minute, hour, dayOfMonth, month, dayOfWeek } = schedule;
        const sets = [second, minute, hour, dayOfMonth, month, dayOfWeek];
        assert.deepEqual(
          sets.map((set) => set.toString(16)),
          bits,
          spec,
        );
      }
    }
  });

  it("fires at the same times, and gives up where robfig/cron gives up", () => {
    for (const { spec, next = [] } of accepted) {
      const schedule = parsed(spec);
      assert.equal(next.length, robfig.instantsMillis.length);
      for (const [index, times] of next.entries()) {
        let after = new Date(robfig.instantsMillis[index] ?? Number.NaN);
        for (const time of times) {
          const fire = nextFire(schedule, after);
          assert.equal(fire && fire.getTime() / 1000, time, `${spec} after ${after.toISOString()}`);
          after = fire ?? after;
        }
        if (times.length < 4) assert.equal(nextFire(schedule, after), undefined, spec);
      }
    }
  });
});
