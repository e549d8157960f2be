import assert from "node:assert/strict";
import { readMutations } from "../../policies/lint/mutations";

describe("the linter's reader", () => {
  it("leaves out none of the objects in 100,000 documents that were changed at random without a word", function () {
    this.timeout(1_200_000);
    const { judged, said } = readMutations(100_000, 1);
    assert.ok(judged > 10_000 && said > 10_000, `${judged} ${said}`);
  });
});
