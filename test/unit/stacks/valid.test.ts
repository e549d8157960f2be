import assert from "node:assert/strict";
import fc from "fast-check";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { loadStack } from "../../../stacks/load";
import { manifestsOf } from "../../helpers/manifestsOf";
import { validStacks } from "../../helpers/validStacks";

describe("Any stack file that nothing is wrong with", () => {
  it("loads, and every custom resource that it means is one that the CRDs' schemas take", () => {
    fc.assert(
      fc.property(validStacks, (config) => {
        const args = loadStack("test", config);
        const problems = new Problems();
        const plan = decideEnvironment(problems, "test", args);
        assert.deepEqual(problems.list, []);
        for (const manifest of manifestsOf(plan)) {
          assert.deepEqual(validateManifest(manifest), [], JSON.stringify(manifest));
          // A pod that needs the token asks for it itself.
          if (manifest.kind === "ServiceAccount")
            assert.equal(
              (manifest as { automountServiceAccountToken?: boolean }).automountServiceAccountToken,
              false,
              JSON.stringify(manifest),
            );
        }
      }),
      { numRuns: 300 },
    );
  });
});
