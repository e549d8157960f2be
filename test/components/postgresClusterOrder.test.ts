import assert from "node:assert/strict";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { PostgresCluster } from "../../components/index";
import { type Recorded, settled } from "../helpers/mocks";
import { clusterArgs, recordValid, spec, types } from "../helpers/samples";

const declare = (more: Parameters<typeof clusterArgs>[0] = {}) =>
  recordValid(() => new PostgresCluster("orders-db", clusterArgs(more)));

const looks = ["pulumi-cnpg-installed", "pulumi-cnpg-known-fields"];

/** Hooks without the looks at what is installed, which come before all others. */
const ownHooks = ({ options: { hooks } }: Recorded) =>
  Object.fromEntries(
    Object.entries(hooks as Record<string, string[]>)
      .map(([moment, names]) => [moment, names.filter((name) => !looks.includes(name))] as const)
      .filter(([, names]) => names.length > 0),
  );

describe("The order and the life of a PostgresCluster's parts", () => {
  it("declares no namespace when it is told that there is one, and waits for what it depends on", async () => {
    const recording = await recordValid(() => {
      const grant = new Namespace("grant", { metadata: { name: "grant" } });
      return new PostgresCluster("orders-db", clusterArgs({ createNamespace: false }), {
        dependsOn: [grant],
      });
    });
    assert.deepEqual(
      recording.all(types.namespace).map((r) => r.name),
      ["grant"],
    );
    for (const type of [types.cluster, types.store, types.secret]) {
      assert(recording.one(type).options.dependsOn.includes(`${types.namespace}::grant`), type);
    }
  });

  it("orders namespace, credentials and store before the Cluster, schedule and database after it", async () => {
    const recording = await declare();
    assert.deepEqual(recording.one(types.cluster).options.dependsOn, [
      `${types.store}::orders-db`,
      `${types.namespace}::orders-db`,
      `${types.secret}::orders-db/orders`,
    ]);
    for (const type of [types.schedule, types.database])
      assert.deepEqual(recording.one(type).options.dependsOn, [`${types.cluster}::orders-db`]);
    for (const { custom, options } of recording.resources)
      assert.equal(options.parent, custom ? `${types.clusterComponent}::orders-db` : "");
  });

  it("are looked at by what is installed and what that knows of them, before all else", async () => {
    const recording = await declare();
    const { hooks } = recording.one(types.cluster).options;
    for (const names of [hooks.beforeCreate, hooks.beforeUpdate]) assert.deepEqual(names?.slice(0, 2), looks);
    for (const type of [types.store, types.database, types.schedule])
      assert.equal(recording.one(type).options.hooks.beforeCreate?.[0], "pulumi-cnpg-known-fields");
    assert.deepEqual(recording.one(types.namespace).options.hooks.beforeCreate, ["pulumi-cnpg-installed"]);
  });

  it("waits for grants before it is created and refuses changes that would be ignored", async () => {
    const recording = await declare({ iamPropagationWait: "90s" });
    assert.deepEqual(ownHooks(recording.one(types.cluster)), {
      beforeCreate: ["pulumi-cnpg-await-iam-grants-90s", "pulumi-cnpg-empty-archive"],
      beforeUpdate: [
        "pulumi-cnpg-cluster-changes",
        "pulumi-cnpg-empty-archive",
        "pulumi-cnpg-note-configuration",
      ],
      onError: ["pulumi-cnpg-advice"],
    });
    assert.deepEqual(ownHooks(recording.one(types.store)), {
      beforeUpdate: ["pulumi-cnpg-object-store-changes"],
      onError: ["pulumi-cnpg-advice"],
    });
    assert.deepEqual(ownHooks(recording.one(types.database)), {
      beforeCreate: ["pulumi-cnpg-after-settled"],
      beforeUpdate: ["pulumi-cnpg-after-settled", "pulumi-cnpg-database-owner"],
      onError: ["pulumi-cnpg-advice"],
    });
  });

  it("has the archive of its former generation looked into before what makes room for it, and again for another target", async () => {
    const store = async (more: Parameters<typeof clusterArgs>[0]) =>
      (await declare(more)).one(types.store, "orders-db/source");
    const inPlace = await store({ generation: 2, recoverFrom: { generation: 1 } });
    assert.deepEqual(ownHooks(inPlace), {
      beforeCreate: ["pulumi-cnpg-restorable"],
      beforeUpdate: ["pulumi-cnpg-source-changes", "pulumi-cnpg-restorable"],
      onError: ["pulumi-cnpg-advice"],
    });
    const target = { time: "2026-01-21T03:00:00Z" };
    const toAMoment = await store({ generation: 2, recoverFrom: { generation: 1, target } });
    assert.notDeepEqual(toAMoment.inputs.metadata, inPlace.inputs.metadata);
    const elsewhere = { bucket: "acme-prod-backups", serverName: "a-g1", postgresMajor: 17 };
    const clone = await store({ recoverFrom: elsewhere });
    assert.deepEqual(ownHooks(clone), {
      beforeUpdate: ["pulumi-cnpg-source-changes"],
      onError: ["pulumi-cnpg-advice"],
    });
    assert.equal((clone.inputs.metadata as { annotations?: object }).annotations, undefined);
  });

  it("is replaced, old before new, with its schedule and databases when its generation is raised", async () => {
    const recording = await declare({ generation: 2 });
    const cluster = recording.one(types.cluster).options;
    assert.equal(cluster.replacementTrigger, 2);
    assert.equal(cluster.deleteBeforeReplace, true);
    for (const type of [types.schedule, types.database]) {
      const { replaceWith, deleteBeforeReplace } = recording.one(type).options;
      assert.deepEqual(replaceWith, [`${types.cluster}::orders-db`], type);
      assert.equal(deleteBeforeReplace, true, type);
    }
    const store = recording.one(types.store).options;
    assert.deepEqual([store.replacementTrigger, store.replaceWith], [undefined, []]);
    assert.equal(await settled(recording.value.serverName), "orders-db-g2");
    assert.match(JSON.stringify(spec(recording.one(types.cluster)).plugins), /"serverName":"orders-db-g2"/);
  });

  it("waits as long as it is told, or not at all", async () => {
    const waiting = (await declare({ wait: { timeout: "1h" } })).one(types.cluster);
    assert.deepEqual(waiting.options.timeouts, { create: "3600s", update: "3600s" });
    const hurrying = (await declare({ wait: { enabled: false } })).one(types.cluster);
    assert.deepEqual(hurrying.options.timeouts, {});
    assert.deepEqual((hurrying.inputs.metadata as { annotations: unknown }).annotations, {
      "pulumi-cnpg/sidecar": "36b44d",
      "pulumi.com/skipAwait": "true",
    });
  });
});
