import assert from "node:assert/strict";
import { version } from "@pulumi/policy/package.json";
import { choosePatches } from "../../policies/pack/patches";

const chosen = (asked: string | undefined, installed = version) => {
  const { patches, note = "" } = choosePatches(asked, installed);
  return { patches: [...patches].join(","), note };
};

describe("The patches of the policy SDK", () => {
  const all = "structs,resources,comparing,concerned";

  it("are all applied to the SDK that is pinned here, without a word", () => {
    assert.deepEqual(chosen(undefined), { patches: all, note: "" });
    assert.deepEqual(chosen(""), { patches: all, note: "" });
  });

  it("are left out as a person says, all or some", () => {
    assert.equal(chosen("none").patches, "");
    assert.equal(chosen("structs, concerned").patches, "structs,concerned");
    assert.throws(
      () => choosePatches("struct", version),
      /PULUMI_CNPG_POLICY_PATCHES: got struct, expected none/,
    );
  });

  it("are left out with another SDK, and a note says that it takes longer", () => {
    const { patches, note } = chosen(undefined, "1.22.0");
    assert.equal(patches, "");
    assert.match(note, /the policy SDK is 1\.22\.0; with 1\.21\.0 this pack takes less time/);
  });
});
