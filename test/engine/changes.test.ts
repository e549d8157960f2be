import assert from "node:assert/strict";
import { clusterIn, Offline, touched } from "./offline";

describe("changes of a live cluster, through the real engine", () => {
  const offline = new Offline();
  before(async () => {
    const { code, output } = await offline.start([]);
    assert.equal(code, 0, output);
  });
  after(() => offline.remove());

  const refused: readonly (readonly [string, (cluster: { [key: string]: unknown }) => void, RegExp])[] = [
    [
      "another storage class",
      (c) => Object.assign(c, { storage: { storageClass: "fast" } }),
      /spec\.storage\.storageClass: got "fast", expected "standard"/,
    ],
    [
      "page checksums off",
      (c) => Object.assign(c, { initdb: { dataChecksums: false } }),
      /spec\.bootstrap\.initdb\.dataChecksums: got false, expected true/,
    ],
    [
      "another first database",
      (c) => Object.assign(c, { databases: { other: {} } }),
      /spec\.bootstrap\.initdb\.database: got "other", expected "orders"/,
    ],
    [
      "another server name",
      (c) => Object.assign(c, { backup: { serverName: "elsewhere" } }),
      /spec\.plugins\[\]\.parameters/,
    ],
    [
      "another folder in the bucket",
      (c) => Object.assign(c, { backup: { prefix: "cnpg/elsewhere" } }),
      /spec\.configuration\.destinationPath/,
    ],
  ];
  for (const [what, change, message] of refused) {
    it(`refuses ${what} at preview, with the reason and what to do`, async () => {
      const file = offline.stackFile("dev", (settings) => change(clusterIn(settings, "orders-db")));
      const { code, output } = await offline.start(["--stack-file", file, "--preview"]);
      assert.notEqual(code, 0, output);
      assert.match(output, message);
      assert.match(output, /raise the cluster's generation/);
    });
  }

  it("refuses it in an update too, and leaves the state as it was", async () => {
    const cluster = () => touched(offline.state("dev").filter((r) => r.type.endsWith("v1:Cluster")));
    const before = cluster();
    const file = offline.stackFile("dev", (settings) =>
      Object.assign(clusterIn(settings, "orders-db"), { storage: { storageClass: "fast" } }),
    );
    const { code, output } = await offline.start(["--stack-file", file]);
    assert.notEqual(code, 0, output);
    assert.deepEqual(cluster(), before);
  });

  it("takes another extension, which its Database resource applies to the live cluster", async () => {
    const file = offline.stackFile("dev", (settings) =>
      Object.assign(clusterIn(settings, "orders-db"), {
        databases: { orders: { extensions: ["vector", "pg_trgm"] } },
      }),
    );
    const { code, output } = await offline.start(["--stack-file", file]);
    assert.equal(code, 0, output);
    const database = offline.state("dev").find((r) => r.type.endsWith("v1:Database"));
    assert.deepEqual((database?.inputs?.spec as { extensions: unknown } | undefined)?.extensions, [
      { name: "vector", ensure: "present" },
      { name: "pg_trgm", ensure: "present" },
    ]);
  });

  it("replaces the Cluster and what acts on it when its generation is raised, with an archive of its own", async () => {
    const file = offline.stackFile("dev", (settings) =>
      Object.assign(clusterIn(settings, "orders-db"), { generation: 2, storage: { storageClass: "fast" } }),
    );
    const { code, output } = await offline.start(["--stack-file", file]);
    assert.equal(code, 0, output);
    assert.match(output, /\+-3 replaced/);
    assert.match(output, /orders-db-g2/);
    // One name can't be taken twice, and a database's deletion must reach the old cluster: all goes before anything comes.
    const when = (what: string) => output.indexOf(what);
    assert.ok(
      when("Database dev/orders-db/orders deleted original") < when("Cluster dev/orders-db deleted original"),
      output,
    );
    assert.ok(
      when("Cluster dev/orders-db deleted original") < when("Cluster dev/orders-db created replacement"),
      output,
    );
    assert.ok(
      when("Cluster dev/orders-db created replacement") <
        when("ScheduledBackup dev/orders-db created replacement"),
      output,
    );
  });

  it("does not go back to a former generation, which would delete the Cluster for an empty one", async () => {
    const file = offline.stackFile("dev", (settings) => {
      delete clusterIn(settings, "orders-db").generation;
    });
    const { code, output } = await offline.start(["--stack", "dev", "--stack-file", file, "--no-policies"]);
    assert.notEqual(code, 0, output);
    assert.match(output, /clusters\.orders-db\.generation: got 1, expected 2, which the cluster has reached/);
    assert.match(output, /1 unchanged\n +1 errored/);
  });
});
