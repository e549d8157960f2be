import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OfflineKubernetes } from "../../../offline/kubernetes";
import { replacedInState } from "../../../offline/replaced";

describe("An object that a run which ended early took away to make it anew", () => {
  const type = "kubernetes:v1:ConfigMap";
  const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "shop" } };
  const [id, urn] = ["shop/a", `urn:pulumi:dev::shop::${type}::a`];
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "replaced-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const made = async (pendingReplacement: boolean) => {
    const file = join(folder, "dev.json");
    const resources = [{ type, id, pendingReplacement }];
    writeFileSync(file, JSON.stringify({ checkpoint: { latest: { resources } } }));
    const kubernetes = new OfflineKubernetes(replacedInState(file));
    await kubernetes.diff({ type, id, inputs, inputsBefore: inputs, outputsBefore: inputs } as never);
    return kubernetes.create({ urn, type, inputs, preview: false } as never);
  };

  it("is made by the next run, though the state still has it; one that is there is not made twice", async () => {
    assert.equal((await made(true)).id, id);
    await assert.rejects(made(false), /already exists/);
  });

  it("is none where there is no state yet", () => {
    assert.equal(replacedInState(join(folder, "none.json")).size, 0);
  });
});
