import assert from "node:assert/strict";
import { stackSchema } from "../../../stacks/schema";

import { matrix, settingsOfRow, uncovered } from "../../lab/suites/admissionMatrix";

describe("The matrix of options for the admission suite of the lab", () => {
  it("has every option of a stack file, and every value of those that have a choice", () => {
    assert.deepEqual(uncovered(stackSchema, matrix().map(settingsOfRow)), []);
  });

  it("misses an option that is new, and a value that no row gives", () => {
    const more = {
      ...stackSchema,
      fields: { ...stackSchema.fields, novel: { kind: "flag", about: "" } as const },
    };
    const rows = matrix().map(settingsOfRow);
    assert.deepEqual(uncovered(more, rows), ["novel=true", "novel=false"]);
    const plain = rows.filter((row) => !JSON.stringify(row).includes('"inTree"'));
    assert.deepEqual(uncovered(stackSchema, plain), [
      "backups.method=inTree",
      "clusters.<name>.recoverFrom.method=inTree",
      "clusters.<name>.replica.source.method=inTree",
    ]);
  });
});
