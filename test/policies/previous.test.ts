import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policiesOf } from "../../policies/pack/policies";
import { PREVIOUS_VARIABLE, readPrevious } from "../../policies/pack/previous";
import { askServer } from "./server";

const urn = "urn:pulumi:prod::shop::kubernetes:postgresql.cnpg.io/v1:Cluster::orders-db";
const cluster = {
  urn,
  type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
  inputs: {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: "orders-db", namespace: "orders" },
    spec: { instances: 3 },
  },
};

describe("the state that rules about changes compare with", () => {
  let folder: string;
  const file = (name: string, content: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-previous-"));
  });
  afterEach(() => {
    delete process.env[PREVIOUS_VARIABLE];
    rmSync(folder, { recursive: true, force: true });
  });

  const instances = (previous: ReturnType<typeof readPrevious>) =>
    previous.find(urn)?.view.number("spec", "instances");

  it("is not there, and nothing is wrong, where no file is named", () => {
    for (const value of [undefined, ""]) {
      if (value === undefined) delete process.env[PREVIOUS_VARIABLE];
      else process.env[PREVIOUS_VARIABLE] = value;
      const previous = readPrevious(undefined, [folder]);
      assert.equal(previous.problem, undefined);
      assert.equal(previous.find(urn), undefined);
    }
  });

  for (const [what, content] of [
    ["an export", { version: 3, deployment: { resources: [cluster] } }],
    ["a state of the file backend", { version: 3, checkpoint: { latest: { resources: [cluster] } } }],
  ] as const)
    it(`is read from ${what}, named by its whole path or from where the engine was called`, () => {
      const path = file("before.json", content);
      process.env[PREVIOUS_VARIABLE] = path;
      assert.equal(instances(readPrevious(undefined, [])), 3);
      process.env[PREVIOUS_VARIABLE] = "before.json";
      assert.equal(instances(readPrevious(undefined, ["/nowhere", folder])), 3);
      assert.equal(instances(readPrevious("before.json", ["/nowhere", folder])), 3);
    });

  it("is looked for in the caller's folder, though the policy host runs in the pack's", () => {
    mkdirSync(join(folder, "here"));
    file("here/before.json", { deployment: { resources: [cluster] } });
    process.env[PREVIOUS_VARIABLE] = "before.json";
    const { PWD, INIT_CWD } = process.env;
    try {
      for (const name of ["PWD", "INIT_CWD"]) {
        process.env.PWD = "/";
        process.env.INIT_CWD = "/";
        process.env[name] = join(folder, "here");
        assert.equal(instances(readPrevious(undefined)), 3, name);
      }
    } finally {
      Object.assign(process.env, { PWD: PWD ?? "", INIT_CWD: INIT_CWD ?? "" });
    }
  });

  it("is empty, and nothing is wrong, of a stack that was never updated", () => {
    for (const content of [{ deployment: {} }, { checkpoint: { latest: null } }, { checkpoint: {} }]) {
      const previous = readPrevious(file("empty.json", content), []);
      assert.deepEqual([previous.problem, previous.find(urn)], [undefined, undefined]);
    }
  });

  it("is an error that names the file, and where it was looked for, if it is not there", () => {
    process.env[PREVIOUS_VARIABLE] = "before.json";
    assert.equal(
      readPrevious(undefined, [folder, "/elsewhere"]).problem,
      `PULUMI_CNPG_PREVIOUS: "before.json"; there is no such file in ${folder}, nor in /elsewhere; ` +
        "`pulumi stack export --file` writes one, and name it by its whole path",
    );
    assert.match(
      readPrevious("/nowhere/before.json", []).problem ?? "",
      /^cnpg-settings\.previous: "\/nowhere\/before\.json"; there is no such file; /,
    );
  });

  for (const content of ["", "no JSON", "[]", "null", '{"resources":[]}', '{"deployment":{"resources":3}}'])
    it(`is an error that names the file if it holds ${content || "nothing"}`, () => {
      const path = file("wrong.json", content);
      assert.match(readPrevious(path, []).problem ?? "", new RegExp(`${path} is no state of a stack`));
    });

  it("stops the pack, instead of letting it say that all is well", async () => {
    process.env[PREVIOUS_VARIABLE] = join(folder, "gone.json");
    const { diagnostics } = await askServer(policiesOf(), [
      { token: "pulumi:pulumi:Stack", name: "prod", inputs: {}, protect: false },
    ]);
    assert.deepEqual(
      diagnostics.map(({ policy, level }) => [policy, level]),
      [["cnpg-settings", "mandatory"]],
    );
    assert.match(
      diagnostics[0]?.message ?? "",
      /PULUMI_CNPG_PREVIOUS: ".*gone\.json"; there is no such file/,
    );
  });

  it("has the objects around a Cluster too, and says at advisory level what is likely and not certain", async () => {
    const archivingTo = (barmanObjectName: string) => ({
      ...cluster.inputs,
      spec: {
        instances: 3,
        plugins: [{ name: "barman-cloud.cloudnative-pg.io", parameters: { barmanObjectName } }],
      },
    });
    const store = (name: string, destinationPath: string) => ({
      apiVersion: "barmancloud.cnpg.io/v1",
      kind: "ObjectStore",
      metadata: { name, namespace: "orders" },
      spec: { configuration: { destinationPath } },
    });
    const [type, token] = [cluster.type, "kubernetes:barmancloud.cnpg.io/v1:ObjectStore"];
    const urnOf = (one: string, name: string) => `urn:pulumi:test::project::${one}::${name}`;
    process.env[PREVIOUS_VARIABLE] = file("before.json", {
      deployment: {
        resources: [
          { urn: urnOf(type, "orders-db"), type, inputs: archivingTo("old") },
          { urn: urnOf(token, "old"), type: token, inputs: store("old", "s3://b/x") },
        ],
      },
    });
    const given = (inputs: Record<string, unknown>, name: string, of: string) => ({
      token: of,
      name,
      inputs,
      protect: false,
    });
    const said = async (...stores: Record<string, unknown>[]) => {
      const { diagnostics } = await askServer(policiesOf(), [
        given(archivingTo("new"), "orders-db", type),
        ...stores.map((one) => given(one, "new", token)),
      ]);
      return diagnostics.flatMap(({ policy, level }) =>
        policy === "barman-change-object-store" ? [level] : [],
      );
    };
    assert.deepEqual(await said(store("new", "s3://b/x/")), []);
    assert.deepEqual(await said(store("new", "s3://b/y")), ["mandatory"]);
    assert.deepEqual(await said(), ["advisory"]);
  });
});
