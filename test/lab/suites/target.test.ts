import assert from "node:assert/strict";
import { join } from "node:path";
import { type Cluster, ClusterError, type KubernetesObject, openCluster } from "../../../lab/cluster";
import { type ObjectStores, readLab } from "../../../lab/description";
import { Store } from "../../../lab/stack/store";
import { cnpg, LabStack } from "./labStack";

describe("npm start -- --lab, on a real Kubernetes", function () {
  this.timeout(600_000);
  let cluster: Cluster;
  let stores: ObjectStores;

  before(async function () {
    const lab = readLab();
    if (lab?.stores === undefined) return this.skip();
    stores = lab.stores;
    cluster = await openCluster(lab);
  });
  after(() => cluster?.close());

  describe("a stack, from its first update to its end", () => {
    let stack: LabStack;
    before(async () => {
      stack = await LabStack.fresh(cluster, new Store(cluster, stores), "a-target");
    });
    after(() => stack?.remove());

    it("previews before anything is there, makes nothing, and says what the API server could not judge", async () => {
      stack.write();
      const { code, output } = await stack.start("--preview");
      assert.equal(code, 0, output);
      assert.match(output, /preview: there is no namespace a-target yet/);
      assert.equal(await cluster.get({ apiVersion: "v1", kind: "Namespace", name: "a-target" }), undefined);
    });

    it("brings up Postgres that answers SQL, and ends when WAL is in the bucket", async () => {
      const { code, output } = await stack.start();
      assert.equal(code, 0, output);
      assert.match(output, /STORAGE_EMULATOR_HOST=\S+ is added/);
      assert.match(output, /✓ a-target\/db: Cluster in healthy state; primary db-1; 1 of 1 instances ready/);
      const [, files] = /(\d+) WAL files?, .* in gs:\/\/a-target\/cnpg\/db\/db-g1$/m.exec(output) ?? [];
      assert.ok(Number(files) > 0, output);
      const owner =
        "select rolname from pg_database d join pg_roles r on r.oid = datdba where datname = 'orders'";
      assert.equal(await stack.sql(owner, "orders"), "orders");
      const wal = await stack.store.list("a-target", "cnpg/db/db-g1/wals/");
      assert.ok(wal.length > 0);
    });

    it("changes nothing the second time, also after a look at how things are", async () => {
      for (const args of [[], ["--refresh"]]) {
        const { code, output } = await stack.start(...args);
        assert.equal(code, 0, output);
        assert.match(output, /16 unchanged/);
        assert.match(output, /Nothing changed/);
      }
    });

    it("lets a changed parameter reach Postgres", async () => {
      stack.write({ parameters: { log_min_duration_statement: "777ms" } });
      const { code, output } = await stack.start();
      assert.equal(code, 0, output);
      assert.equal(await stack.sql("show log_min_duration_statement", "777ms"), "777ms");
    });

    it("puts right after --refresh what was changed by hand and given back", async () => {
      const ref = { apiVersion: cnpg, kind: "ScheduledBackup", name: "db-backup", namespace: "a-target" };
      await cluster.remove(ref);
      await cluster.gone(ref);
      const { code, output } = await stack.start("--refresh");
      assert.equal(code, 0, output);
      assert.notEqual(await cluster.get(ref), undefined);
    });

    it("shows the webhook's refusal at preview and in an update, and leaves the rest as it was", async () => {
      const specs = async () => (await stack.objects()).map(({ spec }) => spec);
      const before = await specs();
      stack.write({ parameters: { log_min_duration_statement: "777ms" }, storage: { size: "900Mi" } });
      for (const args of [["--preview"], []]) {
        // A policy would stop it first.
        const { code, output } = await stack.start("--no-policies", ...args);
        assert.notEqual(code, 0, output);
        assert.match(output, /admission webhook "vcluster\.cnpg\.io" denied the request/);
        assert.match(output, /can't shrink existing storage from 1Gi to 900Mi/);
      }
      assert.deepEqual(await specs(), before);
      stack.write({ parameters: { log_min_duration_statement: "777ms" } });
      // What was refused is in the state with its error, so that the way back is an update, too, of nothing.
      const back = await stack.start();
      assert.equal(back.code, 0, back.output);
      assert.match(back.output, /~ 1 updated/);
      assert.deepEqual(await specs(), before);
      const { code, output } = await stack.start();
      assert.equal(code, 0, output);
      assert.match(output, /Nothing changed/);
    });

    it("names the other manager of a field, and takes nothing from it", async () => {
      const ref = { apiVersion: cnpg, kind: "Database", name: "db-orders", namespace: "a-target" };
      const database = (await cluster.get(ref)) as KubernetesObject;
      const foreign = {
        apiVersion: database.apiVersion,
        kind: database.kind,
        metadata: { name: "db-orders", namespace: "a-target" },
        spec: { databaseReclaimPolicy: "delete" },
      };
      await cluster.apply(foreign, { fieldManager: "somebody", force: true });
      stack.write({
        parameters: { log_min_duration_statement: "777ms" },
        databases: { orders: { owner: "orders", extensions: ["pg_trgm"] } },
      });
      const { code, output } = await stack.start();
      assert.notEqual(code, 0, output);
      assert.match(output, /conflict with "somebody".*\.spec\.databaseReclaimPolicy/s);
      const given = { ...foreign, spec: {} };
      await cluster.apply(given, { fieldManager: "somebody" });
      const again = await stack.start();
      assert.equal(again.code, 0, again.output);
      const query = "select count(*) from pg_extension where extname = 'pg_trgm'";
      assert.equal(await stack.sql(query, "1", "orders"), "1");
    });

    it("makes of the manifests of an offline run, applied by kubectl, the same specs", async () => {
      const env = { STORAGE_EMULATOR_HOST: stores.gcs };
      const settings = {
        parameters: { log_min_duration_statement: "777ms" },
        databases: { orders: { owner: "orders", extensions: ["pg_trgm"] } },
      };
      const other = await LabStack.fresh(cluster, stack.store, "a-target-kubectl");
      try {
        other.write(settings, { bucket: stack.bucket, env });
        const { code, output } = await other.offline.start(["--show-secrets", "--stack-file", other.file]);
        assert.equal(code, 0, output);
        const manifests = join(other.offline.folder, "dev", "manifests");
        await cluster.kubectl(["apply", "--server-side", "-f", manifests]);
        const comparable = (objects: readonly KubernetesObject[]) =>
          objects.map(({ kind, metadata, spec }) => ({
            kind,
            name: metadata.name,
            labels: metadata.labels,
            annotations: metadata.annotations,
            spec: JSON.parse(JSON.stringify(spec).replaceAll("a-target-kubectl", "a-target")) as unknown,
          }));
        assert.deepEqual(
          comparable(await other.objects("a-target-kubectl")),
          comparable(await stack.objects()),
        );
      } finally {
        await other.remove();
      }
    });

    it("destroys all but a bucket that has objects, in GCS's words, and that too when it is empty", async () => {
      const first = await stack.start("--destroy");
      assert.notEqual(first.code, 0, first.output);
      assert.match(first.output, /The bucket you tried to delete is not empty/);
      assert.deepEqual(await stack.objects(), []);
      assert.ok((await stack.store.list("a-target", "cnpg/db/db-g1/wals/")).length > 0);
      await stack.emptyBucket();
      const second = await stack.start("--destroy");
      assert.equal(second.code, 0, second.output);
      assert.equal(await stack.store.hasBucket("a-target"), false);
      assert.equal(await cluster.get({ apiVersion: "v1", kind: "Namespace", name: "a-target" }), undefined);
    });
  });

  describe("a run that is broken off", () => {
    let stack: LabStack;
    before(async () => {
      stack = await LabStack.fresh(cluster, new Store(cluster, stores), "a-target-broken");
      stack.write();
    });
    after(() => stack?.remove());

    it("goes on after kill -9 while it waited for the Cluster, which the state has", async () => {
      await stack.interrupted(/Cluster dev\/db created \([^)]*\);? waiting for /, "SIGKILL");
      const { code, output } = await stack.start();
      assert.equal(code, 0, output);
      assert.equal(await stack.sql("select 1", "1"), "1");
      const again = await stack.start();
      assert.match(again.output, /Nothing changed/);
    });

    it("has in the state what Ctrl-C left, and goes on without anything more", async () => {
      const other = await LabStack.fresh(cluster, stack.store, "a-target-cancelled");
      try {
        other.write();
        const cancelled = await other.interrupted(
          /Cluster dev\/db created \([^)]*\);? waiting for /,
          "SIGINT",
        );
        assert.notEqual(cancelled.code, 0, cancelled.output);
        assert.ok(cancelled.seconds < 30, `${cancelled.seconds} s`);
        const { code, output } = await other.start();
        assert.equal(code, 0, output);
        assert.match((await other.start()).output, /Nothing changed/);
      } finally {
        await other.remove();
      }
    });

    it("meets the bucket that a killed run made as a conflict, with the command that removes it", async () => {
      const other = await LabStack.fresh(cluster, stack.store, "a-target-bucket");
      try {
        await stack.store.createBucket(other.bucket, "acme-lab");
        other.write();
        const { code, output } = await other.start();
        assert.notEqual(code, 0, output);
        const [, command] = /(curl -X DELETE \S+)/.exec(output) ?? [];
        assert.match(output, /Error 409: the bucket a-target-bucket already exists, conflict/);
        assert.match(command ?? "", /\/storage\/v1\/b\/a-target-bucket$/);
      } finally {
        await other.start("--destroy");
        await other.remove();
      }
    });
  });

  it("refuses to take over an object that somebody else made", async () => {
    const stack = await LabStack.fresh(cluster, new Store(cluster, stores), "a-target-taken");
    try {
      await cluster.apply(
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "a-target-taken" } },
        { fieldManager: "somebody" },
      );
      stack.write();
      // As with the real provider, a preview doesn't tell.
      const preview = await stack.start("--preview");
      assert.equal(preview.code, 0, preview.output);
      const { code, output } = await stack.start();
      assert.notEqual(code, 0, output);
      assert.match(output, /namespaces "a-target-taken" already exists/);
      assert.match(output, /if somebody else made it, choose another name/);
    } finally {
      await stack.remove();
    }
  });

  it("gives the server's reason for what it refuses, and says so when a kind is not there", async () => {
    const metadata = { name: "x", namespace: "default" };
    await assert.rejects(
      cluster.apply(
        { apiVersion: cnpg, kind: "Cluster", metadata, spec: { instances: 0 } },
        { dryRun: true },
      ),
      (error: unknown) =>
        error instanceof ClusterError && error.status === 422 && /spec\.instances/.test(error.message),
    );
    await assert.rejects(
      cluster.apply({ apiVersion: "acme.example/v1", kind: "Anvil", metadata }),
      (error: unknown) => error instanceof ClusterError && error.reason === "NoSuchKind",
    );
  });
});
