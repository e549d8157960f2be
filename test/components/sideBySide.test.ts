import assert from "node:assert/strict";
import {
  BackupBucket,
  BackupIdentity,
  type ClusterArgs,
  PostgresCluster,
  PostgresEnvironment,
} from "../../components/index";
import { deepFreeze, type Recording } from "../helpers/mocks";
import { bucketArgs, clusterArgs, environmentArgs, image, recordValid, refused } from "../helpers/samples";

/** URNs that more than one resource has: the engine stops at the first. */
function doubled({ resources }: Recording<unknown>): string[] {
  const urns = resources.map((r) => r.urn);
  return urns.filter((urn, i) => urns.indexOf(urn) !== i);
}

/** Kubernetes objects that more than one resource is. */
function sameObjects({ resources }: Recording<unknown>): string[] {
  const objects = resources
    .filter((r) => r.type.startsWith("kubernetes:"))
    .map(({ type, inputs }) => {
      const { name, namespace } = inputs.metadata as { name: string; namespace?: string };
      return `${type} ${namespace ?? ""}/${name}`;
    });
  return objects.filter((object, i) => objects.indexOf(object) !== i);
}

const orders: ClusterArgs = { namespace: "orders", image, databases: { orders: {} } };

describe("Two instances of a component side by side", () => {
  it("do not collide: BackupBucket", async () => {
    const recording = await recordValid(() => [
      new BackupBucket("a", bucketArgs()),
      new BackupBucket("b", bucketArgs()),
    ]);
    assert.deepEqual(doubled(recording), []);
    const names = recording.resources.filter((r) => r.custom).map((r) => r.inputs.name);
    assert.equal(new Set(names).size, 2);
  });

  for (const mode of ["shared", "perCluster", "direct"] as const) {
    it(`do not collide: BackupIdentity, ${mode}`, async () => {
      const args = deepFreeze({
        project: "acme-dev",
        bucket: "acme-backups",
        mode,
        tenants: [
          { namespace: "a-b", cluster: "c" },
          { namespace: "x", cluster: "y-z" },
        ],
        ...(mode === "direct" && { projectNumber: "1" }),
      });
      const recording = await recordValid(() => [
        new BackupIdentity("one", args),
        new BackupIdentity("two", args),
      ]);
      assert.deepEqual(doubled(recording), []);
      const ids = recording.resources.flatMap((r) =>
        r.inputs.accountId === undefined ? [] : [r.inputs.accountId],
      );
      assert.equal(new Set(ids).size, ids.length);
    });
  }

  it("do not collide: PostgresCluster in one namespace", async () => {
    const recording = await recordValid(() => [
      new PostgresCluster("a", clusterArgs({ createNamespace: false })),
      new PostgresCluster("b", clusterArgs({ createNamespace: false })),
    ]);
    assert.deepEqual(doubled(recording), []);
    assert.deepEqual(sameObjects(recording), []);
  });

  it("do not collide: PostgresEnvironment with different clusters", async () => {
    const recording = await recordValid(() => [
      new PostgresEnvironment("blue", environmentArgs({ "orders-blue": { ...orders, namespace: "blue" } })),
      new PostgresEnvironment(
        "green",
        environmentArgs({ "orders-green": { ...orders, namespace: "green" } }),
      ),
    ]);
    assert.deepEqual(doubled(recording), []);
    assert.deepEqual(sameObjects(recording), []);
  });

  it("do not collide: PostgresEnvironment with clusters of the same name in namespaces of their own", async () => {
    const recording = await recordValid(() => [
      new PostgresEnvironment("blue", environmentArgs({ db: { ...orders, namespace: "blue" } })),
      new PostgresEnvironment("green", environmentArgs({ db: { ...orders, namespace: "green" } })),
    ]);
    assert.deepEqual(doubled(recording), []);
    assert.deepEqual(sameObjects(recording), []);
  });

  it("are refused when cluster and database of one read like those of the other", async () => {
    const problems = await refused(
      () =>
        new PostgresEnvironment(
          "dev",
          environmentArgs({
            shop: { namespace: "shop", image, databases: { "eu-orders": {} } },
            "shop-eu": { namespace: "shop", image, databases: { orders: {} } },
          }),
        ),
    );
    assert.deepEqual(
      problems.map((p) => p.path),
      ["clusters.shop-eu.databases.orders"],
    );
  });

  it("do not share an account when namespace and cluster of one read like those of the other", async () => {
    const recording = await recordValid(
      () =>
        new BackupIdentity("dev", {
          project: "acme-dev",
          bucket: "acme-backups",
          mode: "perCluster",
          tenants: [
            { namespace: "a-b", cluster: "c" },
            { namespace: "a", cluster: "b-c" },
          ],
        }),
    );
    const ids = recording.resources.flatMap((r) =>
      r.inputs.accountId === undefined ? [] : [r.inputs.accountId],
    );
    assert.equal(new Set(ids).size, 2);
    assert.equal(recording.resources.filter((r) => r.inputs.condition !== undefined).length, 2);
  });
});

describe("Two recordings at the same time", () => {
  it("have the resources of their own program each", async () => {
    const recordings = ["one", "two"].map((name) =>
      recordValid(() => new PostgresCluster(name, clusterArgs({ namespace: name }))),
    );
    const [one, two] = await Promise.all(recordings);
    for (const [name, recording] of [
      ["one", one],
      ["two", two],
    ] as const)
      for (const { urn } of recording?.resources ?? []) assert.match(urn, new RegExp(`::${name}`));
    assert.equal(one?.resources.length, two?.resources.length);
  });
});
