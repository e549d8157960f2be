import assert from "node:assert/strict";
import { Lasting, type Symptom } from "../../../components/watch/symptom";

describe("Symptoms that last", () => {
  const slow: Symptom = { key: "slow", text: "slow", certainAfter: 40 };

  it("are certain once they were there for their seconds, and not before", () => {
    const lasting = new Lasting();
    assert.deepEqual(lasting.certain([slow], 1_000), []);
    assert.deepEqual(lasting.certain([slow], 40_999), []);
    assert.deepEqual(lasting.certain([slow], 41_000), [slow]);
  });

  it("are certain at once where they need no time, and never where they may always go away", () => {
    const at = (certainAfter: number) => new Lasting().certain([{ ...slow, certainAfter }], 0).length;
    assert.equal(at(0), 1);
    const lasting = new Lasting();
    const endless = { ...slow, certainAfter: Number.POSITIVE_INFINITY };
    assert.deepEqual([lasting.certain([endless], 0), lasting.certain([endless], 1e12)], [[], []]);
  });

  it("begin anew where they were gone in between, each by itself", () => {
    const lasting = new Lasting();
    const other = { ...slow, key: "other" };
    lasting.certain([slow, other], 0);
    lasting.certain([other], 20_000);
    assert.deepEqual(lasting.certain([slow, other], 45_000), [other]);
    assert.deepEqual(lasting.certain([slow], 85_000), [slow]);
  });
});
