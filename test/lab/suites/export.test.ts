import assert from "node:assert/strict";
import { JobPurpose } from "../../../components/index";
import type { KubernetesObject } from "../../../lab/cluster";
import { Store } from "../../../lab/stack/store";
import { asked } from "../gcs/calls";
import { type GcsProxy, startGcsProxy } from "../gcs/proxy";
import { type Used, useLab } from "../use";
import { Bucket } from "./bucket";
import { type Ended, endOf, judgeOf, planOf, runNow } from "./exportJobs";
import { describeS3 } from "./exportS3";
import { cnpg, LabStack } from "./labStack";
import { eventually, Postgres, small } from "./postgres";
import { removeNamespace } from "./removeNamespace";

const [source, target] = ["e-source", "e-target"];
const folder = "exports/db/orders";

/** Tables in two schemas, a type of an extension, a view, a large object, and one table whose rows are left out. */
const content = `
set role orders;
create table customers (id int primary key, name text not null);
insert into customers select n, 'customer ' || n from generate_series(1, 1000) n;
create table sales.orders (id serial primary key, customer int references customers, paid boolean);
insert into sales.orders (customer, paid) select n, n % 2 = 0 from generate_series(1, 500) n;
create table items (id int, embedding vector(3));
insert into items select n, format('[%s,0,1]', n)::vector from generate_series(1, 50) n;
create table noise as select generate_series(1, 99) n;
create view sales.open as select * from sales.orders where not paid;
comment on schema sales is 'what is sold';
select lo_from_bytea(4711, decode(repeat('ab', 3000), 'hex'));`;

/** What of all that can be counted. */
const counts = `select (select count(*) from customers), (select count(*) from sales.open),
  (select sum(embedding <-> '[0,0,1]') from items), (select count(*) from noise),
  (select length(lo_get(4711))), obj_description('sales'::regnamespace),
  (select string_agg(distinct tableowner, ',') from pg_tables where schemaname in ('public', 'sales'))`;

describe("exports, imports and backups on demand", function () {
  this.timeout(900_000);
  this.slow(60_000);
  // Each test begins where the one before ended.
  this.bail(true);
  let used: Used;
  let bucket: Bucket;
  let stack: LabStack;
  let [writer, reader]: (GcsProxy | undefined)[] = [];
  let into: Postgres;
  let dump = "";
  let id: string | undefined;
  /** What the dump has, as its new owner's. */
  let expected = "";

  const env = (proxy: GcsProxy | undefined) => ({
    RCLONE_GCS_ENDPOINT: `${proxy?.url}/storage/v1/`,
    RCLONE_GCS_ANONYMOUS: "true",
  });
  const dumps = async () => (await bucket.names(`${folder}/`)).filter((name) => name.endsWith(".dump"));
  const exported = async () => (await dumps()).map((name) => name.slice(folder.length + 1)).sort();
  const everything = () => used.cluster.sql(source, "db", counts, "orders");
  /** Imports into one of the target's databases. */
  async function imports(database: string, from: Readonly<Record<string, unknown>> = {}, jobs?: number) {
    const importDump = {
      database,
      from: { bucket: source, objectPrefix: folder, ...from },
      storage: "100Mi",
      jobs,
    };
    await into.change({ importDump: JSON.parse(JSON.stringify(importDump)) }, []);
    // Of S3, its server judges.
    if (from.s3 === undefined) reader?.judgeBy(judgeOf(into.rendered.plan, JobPurpose.Import));
    return runNow(used.cluster, into.rendered.objects, JobPurpose.Import);
  }

  before(async function () {
    used = await useLab(this, "node");
    const { cluster, stores } = used;
    const [upstream, listen] = [stores.fromHere?.gcs, stores.thisMachine];
    // On a cluster that was there before, pods don't reach the proxies on this machine.
    if (upstream === undefined || listen === undefined) return this.skip();
    stack = await LabStack.fresh(cluster, new Store(cluster, stores), source);
    bucket = new Bucket(cluster, source);
    for (const namespace of [source, target]) await removeNamespace(cluster, namespace);
    await bucket.remove();
    writer = await startGcsProxy({ upstream, listen });
    reader = await startGcsProxy({ upstream, listen });
    stack.write({
      databases: { orders: { extensions: ["vector"], schemas: ["sales"] } },
      backup: { immediate: false },
    });
    const { code, output } = await stack.start();
    assert.equal(code, 0, output);
    await cluster.sql(source, "db", content, "orders");
  });

  after(async () => {
    await Promise.all([writer?.stop(), reader?.stop()]);
    if (used === undefined) return;
    if (stack !== undefined) await stack.remove();
    await removeNamespace(used.cluster, target);
    used.cluster.close();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed" && into !== undefined)
      console.error(await into.explain().catch(String));
  });

  /** Settings of the source with a dump that is made once, one that is not yet scheduled, and a backup. */
  function write(run: string) {
    const room = { storage: "100Mi", database: "orders" };
    return stack.write(
      {
        databases: { orders: { extensions: ["vector"], schemas: ["sales"] } },
        backup: { immediate: false, manual: { "before-upgrade": { target: "primary" } } },
        exports: {
          once: { ...room, run, compress: "gzip:1", excludeTableData: ["noise"] },
          nightly: { ...room, schedule: "0 * * * * *", suspend: true, excludeTables: ["*.noise", "sales.*"] },
        },
      },
      { identity: "perCluster" },
      source,
      { "pulumi-cnpg:exports": { env: env(writer) } },
    );
  }

  it("dumps a database with all that is in it, and writes its checksum, with no right but to create objects", async () => {
    writer?.judgeBy(judgeOf(planOf(write("first")), JobPurpose.Export));
    const { code, output } = await stack.start();
    assert.equal(code, 0, output);
    [, id] = /before-upgrade\s*: "(\d{8}T\d{6})"/.exec(output) ?? [];
    const [only = "", ...more] = await exported();
    assert.deepEqual(more, []);
    dump = only;
    // Its rows of one table are left out.
    assert.match(dump, /^\d{8}T\d{6}Z-once-[a-z0-9]{5}\.partial\.dump$/);
    const [job] = await used.cluster.list("batch/v1", "Job", { namespace: source });
    const { log } = await endOf(used.cluster, source, job?.metadata.name ?? "");
    const [, sum] = new RegExp(`${dump}: \\d+ bytes, sha256 ([0-9a-f]{64})`).exec(log) ?? [];
    assert.equal(await bucket.read(`${folder}/${dump}.sha256`), `${sum}  ${dump}\n`);
    assert.match(log, new RegExp(`exported to gs://${source}/${folder}/${dump}`));
    const calls = writer?.forget() ?? [];
    const allowed = calls.filter(({ status }) => status < 400);
    assert.deepEqual(asked(allowed), ["storage.objects.create"]);
    // The checksum is what says that the dump is whole.
    const written = allowed.map(({ object }) => object).filter((object, i, all) => all.indexOf(object) === i);
    assert.deepEqual(written, [`${folder}/${dump}`, `${folder}/${dump}.sha256`]);
  });

  it("tells Barman's id of the backup that was asked for, which is its folder in the bucket", async () => {
    const bases = (await bucket.names("cnpg/db/db-g1/base/")).map((name) => name.split("/")[4]);
    assert.deepEqual([...new Set(bases)], [id]);
  });

  it("is refused its own former dumps, to write over them, and the backups", async () => {
    const objects = `${writer?.url}/storage/v1/b/${source}/o`;
    const path = encodeURIComponent(`${folder}/${dump}`);
    assert.equal((await fetch(`${objects}/${path}?alt=media`)).status, 403);
    assert.equal((await fetch(`${objects}/${path}`, { method: "DELETE" })).status, 403);
    assert.equal((await fetch(`${objects}?prefix=${folder}/`)).status, 403);
    for (const name of [`${folder}/${dump}`, "cnpg/db/db-g1/base/x", "exports/db2/x"]) {
      const upload = `${writer?.url}/upload/storage/v1/b/${source}/o?uploadType=media&name=${encodeURIComponent(name)}`;
      assert.equal((await fetch(upload, { method: "POST", body: "x" })).status, 403, name);
    }
  });

  it("brings the newest dump of an export into a new cluster, as its owner's, with the rights to read it alone", async () => {
    into = await Postgres.of(used.cluster, target, {
      backups: { bucket: target, identity: "perCluster" },
      exports: { env: env(reader) },
      clusters: {
        copy: {
          ...small,
          namespace: target,
          backup: { enabled: false },
          databases: {
            shop: { owner: "keeper", extensions: ["vector"], schemas: ["sales"] },
            again: { owner: "keeper", extensions: ["vector"] },
            broken: {},
            "from-s3": { owner: "keeper", extensions: ["vector"] },
          },
          initdb: { database: "shop" },
          importDump: { database: "shop", from: { bucket: source, objectPrefix: folder, export: "once" } },
        },
      },
    });
    await into.create();
    await into.ready();
    await into.complete();
    const { ok, log } = await imports("shop", { export: "once" });
    assert(ok, log);
    assert.match(log, new RegExp(`${dump} is partial: its export left tables or rows out`));
    assert.match(log, new RegExp(`imported ${dump}, sha256 [0-9a-f]{64} into database shop`));
    const was = await everything();
    assert.equal(was.split("|")[0], "1000", was);
    expected = was.replace("|99|", "|0|").replace(/orders$/, "keeper");
    assert.equal(await into.sql(counts, "shop"), expected);
    const calls = (reader?.forget() ?? []).filter(({ status }) => status < 400);
    assert.deepEqual(asked(calls), ["storage.objects.get", "storage.objects.list"]);
  });

  it("does nothing when it is asked again, and refuses another dump of a database that has one", async () => {
    await into.sql("delete from customers where id = 1000; insert into noise values (1)", "shop");
    const before = await into.sql("select count(*) from noise", "shop");
    const again = await imports("shop", { export: "once" });
    assert(again.ok, again.log);
    assert.match(again.log, /nothing to do: imported: gs:\/\/e-source\/exports\/db\/orders/);
    assert.equal(await into.sql("select count(*) from noise", "shop"), before);
    refused(await imports("shop", { object: dump }), /refused: database shop has another dump already/);
  });

  it("takes no dump from which something was left out, if none is named", async () => {
    refused(
      await imports("broken"),
      /known to be one from which nothing was left out; there are 1 others, the last of them \S+\.partial\.dump\./,
    );
  });

  it("refuses a dump that is not what was exported, and leaves the database empty", async () => {
    await bucket.write("exports/bad/bad.dump", `not ${dump}`);
    await bucket.write("exports/bad/bad.dump.sha256", await bucket.read(`${folder}/${dump}.sha256`));
    await bucket.write("exports/bad/z-half.dump", "without its checksum");
    refused(
      await imports("broken", { objectPrefix: "exports/bad", object: "bad.dump" }),
      /bad\.dump is not what was exported: its sha256 is/,
    );
    refused(
      await imports("broken", { objectPrefix: "exports/none" }),
      /there is no dump with a checksum in gs:/,
    );
    assert.equal(await into.sql("select count(*) from pg_tables where schemaname = 'public'", "broken"), "0");
  });

  it("refuses a database that has tables of its own", async () => {
    await into.sql("create table mine ()", "broken");
    refused(
      await imports("broken", { object: dump }),
      /database broken has 1 tables, views or sequences already/,
    );
  });

  it("restores with several connections too, and makes the schemas that are not there", async () => {
    const { ok, log } = await imports("again", { object: dump }, 2);
    assert(ok, log);
    assert.equal(await into.sql(counts, "again"), expected);
  });

  it("dumps on schedule, without the tables that are left out", async () => {
    const [cron] = await used.cluster.list("batch/v1", "CronJob", { namespace: source });
    const ref = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      name: cron?.metadata.name ?? "",
      namespace: source,
    };
    await used.cluster.patch(ref, { spec: { suspend: false } });
    await eventually("a second dump", 300, async () => {
      const names = await bucket.names(`${folder}/`);
      return names.filter((name) => name.endsWith(".sha256")).length > 1 ? undefined : names.join();
    });
    await used.cluster.patch(ref, { spec: { suspend: true } });
    const newest = (await exported()).at(-1) ?? "";
    assert.notEqual(newest, dump);
    await into.sql("drop table mine", "broken");
    const { ok, log } = await imports("broken", { object: newest });
    // Its owner can't make an extension, and this database has none: the table that needs it says so.
    assert.equal(ok, false);
    assert.match(log, /type "public\.vector" does not exist/);
    assert.equal(await into.sql("select count(*) from pg_tables where schemaname = 'public'", "broken"), "0");
  });

  it("refuses, after a try that failed, a database in which an application has made its tables since", async () => {
    await into.sql("create table mine ()", "broken");
    refused(
      await imports("broken", { object: (await exported()).at(-1) }),
      /an import into database broken was begun and not noted as complete, and there are 1 tables, views or sequences/,
    );
    await into.sql("drop table mine", "broken");
  });

  describeS3(() => ({ used, into, source, folder, counts, expected, imports }));

  it("goes on after retention took the Backup away: the next update makes another", async () => {
    const ref = { apiVersion: cnpg, kind: "Backup", name: "db-before-upgrade", namespace: source };
    await used.cluster.remove(ref);
    await used.cluster.gone(ref);
    const { code, output } = await stack.start("--refresh");
    assert.equal(code, 0, output);
    const backup = (await used.cluster.get(ref)) as KubernetesObject & { status?: { phase?: string } };
    assert.equal(backup?.status?.phase, "completed");
  });
});

function refused({ ok, pods, log }: Ended, why: RegExp): void {
  assert.equal(ok, false, log);
  assert.match(log, why);
  // What can't become better is not tried again.
  assert.equal(pods, 1);
}
