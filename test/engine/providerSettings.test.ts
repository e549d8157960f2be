import assert from "node:assert/strict";
import { clusterIn, Offline } from "./offline";

describe("settings of the Kubernetes provider, through the real engine", () => {
  const offline = new Offline();
  after(() => offline.remove());

  /** Brings the stack up with the n-th password of a role. */
  const rotated = (rotation: number, mutable: boolean) =>
    offline.start([
      "--stack-file",
      offline.stackFile("dev", (settings) => {
        settings["kubernetes:enableSecretMutable"] = mutable;
        Object.assign(clusterIn(settings, "orders-db"), {
          roles: { reporting: { credentials: { random: { rotation } } } },
        });
      }),
    ]);

  it("update a Secret in place, or let it be made anew, as the stack file says", async () => {
    assert.equal((await rotated(1, true)).code, 0);
    const updated = await rotated(2, true);
    assert.equal(updated.code, 0, updated.output);
    assert.match(updated.output, /Secret dev\/orders-db\/reporting updated/);
    const replaced = await rotated(3, false);
    assert.equal(replaced.code, 0, replaced.output);
    assert.match(replaced.output, /Secret dev\/orders-db\/reporting replaced/);
    assert.match((await rotated(3, false)).output, /Nothing changed/);
  });
});
