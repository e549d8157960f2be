import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { completedBackups, misplaced } from "./archiving";
import { eventually, type Postgres } from "./postgres";
import { archived, begin, rows, Scenario } from "./recovery";
import type { StoreKind } from "./s3Bucket";

const stores = { gcs: "an emulator of Cloud Storage", s3: "an S3-compatible server" } as const;
const other = { gcs: "s3", s3: "gcs" } as const;

/** What is made of a source; all of it at once, and each waited for by the tests of it. */
interface Made {
  readonly scenario: Scenario;
  readonly clone: Promise<Postgres>;
  readonly past: Promise<Postgres>;
  readonly alone: Promise<Postgres>;
}

describe("Recovery in the lab", function () {
  this.timeout(1_800_000);

  let used: Used;
  const scenarios: Scenario[] = [];
  const made = {} as Record<StoreKind, Made>;

  before(async function () {
    used = await useLab(this, "node");
    const prepared = (Object.keys(stores) as StoreKind[]).map(async (store) => {
      const scenario = new Scenario(used, store);
      scenarios.push(scenario);
      await scenario.prepare();
      const [backupID = ""] = await completedBackups(used.cluster, scenario.source);
      const clone = scenario.cloneOf("clone");
      const past = scenario.cloneOf("past", {
        cluster: { recoverFrom: { target: { time: scenario.between } } },
      });
      // One that archives to the other store than the one that it is recovered from.
      const alone = scenario.cloneOf("alone", {
        store: other[store],
        cluster: { recoverFrom: { target: { immediate: true, backupID } } },
      });
      // A test that waits for one says so if it failed; until then nobody does.
      for (const each of [clone, past, alone]) each.catch(() => {});
      made[store] = { scenario, clone, past, alone };
    });
    await Promise.all(prepared);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    for (const { all } of scenarios)
      for (const each of all) console.error(await each.explain().catch((error: unknown) => error));
  });

  after(async () => {
    if (used === undefined) return;
    await Promise.allSettled(Object.values(made).flatMap(({ clone, past, alone }) => [clone, past, alone]));
    await Promise.all(scenarios.map((scenario) => scenario.remove()));
    used.cluster.close();
  });

  for (const store of Object.keys(stores) as StoreKind[]) {
    describe(`from ${stores[store]}: the source`, () => {
      it("has its WAL and its base backup exactly where the plan says, and nothing elsewhere", async () => {
        const { source, sourceBucket } = made[store].scenario;
        const names = await sourceBucket.names();
        assert(names.some((name) => /\/wals\//.test(name)) && names.some((name) => /\/base\//.test(name)));
        assert.deepEqual(misplaced(names, [source.folder]), []);
        assert(source.location.destinationPath.startsWith(store === "s3" ? "s3://" : "gs://"));
      });
    });

    describe(`from ${stores[store]}: a clone in another namespace, of the same name`, () => {
      let clone: Postgres;
      before(async () => {
        clone = await made[store].clone;
      });

      it("has every row, also those from after the base backup", async () => {
        assert.equal(await rows(clone), "175");
      });

      it("has no database and no role app, and its owner has a password of the clone's own", async () => {
        const { source } = made[store].scenario;
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
        const { scenario } = made[store];
        const { source, sourceBucket } = scenario;
        const before = await sourceBucket.names(source.folder);
        await clone.sql("INSERT INTO rows SELECT generate_series(1001, 1010)", "orders");
        const segment = await clone.switchWal();
        await eventually("its WAL", 300, async () =>
          (await scenario.cloneBucket().names(`${clone.folder}wals/`)).some((name) => name.includes(segment))
            ? undefined
            : "it is not there",
        );
        const left = await sourceBucket.names(source.folder);
        for (const object of before) assert(left.includes(object), object);
        assert.equal(await rows(source), "175");
        assert.equal(await rows(clone), "185");
      });

      it("is made anew by another generation, from the same source, with another archive", async () => {
        const { scenario } = made[store];
        const former = clone.folder;
        await scenario.lose(clone);
        await clone.change({ generation: 2 }, []);
        assert.notEqual(clone.folder, former);
        await begin(clone);
        assert.equal(await rows(clone), "175");
      });
    });

    // A describe of its own: mocha runs what stands beside one before it, and the last of these gives the source another life.
    describe(`from ${stores[store]}: the same source`, () => {
      it("recovers to a moment between two inserts", async () => {
        assert.equal(await rows(await made[store].past), "150");
      });

      it("recovers a base backup alone, into a cluster that archives to the other kind of store", async () => {
        const { scenario } = made[store];
        const alone = await made[store].alone;
        assert.equal(await rows(alone), "100");
        assert(alone.location.destinationPath.startsWith(store === "s3" ? "gs://" : "s3://"));
        await archived(alone, scenario.cloneBucket(other[store]), await alone.switchWal());
      });

      it("is restored in place after its loss, and archives under a name of its own", async () => {
        const { scenario } = made[store];
        const { source, sourceBucket } = scenario;
        const former = source.folder;
        const kept = await sourceBucket.names(former);
        await scenario.lose(source);
        await source.change({ generation: 2, recoverFrom: { generation: 1 } }, []);
        assert.notEqual(source.folder, former);
        await begin(source);
        assert.equal(await rows(source), "175");
        const names = await sourceBucket.names(former);
        for (const object of kept) assert(names.includes(object), object);
      });
    });
  }
});
