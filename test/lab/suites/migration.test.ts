import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { completedBackups } from "./archiving";
import { Bucket } from "./bucket";
import { backupsIn, newBucket, OldServer, old, oldBucket, rows } from "./migration";
import { Writer } from "./operationsWriter";
import { eventually, explained, Postgres, removeAll, removeNamespace, small } from "./postgres";

const namespaces = ["m-import", "m-whole", "m-copy", "m-logical", "m-replica"];

describe("Migration in the lab", function () {
  this.timeout(1_200_000);

  let used: Used;
  let server: OldServer;
  let source: Postgres;
  let buckets: Bucket[] = [];
  let all: Postgres[] = [];

  /** A cluster in a namespace of its own, with the Secrets of the old server; brought up as Pulumi would. */
  async function begin(namespace: string, cluster: Readonly<Record<string, unknown>>): Promise<Postgres> {
    const made = await Postgres.of(used.cluster, namespace, {
      backups: backupsIn(used, newBucket, namespace),
      clusters: { orders: { ...small, namespace, servers: server.servers, ...cluster } },
    });
    all.push(made);
    await server.hand(namespace);
    const started = Date.now();
    await explained([made], async () => {
      await made.create();
      await made.ready();
      await made.complete();
    });
    console.log(`      ${namespace}: ${((Date.now() - started) / 1000).toFixed()} s`);
    return made;
  }

  const count = (of: Postgres, table = "sales.orders", database = "orders") =>
    of.sql(`SELECT count(*) FROM ${table}`, database);
  const ownerOf = (of: Postgres, database: string) =>
    of.sql(`SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${database}'`);
  const passwordOf = (of: Postgres, role: string) =>
    of.sql(`SELECT coalesce(rolpassword, 'none') FROM pg_authid WHERE rolname = '${role}'`);

  /** Waits until a query answers so. */
  const answers = (of: Postgres, statement: string, expected: string, database = "orders") =>
    eventually(`${expected} from ${statement}`, 300, async () => {
      const answer = await of.sql(statement, database);
      return answer === expected ? undefined : answer;
    });

  /** Waits until the operator says of an object that it is applied. */
  const applied = (of: Postgres, kind: string, name: string) =>
    of.until(of.refTo(kind, name), (object) => {
      const { applied: done, message } = (object?.status ?? {}) as { applied?: boolean; message?: string };
      return done === true ? [] : [`applied (${message ?? "no message"})`];
    });

  /** Removes a cluster that is done with: the node is small. */
  async function finish(of: Postgres): Promise<void> {
    await removeNamespace(used.cluster, of.namespace);
    all = all.filter((each) => each !== of);
  }

  before(async function () {
    used = await useLab(this, "node");
    buckets = [oldBucket, newBucket].map((bucket) => new Bucket(used.cluster, bucket));
    for (const namespace of [old, ...namespaces]) await removeNamespace(used.cluster, namespace);
    for (const bucket of buckets) await bucket.create();
    server = await OldServer.of(used);
    source = server.postgres;
    all = [source];
    await server.begin();
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

  describe("an import of one database", () => {
    let made: Postgres;
    before(async () => {
      made = await begin("m-import", {
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
    after(() => finish(made));

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
      made = await begin("m-whole", {
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
    after(() => finish(made));

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
      for (const role of ["shop", "billing"])
        await eventually(`another password of ${role}`, 120, async () =>
          (await passwordOf(made, role)) === (await passwordOf(source, role))
            ? "it is the source's"
            : undefined,
        );
      for (const database of ["orders", "billing"]) await applied(made, "Database", `orders-${database}`);
    });
  });

  describe("a base backup of the running server", () => {
    let made: Postgres;
    before(async () => {
      made = await begin("m-copy", {
        databases: { orders: { owner: "shop" }, billing: {} },
        baseBackupFrom: { server: "stream", postgresMajor: 17, database: "orders" },
      });
    });
    after(() => finish(made));

    it("has every row, is a primary of its own, and archives to a place of its own", async () => {
      assert.equal(await count(made), String(rows));
      assert.equal(await count(made, "bills", "billing"), String(rows / 2));
      assert.equal(await made.sql("SELECT pg_is_in_recovery()"), "f");
      await made.sql("INSERT INTO sales.orders (note) VALUES ('new')", "orders");
      assert.equal(await count(source), String(rows));
      assert.notEqual((await buckets[1]?.names(`${made.folder}wals/`))?.length, 0);
      await eventually("another password", 120, async () =>
        (await passwordOf(made, "shop")) === (await passwordOf(source, "shop"))
          ? "it is the source's"
          : undefined,
      );
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
      await applied(source, "Publication", `${old}-move`);
      made = await begin("m-logical", {
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
    after(() => finish(made));

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
      await made.until(made.refTo("Subscription", "orders-move"), (object) => {
        const status = (object?.status ?? {}) as {
          observedGeneration?: number;
          applied?: boolean;
          message?: string;
        };
        const seen = status.observedGeneration === object?.metadata.generation && status.applied === true;
        return seen ? [] : [`the change applied (${status.message ?? "no message"})`];
      });
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

  describe("a replica cluster that follows the archive", () => {
    let made: Postgres;
    let from = 0;
    before(async () => {
      await eventually("a base backup", 300, async () => {
        const done = await completedBackups(used.cluster, source);
        return done.length > 0 ? undefined : "none is completed";
      });
      from = Number(await count(source));
      const { location } = source;
      made = await begin("m-replica", {
        databases: { orders: { owner: "shop" }, billing: {} },
        recoverFrom: {
          bucket: location.bucket,
          objectPrefix: location.prefix,
          serverName: location.serverName,
          postgresMajor: 17,
          database: "orders",
        },
        replica: {},
      });
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
      const secrets = await used.cluster.list("v1", "Secret", { namespace: "m-replica" });
      const names = secrets.map(({ metadata }) => metadata.name);
      assert(!names.some((name) => name.endsWith("-credentials") || name.endsWith("-app")), names.join());
      const databases = await used.cluster.list("postgresql.cnpg.io/v1", "Database", {
        namespace: "m-replica",
      });
      assert.deepEqual(databases, []);
    });

    it("archives what it is sent under a server name of its own, and makes base backups of it", async () => {
      await eventually("a WAL file of its own", 300, async () =>
        (await buckets[1]?.names(`${made.folder}wals/`))?.length === 0 ? "there is none" : undefined,
      );
      await eventually("a base backup of its own", 600, async () => {
        await source.switchWal();
        const done = await completedBackups(used.cluster, made);
        return done.length > 0 ? undefined : "none is completed";
      });
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
      for (const role of ["shop", "billing"])
        await eventually(`another password of ${role}`, 120, async () =>
          (await passwordOf(made, role)) === (await passwordOf(source, role))
            ? "it is the source's"
            : undefined,
        );
      await made.sql("INSERT INTO sales.orders (note) VALUES ('own')", "orders");
      assert.equal(await count(source), String(from + 50));
    });
  });
});

const firstLine = (text: string) => text.split("\n")[0];
