import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { labSuites, onRequest } from "../../../tools/labSuites";

describe("The suites of the lab", () => {
  it("are all run, by themselves or on request", () => {
    const files = readdirSync(join(__dirname, "../../lab/suites"))
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => file.replace(/\.test\.ts$/, ""));
    assert.deepEqual(files.sort(), [...labSuites].sort());
    assert.equal(new Set(labSuites).size, labSuites.length);
    assert(onRequest.length < labSuites.length);
  });
});
