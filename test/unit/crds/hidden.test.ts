import assert from "node:assert/strict";
import { isPulumiUnknown, validateManifest } from "../../../offline/validate";
import { OUTPUT, SECRET, SPECIAL, UNKNOWN } from "../../../offline/wire";
import { accepts, cluster, refuses, secret } from "./manifests";

describe("validateManifest and values that can't be shown or aren't known", () => {
  it("never shows a Secret's value", () => {
    const problems = validateManifest(
      secret({
        data: { password: "hunter2!" },
        stringData: { pin: 24681357, nested: { a: "hunter2!" } },
        immutable: "hunter2!",
      }),
    );
    assert.deepEqual(problems, [
      "data.password: must be base64, is a string",
      "stringData.pin: must be string, is a number",
      "stringData.nested: must be string, is an object",
      "immutable: must be boolean, is a string",
    ]);
  });

  it("never shows a value that Pulumi holds for a secret, and judges it all the same", () => {
    refuses(
      cluster({ instances: { [SPECIAL]: SECRET, value: "hunter2" } }),
      "spec.instances: must be integer, is a string",
    );
    const storage = { [SPECIAL]: OUTPUT, secret: true, value: { size: 5, sizee: "hunter2" } };
    refuses(
      cluster({ storage }),
      "spec.storage.size: must be string, is a number",
      "spec.storage.sizee: unknown field; did you mean size?",
    );
  });

  it("never shows a connection parameter", () => {
    const externalClusters = [{ name: "prod", connectionParameters: { password: 24681357 } }];
    refuses(
      cluster({ externalClusters }),
      "spec.externalClusters[0].connectionParameters.password: must be string, is a number",
    );
  });

  it("takes an unknown value for valid wherever it stands, as long as the field exists", () => {
    for (const unknown of [UNKNOWN, { [SPECIAL]: OUTPUT }, { [SPECIAL]: SECRET, value: UNKNOWN }]) {
      accepts(cluster({ instances: unknown, storage: unknown, plugins: [unknown] }));
      accepts(cluster({ postgresql: { extensions: [{ name: unknown }, { name: unknown }] } }));
      accepts({ ...cluster(), metadata: { name: unknown, namespace: unknown } });
      refuses(cluster({ instancs: unknown }), "spec.instancs: unknown field; did you mean instances?");
    }
    assert.ok(isPulumiUnknown(UNKNOWN));
    assert.ok(!isPulumiUnknown("known"));
  });

  it("asks the caller's own test for unknown values", () => {
    const mark = Symbol("unknown");
    const isUnknown = (value: unknown): boolean => value === mark;
    assert.deepEqual(validateManifest(cluster({ instances: mark }), isUnknown), []);
  });

  it("doesn't change what it is given", () => {
    const manifest = cluster({ storage: { size: null }, plugins: [{ name: "a" }] });
    const before = structuredClone(manifest);
    validateManifest(manifest);
    assert.deepEqual(manifest, before);
  });
});
