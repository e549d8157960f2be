import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import { PostgresEnvironment } from "../../components/index";
import { type Fields, settled } from "../helpers/mocks";
import { environmentArgs, image, recordValid, types } from "../helpers/samples";

const orders = { namespace: "orders", image, databases: { orders: { owner: "shop" } } };
const servers = {
  old: { host: "old", user: "migrator", database: "shop", password: { secret: "login", key: "password" } },
};
const recoverFrom = { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 };
const declare = (settings: Fields) =>
  recordValid(
    () => new PostgresEnvironment("dev", environmentArgs({ "orders-db": { ...orders, ...settings } })),
  );
const kind = (name: string) => `kubernetes:postgresql.cnpg.io/v1:${name}`;

/** What Pulumi's provider is asked to wait for where the program can't look itself: its kubeconfig is not known. */
async function awaited(settings: Fields): Promise<unknown> {
  const clusters = { "orders-db": { ...orders, ...settings } };
  const recording = await recordValid(() => {
    const provider = new Provider("gke", {});
    return new PostgresEnvironment("dev", environmentArgs(clusters), { provider });
  });
  const { inputs } = recording.one(types.cluster);
  const { annotations } = inputs.metadata as { annotations: Record<string, string> };
  return JSON.parse(annotations["pulumi.com/waitFor"] ?? "null");
}

describe("PostgresEnvironment with a replica cluster", () => {
  it("declares neither databases nor passwords, which are the source's", async () => {
    const recording = await declare({ recoverFrom, replica: {} });
    assert.deepEqual(recording.all(types.database), []);
    assert.deepEqual(recording.all("kubernetes:core/v1:Secret"), []);
    assert.deepEqual(recording.all("random:index/randomPassword:RandomPassword"), []);
    const { "orders-db": summary } = await settled(recording.value.clusters);
    assert.deepEqual(summary?.secretNames, {});
    assert.deepEqual(summary?.databases, { orders: "shop" });
  });

  it("declares them when it is promoted, and the Secrets before the Cluster", async () => {
    const recording = await declare({ recoverFrom, replica: { enabled: false } });
    assert.equal(recording.all(types.database).length, 1);
    const { dependsOn } = recording.one(types.cluster).options;
    assert(dependsOn.includes("kubernetes:core/v1:Secret::dev/orders-db/shop"), dependsOn.join());
  });

  it("waits for Ready alone: a source that is idle sends nothing to archive", async () => {
    assert.deepEqual(await awaited({ recoverFrom, replica: {} }), ["condition=Ready"]);
    const both = ["condition=Ready", "condition=ContinuousArchiving"];
    assert.deepEqual(await awaited({ recoverFrom, replica: { enabled: false } }), both);
    assert.deepEqual(await awaited({ recoverFrom }), both);
    assert.deepEqual(await awaited({ servers, baseBackupFrom: { server: "old", postgresMajor: 17 } }), both);
  });

  it("waits for Ready alone after an import too, which leaves no WAL file to archive", async () => {
    const importFrom = { server: "old", postgresMajor: 17, type: "microservice", databases: ["shop"] };
    assert.deepEqual(await awaited({ servers, importFrom }), ["condition=Ready"]);
  });

  it("grants a cluster of a topology read access to the other's archive", async () => {
    const source = { ...recoverFrom, cluster: "north" };
    const recording = await declare({ replica: { primary: "orders-db", source } });
    const there = recording.all(types.grant).filter(({ inputs }) => inputs.bucket === source.bucket);
    assert.deepEqual(
      there.map(({ inputs }) => [inputs.role, (inputs.condition as { description: string }).description]),
      [["roles/storage.objectViewer", "Reads objects below cnpg/north/ only"]],
    );
    assert.equal(recording.all(types.store).length, 2);
  });
});

describe("PostgresEnvironment with publications and subscriptions", () => {
  it("makes each after the Cluster and its database, and anew with a new Cluster", async () => {
    const recording = await declare({
      servers,
      publications: { ours: { database: "orders", allTables: true } },
      subscriptions: { theirs: { database: "orders", server: "old", publication: "p" } },
    });
    for (const [type, name] of [
      ["Publication", "ours"],
      ["Subscription", "theirs"],
    ] as const) {
      const { inputs, options } = recording.one(kind(type), `dev/orders-db/${name}`);
      assert.equal((inputs.metadata as { name: string }).name, `orders-db-${name}`);
      assert.deepEqual(options.dependsOn, [
        `${types.cluster}::dev/orders-db`,
        `${types.database}::dev/orders-db/orders`,
      ]);
      assert.deepEqual(options.replaceWith, [`${types.cluster}::dev/orders-db`]);
    }
  });
});
