import assert from "node:assert/strict";
import { readMutations } from "./mutations";

describe("documents that were changed at random", () => {
  it("of 4,000 none has an object of CloudNativePG that is neither judged nor spoken of", () => {
    const { judged, said, broken } = readMutations(4000, 15);
    for (const part of [judged, said, broken]) assert.ok(part > 400, `${judged} ${said} ${broken}`);
  });
});
