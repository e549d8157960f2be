import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { completedBackups } from "./archiving";
import { answers, applied, count, Migration, ownPassword, passwordOf } from "./migration";
import { eventually, explained, type Postgres } from "./postgres";

describe("Replica clusters in the lab", function () {
  this.timeout(1_800_000);

  let used: Used;
  let migration: Migration;
  let source: Postgres;

  before(async function () {
    used = await useLab(this, "node");
    migration = await Migration.from(used, "n-old", ["n-replica", "n-north"]);
    source = migration.source;
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed")
      for (const each of migration.all) console.error(await each.explain().catch((error: unknown) => error));
  });

  after(async () => {
    await migration?.end();
    used?.cluster.close();
  });

  describe("a replica cluster that follows the archive", () => {
    let made: Postgres;
    let from = 0;
    after(() => migration.finish(made));
    before(async () => {
      await eventually("a base backup", 900, async () => {
        // It waits for a checkpoint, which takes its time.
        await source.sql("CHECKPOINT");
        const done = await completedBackups(used.cluster, source);
        return done.length > 0 ? undefined : "none is completed";
      });
      from = Number(await count(source));
      made = await migration.begin("n-replica", {
        databases: { orders: { owner: "shop" }, billing: {} },
        recoverFrom: { ...migration.archive, database: "orders" },
        replica: {},
        // Fewer than its source has.
        parameters: { max_connections: "40" },
      });
    });

    const connections = (of: Postgres) => of.sql("SHOW max_connections");

    it("runs with its source's max_connections where it declares fewer, which Postgres would not start with", async () => {
      assert.equal(await connections(made), await connections(source));
    });

    it("has every row that is in the archive, and can't be written to", async () => {
      await source.switchWal();
      await answers(made, "SELECT count(*) FROM sales.orders", String(from));
      assert.equal(await made.sql("SELECT pg_is_in_recovery()"), "t");
      await assert.rejects(made.sql("INSERT INTO sales.orders (note) VALUES ('x')", "orders"), /read-only/);
    });

    it("follows: what is written to the source is here when its WAL file is archived", async () => {
      await source.sql(
        "INSERT INTO sales.orders (note) SELECT 'later' FROM generate_series(1, 50)",
        "orders",
      );
      const started = Date.now();
      await source.switchWal();
      await answers(made, "SELECT count(*) FROM sales.orders", String(from + 50));
      console.log(`      50 rows here ${Date.now() - started} ms after the WAL switch`);
    });

    it("has the source's passwords, no Secret that would open nothing, and no Database yet", async () => {
      assert.equal(await passwordOf(made, "shop"), await passwordOf(source, "shop"));
      const secrets = await used.cluster.list("v1", "Secret", { namespace: "n-replica" });
      const names = secrets.map(({ metadata }) => metadata.name);
      assert(!names.some((name) => name.endsWith("-credentials") || name.endsWith("-app")), names.join());
      const databases = await used.cluster.list("postgresql.cnpg.io/v1", "Database", {
        namespace: "n-replica",
      });
      assert.deepEqual(databases, []);
    });

    it("archives what it is sent under a server name of its own, and makes base backups of it", async () => {
      await eventually("a WAL file of its own", 300, async () =>
        (await migration.buckets[1].names(`${made.folder}wals/`))?.length === 0 ? "there is none" : undefined,
      );
      // The end of a base backup is in a WAL file that the source has to send; one a minute, a slow archiver keeps up with.
      let sent = 0;
      await eventually("a base backup of its own", 900, async () => {
        if (Date.now() - sent > 60_000) {
          await source.sql("CHECKPOINT");
          await source.switchWal();
          sent = Date.now();
        }
        const done = await completedBackups(used.cluster, made);
        return done.length > 0 ? undefined : "none is completed";
      });
    });

    it("stops where its source is given more connections than it has, and goes on once it is restarted", async () => {
      const follows = (rows: number) => answers(made, "SELECT count(*) FROM sales.orders", String(rows));
      await source.change({ parameters: { max_connections: "210" } }, ["Cluster"]);
      await answers(source, "SHOW max_connections", "210");
      await source.sql("DELETE FROM sales.orders WHERE note = 'later'", "orders");
      await source.switchWal();
      await answers(made, "SELECT pg_get_wal_replay_pause_state()", "paused");
      await used.cluster.remove(made.refTo("Pod", `${made.name}-1`));
      await follows(from);
      assert.equal(await connections(made), "210");
      await source.sql(
        "INSERT INTO sales.orders (note) SELECT 'later' FROM generate_series(1, 50)",
        "orders",
      );
      await source.switchWal();
      await follows(from + 50);
    });

    it("is promoted by enabled: false, with all rows, and becomes what the stack file says", async () => {
      await made.change({ replica: { enabled: false } }, ["Secret", "Cluster"]);
      const started = Date.now();
      await answers(made, "SELECT pg_is_in_recovery()", "f");
      console.log(`      a primary ${Date.now() - started} ms after the change`);
      await made.ready();
      await made.complete();
      for (const database of ["orders", "billing"]) await applied(made, "Database", `orders-${database}`);
      assert.equal(await count(made), String(from + 50));
      for (const role of ["shop", "billing"]) await ownPassword(made, role, source);
      await made.sql("INSERT INTO sales.orders (note) VALUES ('own')", "orders");
      assert.equal(await count(source), String(from + 50));
    });
  });

  describe("two clusters of a distributed topology", () => {
    let north: Postgres;
    let from = 0;
    /** What a stack file says of a cluster's place in the topology. */
    const place = (self: string, primary: string) => ({ self, primary });
    /** The same of the one that began by itself, with the archive of the other. */
    const south = (primary: string) => ({
      ...place("south", primary),
      source: {
        bucket: north.location.bucket,
        objectPrefix: north.location.prefix,
        serverName: north.location.serverName,
        postgresMajor: 17,
      },
    });

    before(async () => {
      from = Number(await count(source));
      north = await migration.begin("n-north", {
        databases: { orders: { owner: "shop" }, billing: {} },
        recoverFrom: { ...migration.archive, database: "orders" },
        replica: place("north", "south"),
        // As many as its source has by now, or it would stop at the WAL record that says so.
        parameters: { max_connections: "210" },
      });
      await explained([source], async () => {
        await source.change({ replica: south("south") }, ["ObjectStore", "Cluster"]);
        await source.ready();
      });
    });

    it("begins with the one as primary, and what the other declares held back", async () => {
      assert.equal(await source.sql("SELECT pg_is_in_recovery()"), "f");
      await source.switchWal();
      await answers(north, "SELECT count(*) FROM sales.orders", String(from));
      const ref = north.refTo("Database", "orders-orders");
      const { applied: done, message } = ((await used.cluster.get(ref))?.status ?? {}) as {
        applied?: boolean;
        message?: string;
      };
      assert.notEqual(done, true);
      assert.match(message ?? "", /waiting for the cluster to become primary/);
    });

    it("changes the primary without loss, by the token of the one that hands over", async () => {
      await source.sql("INSERT INTO sales.orders (note) SELECT 'last' FROM generate_series(1, 25)", "orders");
      const started = Date.now();
      await source.change({ replica: south("north") }, ["ObjectStore", "Cluster"]);
      let promotionToken = "";
      await eventually("a demotion token", 300, async () => {
        promotionToken = ((await source.status()) as { demotionToken?: string }).demotionToken ?? "";
        return promotionToken === "" ? "there is none" : undefined;
      });
      console.log(`      demoted after ${Date.now() - started} ms`);
      const replica = { ...place("north", "north"), promotionToken };
      await north.change({ replica }, ["Secret", "ObjectStore", "Cluster"]);
      await answers(north, "SELECT pg_is_in_recovery()", "f");
      console.log(`      the other is the primary after ${Date.now() - started} ms`);
      assert.equal(await count(north), String(from + 25));
      await applied(north, "Database", "orders-orders");
    });

    it("goes on the other way round: the former primary follows, and was not made anew", async () => {
      const [pod] = await source.pods();
      assert.equal(pod?.metadata.name, "n-old-1");
      await north.sql("INSERT INTO sales.orders (note) SELECT 'north' FROM generate_series(1, 10)", "orders");
      await north.switchWal();
      await answers(source, "SELECT count(*) FROM sales.orders", String(from + 35));
      assert.equal(await source.sql("SELECT pg_is_in_recovery()"), "t");
    });
  });
});
