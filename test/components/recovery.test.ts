import assert from "node:assert/strict";
import { changeGuards } from "../../components/declare/changeGuard";
import { PostgresEnvironment, type RecoverFromArgs } from "../../components/index";
import { environmentArgs, image, recordValid, spec, types } from "../helpers/samples";

const orders = { namespace: "orders", image, databases: { orders: {} } };
const source = { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 };
const declare = (recoverFrom: RecoverFromArgs, more: object = {}) =>
  recordValid(
    () =>
      new PostgresEnvironment("dev", environmentArgs({ "orders-db": { ...orders, ...more, recoverFrom } })),
  );
const reader = `${types.grant}::dev/orders/orders-db/source`;

describe("PostgresEnvironment with a clone", () => {
  it("grants read access to the source's folder in the source's bucket, and nothing else there", async () => {
    const recording = await declare(source);
    const there = recording.all(types.grant).filter(({ inputs }) => inputs.bucket === "acme-prod-backups");
    assert.deepEqual(
      there.map(({ inputs }) => inputs),
      [
        {
          bucket: "acme-prod-backups",
          role: "roles/storage.objectViewer",
          member: "serviceAccount:cnpg-dev@acme-dev.iam.gserviceaccount.com",
          condition: {
            title: "Recovery of orders/orders-db",
            description: "Reads objects below cnpg/orders-db/ only",
            expression:
              'resource.name.startsWith("projects/_/buckets/acme-prod-backups/objects/cnpg/orders-db/") || ' +
              'api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("cnpg/orders-db/")',
          },
        },
      ],
    );
  });

  it("lets the Cluster wait for that grant, and for it to take effect, and for the source's store", async () => {
    const recording = await declare(source);
    const { dependsOn } = recording.one(types.cluster).options;
    assert(dependsOn.includes(reader), dependsOn.join());
    assert(dependsOn.includes(`${types.store}::dev/orders-db/source`), dependsOn.join());
    const hooks = JSON.stringify(recording.one(types.grant, "dev/orders/orders-db/source").options);
    assert.match(hooks, /pulumi-cnpg-note-iam-grant/);
    assert.match(JSON.stringify(recording.one(types.cluster).options), /pulumi-cnpg-await-iam-grants/);
  });

  it("declares no grant where the source's stack does, and none in place", async () => {
    for (const recording of [
      await declare({ ...source, grant: false }),
      await declare({ generation: 1 }, { generation: 2 }),
    ])
      assert.deepEqual(
        recording.all(types.grant).map(({ name }) => name),
        ["dev/objects", "dev/bucket"],
      );
  });

  it("has two stores, of which one is its own and deletes, and the other its source's and does not", async () => {
    const recording = await declare(source);
    const own = spec(recording.one(types.store, "dev/orders-db"));
    const read = spec(recording.one(types.store, "dev/orders-db/source"));
    assert.equal(own.retentionPolicy, "7d");
    assert.equal(read.retentionPolicy, undefined);
    assert.match(JSON.stringify(read), /gs:\/\/acme-prod-backups\/cnpg\/orders-db/);
    const { source: guard } = changeGuards();
    const options = JSON.stringify(recording.one(types.store, "dev/orders-db/source").options);
    assert.match(options, new RegExp(guard.name));
  });

  it("begins anew with a new generation, from the same source and under a server name of its own", async () => {
    const recording = await declare(source, { generation: 2 });
    const { externalClusters, plugins } = spec(recording.one(types.cluster));
    assert.match(JSON.stringify(externalClusters), /"serverName":"orders-db-g1"/);
    assert.match(JSON.stringify(plugins), /"serverName":"orders-db-g2"/);
  });
});
