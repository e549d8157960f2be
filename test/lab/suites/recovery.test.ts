import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { completedBackups, misplaced } from "./archiving";
import { eventually, explained, type Postgres } from "./postgres";
import { archived, begin, rows, Scenario } from "./recovery";
import type { StoreKind } from "./s3Bucket";

const stores = { gcs: "an emulator of Cloud Storage", s3: "an S3-compatible server" } as const;
const kinds = Object.keys(stores) as StoreKind[];
const other = { gcs: "s3", s3: "gcs" } as const;

describe("Recovery in the lab", function () {
  this.timeout(1_800_000);

  let used: Used;
  const scenarios = {} as Record<StoreKind, Scenario>;

  before(async function () {
    used = await useLab(this, "node");
    for (const kind of kinds) scenarios[kind] = new Scenario(used, kind);
    await Promise.all(kinds.map((kind) => scenarios[kind].prepare()));
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    for (const { all } of Object.values(scenarios))
      for (const each of all) console.error(await each.explain().catch((error: unknown) => error));
  });

  after(async () => {
    if (used === undefined) return;
    await Promise.all(Object.values(scenarios).map((scenario) => scenario.remove()));
    used.cluster.close();
  });

  /**
   * Does something in both stores at the same time, and has a test for each, of which one can fail without the other. At the
   * same time are never more than two clusters that come up: more would wait for each other on a small machine.
   */
  function inBoth(what: string, make: (scenario: Scenario, kind: StoreKind) => Promise<void>): void {
    let running: Record<StoreKind, Promise<unknown>> | undefined;
    for (const kind of kinds)
      it(`${what}, from ${stores[kind]}`, async () => {
        running ??= Object.fromEntries(
          kinds.map((each) => [
            each,
            make(scenarios[each], each).then(
              () => undefined,
              (error: unknown) => error,
            ),
          ]),
        ) as Record<StoreKind, Promise<unknown>>;
        const error = await running[kind];
        if (error !== undefined) throw error;
      });
  }

  describe("The source", () => {
    for (const kind of kinds)
      it(`has its WAL and its base backup exactly where the plan says, and nothing elsewhere, in ${stores[kind]}`, async () => {
        const { source, sourceBucket } = scenarios[kind];
        const names = await sourceBucket.names();
        assert(
          names.some((name) => name.includes("/wals/")) && names.some((name) => name.includes("/base/")),
        );
        assert.deepEqual(misplaced(names, [source.folder]), []);
        assert(source.location.destinationPath.startsWith(kind === "s3" ? "s3://" : "gs://"));
      });
  });

  describe("A clone in another namespace, of the same name", () => {
    const clones = {} as Record<StoreKind, Postgres>;
    before(async () => {
      const made = kinds.map(async (kind) => {
        clones[kind] = await scenarios[kind].cloneOf("clone");
      });
      await Promise.all(made);
    });

    for (const kind of kinds) {
      it(`has every row, also those from after the base backup, from ${stores[kind]}`, async () => {
        assert.equal(await rows(clones[kind]), "175");
      });

      it(`has no database and no role app, and its owner has a password of the clone's own, from ${stores[kind]}`, async () => {
        const { source } = scenarios[kind];
        const clone = clones[kind];
        assert.equal(await clone.sql("SELECT count(*) FROM pg_database WHERE datname = 'app'"), "0");
        assert.equal(await clone.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'app'"), "0");
        const owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'orders'";
        assert.equal(await clone.sql(owner), "orders");
        const secret = "SELECT rolpassword FROM pg_authid WHERE rolname = 'orders'";
        await eventually("another password", 60, async () =>
          (await clone.sql(secret)) === (await source.sql(secret)) ? "it is the source's" : undefined,
        );
      });
    }

    inBoth(
      "archives to a place of its own, and leaves the source's objects as they were",
      async (scenario, kind) => {
        const { source, sourceBucket } = scenario;
        const clone = clones[kind];
        const before = await sourceBucket.names(source.folder);
        await clone.sql("INSERT INTO rows SELECT generate_series(1001, 1010)", "orders");
        await explained([clone], async () =>
          archived(clone, scenario.cloneBucket(), await clone.switchWal()),
        );
        const left = await sourceBucket.names(source.folder);
        for (const object of before) assert(left.includes(object), object);
        assert.equal(await rows(source), "175");
        assert.equal(await rows(clone), "185");
      },
    );

    inBoth("is made anew by another generation, with another archive", async (scenario, kind) => {
      const clone = clones[kind];
      const former = clone.folder;
      await scenario.lose(clone);
      await clone.change({ generation: 2 }, []);
      assert.notEqual(clone.folder, former);
      await begin(clone);
      assert.equal(await rows(clone), "175");
      await scenario.lose(clone);
    });
  });

  // A describe of its own: mocha runs what stands beside one before it, and the last of these gives the source another generation.
  describe("The same source", () => {
    inBoth("recovers to a moment between two inserts", async (scenario) => {
      const recoverFrom = { target: { time: scenario.between } };
      const past = await scenario.cloneOf("past", { cluster: { recoverFrom } });
      assert.equal(await rows(past), "150");
      await scenario.lose(past);
    });

    inBoth(
      "recovers a base backup alone, into a cluster that archives to the other kind of store",
      async (scenario, kind) => {
        const [backupID = ""] = await completedBackups(used.cluster, scenario.source);
        const alone = await scenario.cloneOf("alone", {
          store: other[kind],
          cluster: { recoverFrom: { target: { immediate: true, backupID } } },
        });
        assert.equal(await rows(alone), "100");
        assert(alone.location.destinationPath.startsWith(kind === "s3" ? "gs://" : "s3://"));
        await archived(alone, scenario.cloneBucket(other[kind]), await alone.switchWal());
        await scenario.lose(alone);
      },
    );

    inBoth("is restored in place after its loss, and archives under a name of its own", async (scenario) => {
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
});
