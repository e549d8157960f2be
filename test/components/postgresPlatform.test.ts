import assert from "node:assert/strict";
import { PostgresPlatform } from "../../components/index";
import { InvalidSettings } from "../../components/problems";
import { recordValid } from "../helpers/samples";

const declare = (args: ConstructorParameters<typeof PostgresPlatform>[1] = {}) =>
  recordValid(() => new PostgresPlatform("gke", args));

describe("A PostgresPlatform", () => {
  it("declares what was planned, all of it as its own part", async () => {
    const { resources } = await declare({ profile: "prod" });
    const parts = resources.filter(({ custom }) => custom);
    assert.equal(parts.filter(({ type }) => type.endsWith(":CustomResourceDefinition")).length, 12);
    for (const { options } of parts) assert.match(options.parent, /PostgresPlatform::gke$/);
  });

  it("looks, in a preview too, whether cert-manager is there, and at nothing that it installs itself", async () => {
    const { resources } = await declare();
    const looked = resources.flatMap(({ type, options }) =>
      (options.hooks?.beforeCreate ?? []).map((hook) => `${type.split(":").at(-1)} ${hook}`),
    );
    assert.deepEqual([...new Set(looked)].sort(), [
      "Certificate pulumi-cnpg-served-kinds",
      "Issuer pulumi-cnpg-served-kinds",
    ]);
  });

  it("tells where it is and what was installed", async () => {
    const { value: result } = await declare({ plugin: { enabled: false } });
    const told = await new Promise((done) => {
      const { namespace, operatorVersion, pluginVersion } = result;
      namespace.apply((n) => operatorVersion.apply((o) => pluginVersion.apply((p) => done([n, o, p]))));
    });
    assert.deepEqual(told, ["cnpg-system", "1.30.1", ""]);
  });

  it("refuses what is wrong in shape and in meaning, before anything is registered", async () => {
    await assert.rejects(
      declare({ operator: { version: "1.29.1", replica: 2 } as never, namespace: "A" }),
      (error: Error) => error instanceof InvalidSettings && error.problems.length === 3,
    );
  });
});
