import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { patchesVariable } from "../../policies/pack/patches";
import { cluster, object, objectStore, PackRun, scheduledBackup } from "./packRun";

describe("the policy pack, through the real engine, with and without its patches of the SDK", () => {
  let pack: PackRun;
  beforeEach(() => {
    pack = new PackRun();
  });
  afterEach(() => pack.remove());

  for (const patches of ["none", "structs", "resources", "comparing", "concerned"])
    it(`says the same with these of them: ${patches}`, async () => {
      const wrong = () => {
        cluster();
        objectStore();
        scheduledBackup("0 3 * * *");
        const password = pulumi.secret("hunter2-hunter2");
        object("postgresql.cnpg.io/v1", "Cluster", "other-db", {
          imageName: password,
          storage: { size: password },
        });
      };
      const said = async (value: string | undefined) => {
        const before = process.env[patchesVariable];
        if (value !== undefined) process.env[patchesVariable] = value;
        try {
          const { output } = await pack.run("preview", wrong, { "cnpg-settings": { pack: "strict" } });
          assert.doesNotMatch(output, /hunter2/);
          const lines = output.slice(output.indexOf("Policies:")).split("\n");
          return lines.filter((line) => !/^\s*Duration|\d+s$/.test(line)).sort();
        } finally {
          if (before === undefined) delete process.env[patchesVariable];
          else process.env[patchesVariable] = before;
        }
      };
      const usual = await said(undefined);
      assert(usual.length > 20, usual.join("\n"));
      assert.deepEqual(await said(patches), usual);
    });
});
