import assert from "node:assert/strict";
import { clusterIn, Offline } from "../offline";

type Settings = { [key: string]: unknown };

// docs/restore.md, "A lower generation is refused".
describe("a new generation that an update was to make and did not, through the real engine", () => {
  const offline = new Offline();
  after(() => offline.remove());

  const start = (first: Settings, second: Settings) => {
    const file = offline.stackFile("dev", (settings) => {
      const clusters = settings["pulumi-cnpg:clusters"] as Settings;
      const shape = clusterIn(settings, "orders-db");
      clusters.more = { ...structuredClone(shape), namespace: "more", ...second };
      Object.assign(shape, first);
    });
    return offline.start(["--stack-file", file, "--no-policies"]);
  };

  it("can be taken back where the Cluster is still the former one", async () => {
    const made = await start({}, {});
    assert.equal(made.code, 0, made.output);
    // The other cluster's archive can't move, so the update ends before orders-db is replaced.
    const refused = await start({ generation: 2 }, { backup: { prefix: "cnpg/elsewhere" } });
    assert.notEqual(refused.code, 0, refused.output);
    assert.doesNotMatch(refused.output, /orders-db.*(replaced|deleted)/);
    const undone = await start({}, {});
    assert.equal(undone.code, 0, undone.output);
    assert.doesNotMatch(undone.output, /deleted|replaced/);
  });

  it("can't be taken back where the Cluster is the new one", async () => {
    const made = await start({ generation: 2 }, {});
    assert.equal(made.code, 0, made.output);
    const lower = await start({}, {});
    assert.notEqual(lower.code, 0, lower.output);
    assert.match(
      lower.output,
      /clusters\.orders-db\.generation: got 1, expected 2, which the cluster has reached/,
    );
  });
});
