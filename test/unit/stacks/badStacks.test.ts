import assert from "node:assert/strict";
import { InvalidSettings } from "../../../components/index";
import { loadStack } from "../../../stacks/load";
import { asEngine, type BadStack, badStacks, settingsOf, sourcesOf } from "./badStacks";

/** The whole message that a stack is refused with. */
function refusal(bad: BadStack): string {
  try {
    loadStack("dev", asEngine(settingsOf(bad)), sourcesOf(bad));
  } catch (error) {
    if (error instanceof InvalidSettings) return error.message;
    throw error;
  }
  return "it was accepted";
}

for (const [table, cases] of badStacks()) {
  describe(`A stack file with what stands in ${table}.yaml`, () => {
    for (const bad of cases) {
      it(`is refused in full: ${bad.it}`, () => {
        const count = bad.says.length === 1 ? "1 problem" : `${bad.says.length} problems`;
        const lines = bad.says.map((line) => `  ${line}`);
        assert.equal(refusal(bad), [`stack dev: ${count}, nothing was registered`, ...lines].join("\n"));
      });
    }
  });
}

describe("The table of bad stack files", () => {
  const all = badStacks().flatMap(([, cases]) => cases);

  it("has at least 70 of them, each with its message, and no two of one name", () => {
    assert(all.length >= 70, `${all.length}`);
    for (const { it: name, says } of all)
      assert(says.length > 0 && says.every((line) => /: (got .+[.,]|is missing[.,]) ./s.test(line)), name);
    assert.equal(new Set(all.map((bad) => bad.it)).size, all.length);
  });

  it("starts from a file that loads, so that each is refused for what it changes alone", () => {
    assert.equal(refusal({ it: "nothing", says: [] }), "it was accepted");
    assert.equal(refusal({ it: "nothing", profile: "prod", says: [] }), "it was accepted");
  });
});
