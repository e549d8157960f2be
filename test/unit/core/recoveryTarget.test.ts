import assert from "node:assert/strict";
import { mock } from "node:test";
import { clock } from "../../../components/clock";
import type { RecoverFromArgs } from "../../../components/index";
import { plan, source } from "./recovered";

describe("The moment up to which a cluster is recovered", () => {
  afterEach(() => mock.restoreAll());

  /** What is said of a target at a moment. */
  function said(now: string, time: string, from: RecoverFromArgs = source) {
    mock.restoreAll();
    mock.method(clock, "now", () => Date.parse(now));
    return plan({ generation: 2, recoverFrom: { ...from, target: { time } } }).problems;
  }

  it("has passed, whatever zone it is written in, and by how little so ever", () => {
    for (const time of ["2026-11-21T02:59:59Z", "2026-11-21T04:29:59+01:30", "2026-11-20 21:59:59.999999-05"])
      assert.deepEqual(said("2026-11-21T03:00:00Z", time), [], time);
  });

  it("is refused where it has not, also where its own clock would be the past elsewhere, in a clone and in place", () => {
    for (const time of ["2026-11-21T03:00:00Z", "2026-11-21T02:30:00-01:00", "2026-11-21 04:00:00.000001+01"])
      for (const from of [source, { generation: 1 }])
        assert.deepEqual(
          said("2026-11-21T03:00:00Z", time, from).map(({ path, value }) => [path, value]),
          [["clusters.orders-db.recoverFrom.target.time", time]],
        );
  });
});
