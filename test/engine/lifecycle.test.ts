import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterIn, Offline, touched } from "./offline";

describe("npm start, through the real engine", () => {
  let offline: Offline;
  beforeEach(() => {
    offline = new Offline();
  });
  afterEach(() => offline.remove());

  it("creates both halves, changes nothing the second time and says so, follows a change, and takes it all back", async () => {
    const first = await offline.start([]);
    assert.equal(first.code, 0, first.output);
    assert.match(first.output, /\+ 16 created/);
    assert.match(first.output, /The two halves agree/);
    assert.doesNotMatch(first.output, /✗|warning/);
    const before = touched(offline.state("dev"));

    const second = await offline.start([]);
    assert.equal(second.code, 0, second.output);
    assert.match(second.output, /16 unchanged/);
    assert.match(second.output, /Nothing changed: the stack is as its file says\./);
    assert.deepEqual(touched(offline.state("dev")), before);

    const file = offline.stackFile("dev", (settings) => {
      clusterIn(settings, "orders-db").storage = { size: "20Gi" };
    });
    const changed = await offline.start(["--stack-file", file]);
    assert.equal(changed.code, 0, changed.output);
    assert.match(changed.output, /Cluster dev\/orders-db updated/);
    assert.match(changed.output, /~ 2 updated/);

    const gone = await offline.start(["--destroy"]);
    assert.equal(gone.code, 0, gone.output);
    assert.deepEqual(offline.state("dev"), []);
  });

  it("writes every object as a manifest, in the order in which kubectl has to meet them", async () => {
    const { code, output } = await offline.start(["--stack", "prod"]);
    assert.equal(code, 0, output);
    assert.deepEqual(readdirSync(join(offline.folder, "prod", "manifests")), [
      "00-billing.namespace.yaml",
      "00-orders.namespace.yaml",
      "10-billing-billing-db-billing-credentials.secret.yaml",
      "10-orders-orders-db-orders-credentials.secret.yaml",
      "20-billing-billing-db-backup.objectstore.yaml",
      "20-orders-orders-db-backup.objectstore.yaml",
      "30-billing-billing-db.cluster.yaml",
      "30-orders-orders-db.cluster.yaml",
      "40-billing-billing-db-backup.scheduledbackup.yaml",
      "40-orders-orders-db-backup.scheduledbackup.yaml",
      "50-billing-billing-db-billing.database.yaml",
      "50-orders-orders-db-orders.database.yaml",
    ]);
    assert.match(
      readFileSync(join(offline.folder, "prod", "cloud.md"), "utf8"),
      /\| IAMMember \| prod\/orders\/orders-db \|/,
    );
  });

  it("previews the complete manifests and makes nothing", async () => {
    const { code, output } = await offline.start(["--preview"]);
    assert.equal(code, 0, output);
    assert.match(output, /\+ 16 to create/);
    assert.deepEqual(offline.state("dev"), []);
    const manifests = join(offline.folder, "dev-preview", "manifests");
    const files = readdirSync(manifests);
    assert.equal(files.length, 6);
    for (const file of files)
      assert.doesNotMatch(readFileSync(join(manifests, file), "utf8"), /known after an update/, file);
    assert.ok(!existsSync(join(offline.folder, "dev")), "a preview leaves the results of an update alone");
  });

  it("keeps what holds data in prod: destroying is refused until somebody takes the protection away", async () => {
    assert.equal((await offline.start(["--stack", "prod"])).code, 0);
    const protectedTypes = offline
      .state("prod")
      .filter((r) => r.protect)
      .map((r) => r.type);
    assert.deepEqual(protectedTypes.sort(), [
      "gcp:storage/bucket:Bucket",
      "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
      "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
      "kubernetes:core/v1:Namespace",
      "kubernetes:core/v1:Namespace",
      "kubernetes:postgresql.cnpg.io/v1:Cluster",
      "kubernetes:postgresql.cnpg.io/v1:Cluster",
      "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
      "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
    ]);
    const { code, output } = await offline.start(["--stack", "prod", "--destroy"]);
    assert.notEqual(code, 0);
    assert.match(output, /protected/);
    const left = offline.state("prod").map((r) => r.type.split(":").at(-1));
    for (const kind of ["Cluster", "ScheduledBackup", "ObjectStore"])
      assert.equal(left.filter((k) => k === kind).length, 2, kind);
  });

  it("makes a Cluster depend on every grant that it needs, so that it comes after them and goes before them", async () => {
    assert.equal((await offline.start([])).code, 0);
    const cluster = offline.state("dev").find((r) => r.type === "kubernetes:postgresql.cnpg.io/v1:Cluster");
    const needs = (cluster?.dependencies ?? []).map((urn) =>
      urn.split("::").slice(-2).join(" ").split("$").at(-1),
    );
    assert.deepEqual(needs.sort(), [
      "gcp:serviceaccount/iAMMember:IAMMember dev/orders/orders-db",
      "gcp:storage/bucketIAMMember:BucketIAMMember dev/bucket",
      "gcp:storage/bucketIAMMember:BucketIAMMember dev/objects",
      "kubernetes:barmancloud.cnpg.io/v1:ObjectStore dev/orders-db",
      "kubernetes:core/v1:Namespace dev/orders",
      "kubernetes:core/v1:Secret dev/orders-db/orders",
    ]);
  });
});
