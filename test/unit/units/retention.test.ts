import { strict as assert } from "node:assert";
import fc from "fast-check";
import { formatWait, parseDays, parseRetention, parseWait } from "../../../components/units/retention";
import { allowed, rejects, value } from "./helpers";

describe("a retention", () => {
  it("is days, weeks or Barman's months of 31 days", () => {
    assert.deepEqual(value(parseRetention("30d")), { text: "30d", days: 30 });
    assert.deepEqual(value(parseRetention("4w")), { text: "4w", days: 28 });
    assert.deepEqual(value(parseRetention("1m")), { text: "1m", days: 31 });
    assert.deepEqual(value(parseRetention("12m")), { text: "12m", days: 372 });
    assert.deepEqual(value(parseRetention("36500d")), { text: "36500d", days: 36_500 });
  });

  it("is refused in any form that the ObjectStore CRD refuses", () => {
    rejects(parseRetention, [
      "",
      "d",
      "0d",
      "030d",
      "30",
      "30D",
      "30 d",
      " 30d",
      "30d ",
      "30d\n",
      "-1d",
      "+1d",
    ]);
    rejects(parseRetention, ["1.5d", "1y", "1h", "30days", "1m1d", "RECOVERY WINDOW OF 30 DAYS"]);
  });

  it("is at most a hundred years", () => {
    rejects(parseRetention, ["36501d", "5215w", "1178m", `${"9".repeat(400)}d`]);
  });

  it("is accepted exactly where the CRD's pattern matches, up to the limit", () => {
    const text = fc.string({ unit: fc.constantFrom(..."0123dwmD ."), maxLength: 5 });
    fc.assert(
      fc.property(text, (candidate) => {
        const parsed = parseRetention(candidate);
        const [, amount, unit] = /^([1-9][0-9]*)([dwm])$/.exec(candidate) ?? [];
        const days = Number(amount) * ({ d: 1, w: 7, m: 31 }[unit ?? ""] ?? Number.NaN);
        assert.equal(parsed.ok, days <= 36_500);
      }),
      { examples: [["3000m"], ["1177m"], ["1178m"], ["5214w"], ["5215w"]] },
    );
  });
});

describe("an age in days", () => {
  it("is days or weeks", () => {
    assert.deepEqual(value(parseDays("45d")), { text: "45d", days: 45 });
    assert.deepEqual(value(parseDays("6w")), { text: "6w", days: 42 });
  });

  it("is refused in months and in every other form", () => {
    rejects(parseDays, ["1m", "", "0d", "45", "36501d"]);
  });
});

describe("a waiting time", () => {
  it("is hours, minutes and seconds, alone or together", () => {
    const table = [
      ["0s", 0],
      ["90s", 90],
      ["2m", 120],
      ["1h", 3600],
      ["1m30s", 90],
      ["0h59m60s", 3600],
      ["007s", 7],
    ] as const;
    for (const [text, seconds] of table) assert.equal(value(parseWait(text)), seconds, text);
    assert.equal(value(parseWait("1h30m15s", 7200)), 5415);
  });

  it("is refused in every other form", () => {
    rejects(parseWait, [
      "",
      "0",
      "90",
      "1.5m",
      "-1s",
      "+1s",
      "1s1m",
      "1m1m",
      "90 s",
      "90S",
      "1d",
      "500ms",
      "90s\n",
    ]);
  });

  it("is at most an hour, or the maximum asked for, which the answer names", () => {
    assert.match(allowed(parseWait("3601s")), /at most 1h$/);
    assert.match(allowed(parseWait("1m31s", 90)), /at most 1m30s$/);
    assert.equal(value(parseWait("24h", 86_400)), 86_400);
    rejects(parseWait, [`${"9".repeat(400)}h`]);
  });

  it("reads back as the seconds it was written from", () => {
    assert.equal(formatWait(0), "0s");
    assert.equal(formatWait(86_400), "24h");
    assert.equal(formatWait(5415), "1h30m15s");
    const max = 1_000_000_000;
    fc.assert(
      fc.property(fc.nat(max), (seconds) =>
        assert.equal(value(parseWait(formatWait(seconds), max)), seconds),
      ),
    );
  });
});
