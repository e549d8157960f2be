import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { archiveChanges } from "../../../components/declare/archiveChanges";
import { record } from "../../helpers/mocks";

class Thing extends pulumi.CustomResource {
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    super("test:index:Thing", name, {}, opts);
  }
}

/** What a program noted of two grants, of which the first one's hook is run, if any. */
async function noted(after: "afterCreate" | "afterUpdate" | "none"): Promise<boolean[]> {
  const { value } = await record(() => {
    const [made, left] = ["made", "left"].map(
      (name) => new Thing(`${name}-${after}`, { hooks: { afterCreate: [archiveChanges().note] } }),
    );
    assert(made !== undefined && left !== undefined);
    return { made, left, changes: archiveChanges() };
  });
  const { made, left, changes } = value;
  const urn = await new Promise<string>((done) => void made.urn.apply(done));
  if (after !== "none")
    await changes.note.callback({ urn, id: "id", name: "made", type: "test:index:Thing" });
  return Promise.all([[made], [left], [left, made], []].map((resources) => changes.among(resources)));
}

describe("What an archive depends on", () => {
  for (const after of ["afterCreate", "afterUpdate"] as const)
    it(`is changed for the clusters that use it, and no other, ${after === "afterCreate" ? "when it is made" : "when it is changed"}`, async () => {
      assert.deepEqual(await noted(after), [true, false, true, false]);
    });

  it("is not changed where its hook does not run", async () => {
    assert.deepEqual(await noted("none"), [false, false, false, false]);
  });
});
