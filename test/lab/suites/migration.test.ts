import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { answers, applied, count, Migration, ownPassword, rows } from "./migration";
import { Writer } from "./operationsWriter";
import { eventually, type Postgres } from "./postgres";

describe("Migration in the lab", function () {
  this.timeout(1_200_000);

  let used: Used;
  let migration: Migration;
  let source: Postgres;

  const ownerOf = (of: Postgres, database: string) =>
    of.sql(`SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${database}'`);

  before(async function () {
    used = await useLab(this, "node");
    migration = await Migration.from(used, "m-old", ["m-import", "m-whole", "m-copy", "m-logical"]);
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

  describe("an import of one database", () => {
    let made: Postgres;
    before(async () => {
      made = await migration.begin("m-import", {
        databases: { shop: { owner: "till", extensions: ["vector"], schemas: ["sales", "fresh"] } },
        backup: { enabled: false },
        importFrom: {
          server: "old",
          postgresMajor: 17,
          type: "microservice",
          databases: ["orders"],
          pgDumpExtraOptions: ["--jobs=2"],
          pgRestoreDataOptions: ["--jobs=2"],
          postImportApplicationSQL: ["CREATE TABLE sales.imported AS SELECT count(*) AS n FROM sales.orders"],
        },
      });
    });
    after(() => migration.finish(made));

    it("has every row, in the database and with the owner that the stack file names", async () => {
      assert.equal(await count(made, "sales.orders", "shop"), String(rows));
      assert.equal(await made.sql("SELECT n FROM sales.imported", "shop"), String(rows));
      assert.equal(await ownerOf(made, "shop"), "till");
      const owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'orders'";
      assert.equal(await made.sql(owner, "shop"), "till");
      assert.equal(await made.sql("SELECT rolsuper FROM pg_roles WHERE rolname = 'till'"), "f");
    });

    it("goes on with the sequence, and has index, extension and schemas, also one that the source has not", async () => {
      assert.equal(
        await made.sql("INSERT INTO sales.orders (note) VALUES ('new') RETURNING n", "shop").then(firstLine),
        String(rows + 1),
      );
      assert.equal(
        await made.sql("SELECT count(*) FROM pg_indexes WHERE indexname = 'orders_note'", "shop"),
        "1",
      );
      await applied(made, "Database", "orders-shop");
      assert.equal(await made.sql("SELECT count(*) FROM pg_extension WHERE extname = 'vector'", "shop"), "1");
      assert.equal(await made.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'fresh'", "shop"), "1");
    });
  });

  describe("an import of a whole server", () => {
    let made: Postgres;
    before(async () => {
      made = await migration.begin("m-whole", {
        databases: { orders: { owner: "shop", extensions: ["vector"] }, billing: {} },
        backup: { enabled: false },
        importFrom: {
          server: "old",
          postgresMajor: 17,
          type: "monolith",
          databases: ["*"],
          roles: ["*"],
          database: "orders",
        },
      });
    });
    after(() => migration.finish(made));

    it("has every row of both databases, with their owners and privileges, and no database app", async () => {
      assert.equal(await count(made), String(rows));
      assert.equal(await count(made, "bills", "billing"), String(rows / 2));
      assert.equal(await ownerOf(made, "orders"), "shop");
      assert.equal(await ownerOf(made, "billing"), "billing");
      assert.equal(
        await made.sql("SELECT has_table_privilege('reader', 'sales.orders', 'SELECT')", "orders"),
        "t",
      );
      assert.equal(await made.sql("SELECT count(*) FROM pg_database WHERE datname = 'app'"), "0");
    });

    it("gives the owners passwords of its own", async () => {
      for (const role of ["shop", "billing"]) await ownPassword(made, role, source);
      for (const database of ["orders", "billing"]) await applied(made, "Database", `orders-${database}`);
    });
  });

  describe("a base backup of the running server", () => {
    let made: Postgres;
    before(async () => {
      made = await migration.begin("m-copy", {
        databases: { orders: { owner: "shop" }, billing: {} },
        baseBackupFrom: { server: "stream", postgresMajor: 17, database: "orders" },
      });
    });
    after(() => migration.finish(made));

    it("has every row, is a primary of its own, and archives to a place of its own", async () => {
      assert.equal(await count(made), String(rows));
      assert.equal(await count(made, "bills", "billing"), String(rows / 2));
      assert.equal(await made.sql("SELECT pg_is_in_recovery()"), "f");
      await made.sql("INSERT INTO sales.orders (note) VALUES ('new')", "orders");
      assert.equal(await count(source), String(rows));
      assert.notEqual((await migration.buckets[1].names(`${made.folder}wals/`))?.length, 0);
      await ownPassword(made, "shop", source);
    });
  });

  describe("a logical replication, and the cut-over", () => {
    let made: Postgres;
    let writer: Writer;
    before(async () => {
      writer = await Writer.start(used.cluster, source);
      await writer.confirmed(20);
      await source.change({ publications: { move: { database: "orders", allTables: true } } }, [
        "Publication",
      ]);
      await applied(source, "Publication", "m-old-move");
      made = await migration.begin("m-logical", {
        databases: { orders: { owner: "shop", extensions: ["vector"] } },
        importFrom: {
          server: "old",
          postgresMajor: 17,
          type: "microservice",
          databases: ["orders"],
          schemaOnly: true,
        },
        subscriptions: {
          move: { database: "orders", server: "old", publication: "move", parameters: { copy_data: "true" } },
        },
      });
    });
    after(() => migration.finish(made));

    it("copies what is there and follows while the application writes to the old server", async () => {
      await applied(made, "Subscription", "orders-move");
      await answers(made, "SELECT count(*) FROM sales.orders", String(rows));
      const { kept } = await writer.written();
      await writer.confirmed(kept.length + 20);
      await answers(made, `SELECT count(*) >= ${kept.length} FROM kept`, "t");
    });

    it("survives a change of the subscription, whose parameters count at its creation only", async () => {
      const parameters = { copy_data: "true", create_slot: "true" };
      const { move } = (made.settings.clusters.orders?.subscriptions ?? {}) as { move: object };
      await made.change({ subscriptions: { move: { ...move, parameters } } }, ["Subscription"]);
      await applied(made, "Subscription", "orders-move");
    });

    it("has the same rows once the application has stopped, and does not carry sequences", async () => {
      await writer.stop();
      await eventually("the writer's end", 120, async () =>
        (await writer.written()).done === undefined ? "it writes" : undefined,
      );
      const total = await count(source, "kept");
      const started = Date.now();
      await answers(made, "SELECT count(*) FROM kept", total);
      console.log(`      ${total} rows of the writer here ${Date.now() - started} ms after it has ended`);
      assert.equal(await count(made), await count(source));
      const digest = "SELECT md5(string_agg(t::text, ',' ORDER BY n)) FROM sales.orders t";
      assert.equal(await made.sql(digest, "orders"), await source.sql(digest, "orders"));
      assert.equal(await made.sql("SELECT is_called FROM sales.orders_n_seq", "orders"), "f");
    });

    it("is cut over by setting the sequences and taking the subscription out, which takes its slot along", async () => {
      const sequences =
        "SELECT format('SELECT setval(%L, %s)', quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value) " +
        "FROM pg_sequences WHERE last_value IS NOT NULL";
      await made.sql((await source.sql(sequences, "orders")).split("\n").join("; "), "orders");
      await made.change({ subscriptions: {} }, []);
      const ref = made.refTo("Subscription", "orders-move");
      await used.cluster.remove(ref);
      await used.cluster.gone(ref);
      assert.equal(await made.sql("SELECT count(*) FROM pg_subscription"), "0");
      assert.equal(
        await source.sql("SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'logical'"),
        "0",
      );
      const inserted = await made.sql("INSERT INTO sales.orders (note) VALUES ('new') RETURNING n", "orders");
      assert.equal(firstLine(inserted), String(rows + 1));
    });
  });
});

const firstLine = (text: string) => text.split("\n")[0];
