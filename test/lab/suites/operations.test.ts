import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import type { KubernetesObject } from "../../../lab/cluster";
import { Offline } from "../../engine/offline";
import { type Used, useLab } from "../use";
import { Bucket } from "./bucket";
import { bothReady, isReady, lifeOf, operators, primaryOf } from "./operations";
import { Writer, type Written } from "./operationsWriter";
import { eventually, explained, Postgres, removeAll, small } from "./postgres";
import { removeNamespace } from "./removeNamespace";

const bucketName = "d-operations";

describe("Day two in the lab", function () {
  this.timeout(900_000);

  let used: Used;
  let bucket: Bucket;
  /** Two instances, and every commit waits for the second. */
  let pair: Postgres;
  /** One instance, which is changed and in the end removed. */
  let solo: Postgres;
  let all: Postgres[] = [];

  before(async function () {
    used = await useLab(this, "node");
    const { cluster, stores } = used;
    bucket = new Bucket(cluster, bucketName);
    const backups = {
      bucket: bucketName,
      env: { STORAGE_EMULATOR_HOST: stores.gcs },
      sidecar: { cpu: "50m" },
    };
    pair = await Postgres.of(cluster, "d-pair", {
      backups: { ...backups, suspend: true, immediate: false },
      clusters: {
        "d-shop": {
          ...small,
          namespace: "d-pair",
          instances: 2,
          synchronous: { number: 1 },
          placement: { antiAffinity: "off" },
          databases: { shop: {} },
        },
      },
    });
    solo = await Postgres.of(cluster, "d-solo", {
      backups,
      clusters: { "d-orders": { ...small, namespace: "d-solo", databases: { orders: {} } } },
    });
    all = [pair, solo];
    await removeAll(cluster, all);
    await bucket.create();
    await explained(all, async () => {
      await Promise.all([pair.create(), solo.create()]);
      await Promise.all([pair.ready(), solo.ready()]);
      await Promise.all([pair.complete(), solo.complete()]);
      await bothReady(pair);
      const rows = "CREATE TABLE rows AS SELECT generate_series(1, 1000) AS n";
      await solo.sql(rows, "orders");
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed")
      for (const each of all) console.error(await each.explain().catch((error: unknown) => error));
  });

  after(async () => {
    if (used === undefined) return;
    await removeAll(used.cluster, all);
    await bucket.remove();
    used.cluster.close();
  });

  /** Waits until a WAL file of a Postgres is in the bucket. */
  async function archived(of: Postgres, segment: string): Promise<void> {
    const name = `${of.folder}wals/${segment.slice(0, 16)}/${segment}.gz`;
    await eventually(`object ${name}`, 180, async () =>
      (await bucket.names(name)).length === 1
        ? undefined
        : `there are ${(await bucket.names(of.folder)).join(" ")}`,
    );
  }

  describe("when the primary is lost while an application writes", () => {
    let former: KubernetesObject;
    let written: Written;
    let now: string;

    before(async () => {
      await explained([pair], async () => {
        assert.match(await pair.sql("SHOW synchronous_standby_names"), /^ANY 1 \(/);
        const writer = await Writer.start(used.cluster, pair);
        await writer.confirmed(30);
        former = await primaryOf(used.cluster, pair);
        await used.cluster.kubectl([
          ...["delete", "pod", former.metadata.name, "-n", pair.namespace],
          ...["--force", "--grace-period=0", "--wait=false"],
        ]);
        await pair.until(pair.ref, (object) => {
          now = (object?.status as { currentPrimary?: string } | undefined)?.currentPrimary ?? "";
          return now !== "" && now !== former.metadata.name ? [] : [`a primary other than ${now}`];
        });
        const { kept } = await writer.written();
        await writer.confirmed(kept.length + 30);
        await writer.stop();
        await eventually("the end of the writer", 60, async () => {
          written = await writer.written();
          return written.done === undefined ? `it has ${written.kept.length} rows` : undefined;
        });
        await bothReady(pair);
      });
    });

    it("has every row that was confirmed to the application, and none that it did not write", async () => {
      const rows = (await pair.sql("SELECT n FROM kept ORDER BY n", "shop")).split("\n").map(Number);
      const found = new Set(rows);
      assert.deepEqual(
        written.kept.filter((n) => !found.has(n)),
        [],
      );
      const kept = new Set(written.kept);
      const unconfirmed = rows.filter((n) => !kept.has(n));
      assert.deepEqual(
        unconfirmed.filter((n) => !written.lost.has(n)),
        [],
        JSON.stringify([...written.lost]),
      );
      assert(written.kept.length >= 60);
    });

    it("has another primary, to which both instances agree, and the old one as its replica", async () => {
      assert.notEqual(now, former.metadata.name);
      assert.equal((await pair.status()).currentPrimary, now);
      assert.equal(await pair.sql("SELECT pg_is_in_recovery()"), "f");
      const replicas = "SELECT application_name, state, sync_state FROM pg_stat_replication";
      await eventually("a synchronous replica", 300, async () => {
        const found = await pair.sql(replicas);
        return found === `${former.metadata.name}|streaming|quorum` ? undefined : `there is ${found}`;
      });
      // Not the pod that was there: its volume goes on, in a new one.
      const pods = await pair.pods();
      const again = pods.find(({ metadata }) => metadata.name === former.metadata.name);
      assert.notEqual(again?.metadata.uid, former.metadata.uid);
    });

    it("goes on archiving on the new timeline, with the rows that were written after", async () => {
      await pair.sql("INSERT INTO kept (n) VALUES (1000000)", "shop");
      const segment = await pair.switchWal();
      assert.match(segment, /^00000002/);
      await archived(pair, segment);
      assert.equal((await bucket.names(`${pair.folder}wals/00000002.history`)).length, 1);
      await pair.has("condition=Ready", "condition=ContinuousArchiving");
    });
  });

  describe("when the stack file is changed", () => {
    it("grows the volume in use to the size of the stack file, and the same pod goes on", async () => {
      const before = await lifeOf(solo);
      await solo.change({ storage: { size: "2Gi" } }, ["Cluster"]);
      const claim = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        name: "d-orders-1",
        namespace: "d-solo",
      };
      const grown = await solo.until(claim, (object) => {
        const { capacity } = (object?.status ?? {}) as { readonly capacity?: { readonly storage?: string } };
        return capacity?.storage === "2Gi" ? [] : [`a capacity of 2Gi (is ${capacity?.storage})`];
      });
      const { resources } = (grown?.spec ?? {}) as { resources?: { requests?: { storage?: string } } };
      assert.equal(resources?.requests?.storage, "2Gi");
      await solo.has("condition=Ready");
      assert.deepEqual(await lifeOf(solo), before);
      assert.equal(await solo.sql("SELECT count(*) FROM rows", "orders"), "1000");
    });

    it("restarts Postgres for a parameter that needs it, with all rows and nothing left pending", async () => {
      const { started, pods } = await lifeOf(solo);
      assert.notEqual(await solo.sql("SHOW max_connections"), "87");
      await solo.change({ parameters: { max_connections: "87" } }, ["Cluster"]);
      await eventually("max_connections 87", 300, async () => {
        const found = await solo.sql("SHOW max_connections");
        return found === "87" ? undefined : `it is ${found}`;
      });
      await solo.has("condition=Ready");
      const after = await lifeOf(solo);
      assert(after.started > started, `${after.started} after ${started}`);
      assert.deepEqual(after.pods, pods);
      assert.equal(await solo.sql("SELECT count(*) FROM pg_settings WHERE pending_restart"), "0");
      assert.equal(await solo.sql("SELECT count(*) FROM rows", "orders"), "1000");
    });

    it("is not touched when the operator restarts, and what is changed afterwards takes effect", async () => {
      const before = await lifeOf(solo);
      const [operator] = await operators(used.cluster);
      assert(operator !== undefined, "the operator's pod");
      const { name, namespace = "", uid } = operator.metadata;
      await used.cluster.remove({ apiVersion: "v1", kind: "Pod", name, namespace });
      await eventually("another operator", 180, async () => {
        const pods = await operators(used.cluster);
        const ready = pods.filter((pod) => pod.metadata.uid !== uid && isReady(pod));
        return ready.length > 0 && pods.length === ready.length
          ? undefined
          : `there are ${pods.map(({ metadata }) => metadata.name).join()}`;
      });
      assert.notEqual(await solo.sql("SHOW log_min_duration_statement"), "4321ms");
      const parameters = { max_connections: "87", log_min_duration_statement: "4321" };
      // Its webhook answers a moment later than it is ready.
      await eventually("the change", 300, async () => {
        await solo.change({ parameters }, ["Cluster"]);
        return undefined;
      });
      await eventually("the changed parameter", 180, async () => {
        const found = await solo.sql("SHOW log_min_duration_statement");
        return found === "4321ms" ? undefined : `it is ${found}`;
      });
      await solo.has("condition=Ready", "condition=ContinuousArchiving");
      assert.deepEqual(await lifeOf(solo), before);
    });

    it("leaves in the bucket all that was there when a cluster is removed, and nothing in the namespace", async () => {
      await archived(solo, await solo.switchWal());
      await eventually("a base backup", 300, async () =>
        (await bucket.names(`${solo.folder}base/`)).length === 2
          ? undefined
          : `there is ${(await bucket.names(`${solo.folder}base/`)).join()}`,
      );
      const before = await bucket.objects(solo.folder);
      const kinds = ["Database", "ScheduledBackup", "Cluster", "ObjectStore", "Secret"];
      for (const kind of kinds) {
        const { apiVersion, metadata } = solo.object(kind);
        const ref = { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
        await used.cluster.remove(ref, { propagation: "Foreground" });
        await used.cluster.gone(ref);
      }
      for (const kind of ["Pod", "PersistentVolumeClaim", "Secret", "Service"])
        await eventually(`no ${kind}`, 300, async () => {
          const left = await used.cluster.list("v1", kind, { namespace: solo.namespace });
          return left.length === 0 ? undefined : left.map(({ metadata }) => metadata.name).join();
        });
      const after = new Map((await bucket.objects(solo.folder)).map((object) => [object.name, object]));
      assert.deepEqual(
        before.map(({ name }) => after.get(name)),
        before,
      );
    });
  });

  describe("when it is protected", () => {
    it("refuses to destroy a cluster that is protected, and Postgres goes on", async () => {
      const offline = new Offline();
      const store = new Bucket(used.cluster, "d-protected");
      const file = join(offline.folder, "Pulumi.dev.yaml");
      const write = (protect: boolean) => {
        const orders = { ...small, namespace: "d-protected", protect };
        const config = {
          "gcp:project": "acme-lab",
          "gcp:region": "europe-west1",
          "pulumi-cnpg:profile": "dev",
          "pulumi-cnpg:backups": { bucket: store.name, immediate: false },
          "pulumi-cnpg:clusters": { "d-orders": orders },
        };
        writeFileSync(file, dump({ config }));
      };
      const start = (...args: string[]) => offline.start(["--lab", "--stack-file", file, ...args]);
      const sql = (statement: string) => used.cluster.sql("d-protected", "d-orders", statement, "app");
      const clear = () => removeNamespace(used.cluster, "d-protected").then(() => store.remove());
      try {
        await clear();
        write(true);
        const up = await start();
        assert.equal(up.code, 0, up.output);
        await sql("CREATE TABLE kept AS SELECT 7 AS n");
        const { output, code } = await start("--destroy");
        assert.notEqual(code, 0, output);
        assert.match(
          output,
          /:(?:Cluster|ScheduledBackup|ObjectStore)::\S+" cannot be deleted\s+because it is protected/,
        );
        assert.equal(await sql("SELECT n FROM kept"), "7");
        const ref = { ...solo.ref, namespace: "d-protected" };
        assert.equal((await used.cluster.get(ref))?.metadata.deletionTimestamp, undefined);

        write(false);
        const unprotected = await start("--no-policies");
        assert.equal(unprotected.code, 0, unprotected.output);
        const down = await start("--destroy");
        assert.equal(down.code, 0, down.output);
        assert.equal(await used.cluster.get(ref), undefined);
      } finally {
        await clear();
        offline.remove();
      }
    });
  });
});
