import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Offline, root } from "./offline";

const snapshot = join(root, "test", "engine", "urns.json");

describe("the URNs of the reference stacks", () => {
  const offline = new Offline();
  after(() => offline.remove());

  it("are those of the snapshot: a changed one would replace somebody's resource (UPDATE_SNAPSHOT=1 accepts it)", async () => {
    const urns: { [stack: string]: string[] } = {};
    for (const stack of ["dev", "dev-clone", "prod", "s3"]) {
      const { code, output } = await offline.start(["--stack", stack]);
      assert.equal(code, 0, output);
      urns[stack] = offline
        .state(stack)
        // The providers' own carry a random part.
        .filter((r) => !r.type.startsWith("pulumi:providers:"))
        .map((r) => r.urn);
    }
    if (process.env.UPDATE_SNAPSHOT === "1") writeFileSync(snapshot, `${JSON.stringify(urns, null, 2)}\n`);
    assert.deepEqual(urns, JSON.parse(readFileSync(snapshot, "utf8")));
  });
});
