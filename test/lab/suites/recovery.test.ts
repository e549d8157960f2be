import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { completedBackups } from "./archiving";
import { Bucket } from "./bucket";
import { eventually, explained, Postgres, removeAll, removeNamespace, small } from "./postgres";

const [sourceBucket, cloneBucket] = ["r-source", "r-clone"];
const name = "r-orders";
const databases = { orders: { owner: "orders" } };

describe("Recovery in the lab", function () {
  this.timeout(1_200_000);

  let used: Used;
  let buckets: Bucket[] = [];
  let source: Postgres;
  let all: Postgres[] = [];
  /** A moment after 100 and 50 rows, and before 25 more. */
  let between = "";
  const settingsOf = (bucket: string) => ({
    bucket,
    identity: "perCluster",
    env: { STORAGE_EMULATOR_HOST: used.stores.gcs },
    sidecar: { cpu: "50m" },
  });

  /** A cluster in a namespace of its own, with an archive of its own, that is recovered from the source. */
  async function cloneOf(
    namespace: string,
    cluster: Readonly<Record<string, unknown>> = {},
  ): Promise<Postgres> {
    const { location } = source;
    const made = await Postgres.of(used.cluster, namespace, {
      backups: { ...settingsOf(cloneBucket), prefix: namespace, existingBucket: true, deleteAge: "60d" },
      clusters: {
        [name]: {
          ...small,
          namespace,
          databases,
          ...cluster,
          recoverFrom: {
            bucket: location.bucket,
            objectPrefix: location.prefix,
            serverName: location.serverName,
            postgresMajor: 17,
            ...(cluster.recoverFrom as object | undefined),
          },
        },
      },
    });
    all.push(made);
    await begin(made);
    return made;
  }

  /** Brings it up as Pulumi would, until its own WAL is in the bucket. */
  async function begin(of: Postgres): Promise<void> {
    await explained([of], async () => {
      await of.create();
      await of.ready();
      await of.complete();
    });
  }

  /** Removes its Cluster with what that owns, as Pulumi does before it makes another; no pod takes its time here. */
  async function lose(of: Postgres): Promise<void> {
    await used.cluster.remove(of.ref, { propagation: "Foreground" });
    const pods = ["delete", "pods", "--all", "-n", of.namespace];
    await used.cluster.kubectl([...pods, "--force", "--grace-period=0", "--wait=false"]);
    await used.cluster.gone(of.ref);
  }

  const rows = (of: Postgres, database = "orders") => of.sql("SELECT count(*) FROM rows", database);

  /** Waits until a WAL file of a Postgres is in the bucket. */
  async function archived(of: Postgres, segment: string): Promise<void> {
    const object = `${of.folder}wals/${segment.slice(0, 16)}/${segment}.gz`;
    await eventually(`object ${object}`, 180, async () =>
      (await buckets[0]?.names(object))?.length === 1 ? undefined : "it is not there",
    );
  }

  /** Objects below the source's folder. */
  const left = async () => (await buckets[0]?.names(source.folder)) ?? [];

  before(async function () {
    used = await useLab(this, "node");
    buckets = [sourceBucket, cloneBucket].map((bucket) => new Bucket(used.cluster, bucket));
    source = await Postgres.of(used.cluster, "r-source", {
      backups: settingsOf(sourceBucket),
      clusters: { [name]: { ...small, namespace: "r-source", databases } },
    });
    all = [source];
    for (const namespace of ["r-source", "r-clone", "r-past", "r-again"])
      await removeNamespace(used.cluster, namespace);
    for (const bucket of buckets) await bucket.create();
    await begin(source);
    await explained(all, async () => {
      await source.sql("CREATE TABLE rows AS SELECT generate_series(1, 100) AS n", "orders");
      await eventually("a base backup", 300, async () => {
        const done = await completedBackups(used.cluster, source);
        return done.length > 0 ? undefined : "none is completed";
      });
      await source.sql("INSERT INTO rows SELECT generate_series(101, 150)", "orders");
      await source.sql("SELECT pg_sleep(1.5)");
      between = await source.sql(`SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
      await source.sql("SELECT pg_sleep(1.5)");
      await source.sql("INSERT INTO rows SELECT generate_series(151, 175)", "orders");
      await archived(source, await source.switchWal());
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed")
      for (const each of all) console.error(await each.explain().catch((error: unknown) => error));
  });

  after(async () => {
    if (used === undefined) return;
    await removeAll(used.cluster, all);
    for (const bucket of buckets) await bucket.remove();
    used.cluster.close();
  });

  describe("a clone in another namespace, of the same name", () => {
    let clone: Postgres;
    before(async () => {
      clone = await cloneOf("r-clone");
    });

    it("has every row, also those from after the base backup", async () => {
      assert.equal(await rows(clone), "175");
    });

    it("has no database and no role app, and its owner has a password of the clone's own", async () => {
      assert.equal(await clone.sql("SELECT count(*) FROM pg_database WHERE datname = 'app'"), "0");
      assert.equal(await clone.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'app'"), "0");
      const owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'orders'";
      assert.equal(await clone.sql(owner), "orders");
      const secret = "SELECT rolpassword FROM pg_authid WHERE rolname = 'orders'";
      await eventually("another password", 60, async () =>
        (await clone.sql(secret)) === (await source.sql(secret)) ? "it is the source's" : undefined,
      );
    });

    it("archives to a place of its own, and leaves the source's objects as they were", async () => {
      const before = await left();
      await clone.sql("INSERT INTO rows SELECT generate_series(1001, 1010)", "orders");
      const segment = await clone.switchWal();
      await eventually("its WAL", 180, async () =>
        (await buckets[1]?.names(`${clone.folder}wals/`))?.some((object) => object.includes(segment))
          ? undefined
          : "it is not there",
      );
      for (const object of before) assert((await left()).includes(object), object);
      assert.equal(await rows(source), "175");
      assert.equal(await rows(clone), "185");
    });

    it("is made anew by another generation, from the same source, with another archive", async () => {
      const former = clone.folder;
      await lose(clone);
      await clone.change({ generation: 2 }, []);
      assert.notEqual(clone.folder, former);
      await begin(clone);
      assert.equal(await rows(clone), "175");
    });
  });

  // A describe of its own: mocha runs what stands beside one before it, and the last of these gives the source another life.
  describe("the same source", () => {
    it("recovers to a moment between two inserts", async () => {
      const past = await cloneOf("r-past", { recoverFrom: { target: { time: between } } });
      assert.equal(await rows(past), "150");
    });

    it("recovers a base backup alone", async () => {
      const [backupID = ""] = await completedBackups(used.cluster, source);
      const alone = await cloneOf("r-again", { recoverFrom: { target: { immediate: true, backupID } } });
      assert.equal(await rows(alone), "100");
    });

    it("is restored in place after its loss, and archives under a name of its own", async () => {
      const former = source.folder;
      const kept = await left();
      await lose(source);
      await source.change({ generation: 2, recoverFrom: { generation: 1 } }, []);
      assert.notEqual(source.folder, former);
      await begin(source);
      assert.equal(await rows(source), "175");
      const names = (await buckets[0]?.names(former)) ?? [];
      for (const object of kept) assert(names.includes(object), object);
    });
  });
});
