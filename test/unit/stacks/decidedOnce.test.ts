import assert from "node:assert/strict";
import { join } from "node:path";
import { decidedEnvironment } from "../../../components/environment/decided";
import { readProject, readStackFile } from "../../../offline/stackFile";
import { loadStack } from "../../../stacks/load";

const root = join(__dirname, "../../..");
const prod = () => loadStack("prod", readStackFile(root, readProject(root), "prod").config);

describe("A stack that was loaded", () => {
  it("is decided: what declares it takes that plan, and no other", () => {
    const args = prod();
    assert.equal(decidedEnvironment("prod", args), decidedEnvironment("prod", args));
    assert.deepEqual(
      decidedEnvironment("prod", args).resources.map(({ name }) => name),
      decidedEnvironment("prod", { ...args }).resources.map(({ name }) => name),
    );
  });

  it("is decided anew under another name, and arguments that nobody loaded every time", () => {
    const args = prod();
    assert.notEqual(decidedEnvironment("stage", args), decidedEnvironment("prod", args));
    const own = { ...args };
    assert.notEqual(decidedEnvironment("prod", own), decidedEnvironment("prod", own));
  });
});
