import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { type Around, declareAll } from "../../components/declare/resources";
import { BackupBucket } from "../../components/index";
import type { PlannedResource } from "../../components/plan/object";
import { record } from "../helpers/mocks";
import { bucketArgs, types } from "../helpers/samples";

const object = (key: string, more: Partial<PlannedResource> = {}): PlannedResource => ({
  key,
  name: `/${key}`,
  type: "kubernetes:core/v1:ConfigMap",
  inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: key, namespace: "orders" } },
  dependsOn: [],
  life: {},
  hooks: {},
  ...more,
});

/** Declares a plan as part of a component, which registers itself only. */
const declare = (list: readonly PlannedResource[], around: Partial<Around> = {}) =>
  record(() => {
    const args = bucketArgs({ bucket: "acme-shared", existingBucket: true, deleteAge: "60d" });
    const parent: pulumi.Resource = new BackupBucket("plan", args);
    declareAll(list, { name: "plan", parent, known: new Map(), ...around });
  });
const refused = (list: readonly PlannedResource[], says: RegExp) =>
  record(() => {
    assert.throws(
      () => declareAll(list, { name: "plan", parent: {} as pulumi.Resource, known: new Map() }),
      says,
    );
  }).then(({ list: registered }) => assert.deepEqual(registered, []));

describe("A plan that is declared", () => {
  it("has a resource of each kind, whose name follows that of the plan's owner", async () => {
    const password = object("password", { type: types.password, inputs: { length: 32 } });
    const recording = await declare([
      object("bucket", { type: types.bucket, name: "", inputs: { name: "acme", location: "EU" } }),
      object("account", { type: types.account, inputs: { accountId: "cnpg" } }),
      object("member", { type: types.member, inputs: { serviceAccountId: "a", role: "r", member: "m" } }),
      object("grant", { type: types.grant, inputs: { bucket: "acme", role: "r", member: "m" } }),
      object("cluster", {
        type: types.cluster,
        inputs: { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" },
      }),
      object("settings"),
      password,
      object("secret", { type: types.secret, inputs: { metadata: { name: "s" } } }),
    ]);
    assert.deepEqual(recording.list, [
      `${types.account} plan/account`,
      `${types.member} plan/member`,
      `${types.bucket} plan`,
      `${types.grant} plan/grant`,
      "kubernetes:core/v1:ConfigMap plan/settings",
      `${types.secret} plan/secret`,
      `${types.cluster} plan/cluster`,
      `${types.bucketComponent} plan`,
      `${types.password} plan/password`,
    ]);
    for (const { custom, options } of recording.resources)
      assert.equal(options.parent, custom ? `${types.bucketComponent}::plan` : "");
  });

  it("has parts of a component within it, which tells its outputs", async () => {
    const recording = await declare([
      object("identity", { type: types.identityComponent, name: "", inputs: { emails: {} } }),
      object("settings", { parent: "identity" }),
    ]);
    const { options } = recording.one("kubernetes:core/v1:ConfigMap");
    assert.equal(options.parent, `${types.identityComponent}::plan`);
    assert.deepEqual(recording.one(types.identityComponent).inputs, {});
  });

  it("says what comes after what, and how each one lives", async () => {
    const recording = await declare([
      object("first"),
      object("second", {
        dependsOn: ["first", "namespace/of-somebody-else"],
        life: {
          protect: true,
          replaceWith: ["first", "bucket/of-somebody-else"],
          replaceOnChanges: ["data"],
          ignoreChanges: ["spec"],
          timeout: 90,
        },
        hooks: { beforeCreate: ["awaitGrants"], afterUpdate: ["noteArchiveChange"], advice: true },
      }),
      object("third", { life: { generation: 3 } }),
      object("fourth", { life: { formerFirst: true } }),
    ]);
    const map = (name: string) => recording.one("kubernetes:core/v1:ConfigMap", `plan/${name}`).options;
    const { parent: _, ...second } = map("second");
    assert.deepEqual(second, {
      dependsOn: ["kubernetes:core/v1:ConfigMap::plan/first"],
      protect: true,
      deleteBeforeReplace: true,
      replacementTrigger: undefined,
      replaceWith: ["kubernetes:core/v1:ConfigMap::plan/first"],
      timeouts: { create: "90s", update: "90s" },
      ignoreChanges: ["spec"],
      hooks: {
        beforeCreate: ["pulumi-cnpg-await-iam-grants-0s"],
        afterUpdate: ["pulumi-cnpg-note-archive-change"],
        onError: ["pulumi-cnpg-advice"],
      },
    });
    assert.equal(map("third").replacementTrigger, 3);
    assert.equal(map("third").deleteBeforeReplace, true);
    assert.equal(map("fourth").deleteBeforeReplace, true);
    assert.equal(map("first").deleteBeforeReplace, false);
  });

  it("fills a Secret with the password that another resource results in, and keeps it secret", async () => {
    const uri = { before: "postgresql://shop:", password: "encoded", after: "@orders-db-rw" } as const;
    const list = [
      object("password", { type: types.password, inputs: { length: 32 } }),
      object("secret", {
        type: types.secret,
        filled: { by: "password", content: { username: "shop", uri } },
        dependsOn: ["password"],
      }),
    ];
    const recording = await record(
      () =>
        declareAll(list, { name: "plan", parent: new BackupBucket("plan", bucketArgs()), known: new Map() }),
      { password: "a b" },
    );
    const { inputs, secrets } = recording.one(types.secret);
    assert.deepEqual(inputs.stringData, { username: "shop", uri: "postgresql://shop:a%20b@orders-db-rw" });
    assert.deepEqual(secrets, ["stringData"]);
  });

  it("leaves a Cluster that nobody watches to Pulumi's provider", async () => {
    const cluster = object("cluster", {
      type: types.cluster,
      inputs: { metadata: { name: "orders-db", annotations: { "pulumi.com/skipAwait": "true" } } },
      watch: {
        kind: "Cluster",
        timeout: 900,
        archives: true,
        objectStore: undefined,
        rights: [],
        unwatched: { "pulumi.com/waitFor": "condition=Ready" },
      },
    });
    const annotations = async (around: Partial<Around>) => {
      const { inputs } = (await declare([cluster], around)).one(types.cluster);
      return (inputs.metadata as { annotations: object }).annotations;
    };
    assert.deepEqual(await annotations({}), { "pulumi.com/waitFor": "condition=Ready" });
    assert.deepEqual(await annotations({ watching: {} }), { "pulumi.com/skipAwait": "true" });
  });
});

describe("A plan that can't be declared", () => {
  it("is refused, before anything of it is registered, where something comes after what is not there", async () => {
    await refused(
      [object("a"), object("b", { dependsOn: ["c"] })],
      /b is to come after c, which is not there/,
    );
    await refused([object("a", { parent: "c" })], /a is to come after c/);
    await refused([object("a", { life: { replaceWith: ["c"] } })], /a is to come after c/);
    const filled = { by: "c", content: {} };
    await refused([object("a", { filled })], /a is to come after c/);
  });

  it("is refused where two come after each other, or one after itself", async () => {
    const says = /a is to come after [ab], which does not come before it/;
    await refused([object("a", { dependsOn: ["b"] }), object("b", { dependsOn: ["a"] })], says);
    await refused([object("a", { dependsOn: ["a"] })], says);
  });

  it("is refused where two have one key, or a kind is not known", async () => {
    await refused([object("a"), object("a")], /a is there twice/);
    await refused([object("a", { type: "aws:s3/bucket:Bucket" })], /nothing here declares aws:s3/);
  });
});
