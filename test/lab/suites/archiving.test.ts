import assert from "node:assert/strict";
import { minimumDeleteAge } from "../../../components/backup/lifecycle";
import { nextFire, parseCron, parseSchedule } from "../../../components/units";
import { loadStack } from "../../../stacks/load";
import { parseCondition } from "../gcs/cel";
import { type Used, useLab } from "../use";
import {
  archivingClusters,
  backdate,
  completedBackups,
  instant,
  keyShapes,
  misplaced,
  scheduleOf,
} from "./archiving";
import { Bucket } from "./bucket";
import { eventually, explained, type Postgres, removeAll, small } from "./postgres";

const bucketName = "d-archiving";

describe("Archiving in the lab", function () {
  this.timeout(900_000);

  let used: Used;
  let bucket: Bucket;
  /** With the plugin and in-tree, in one bucket; one's name is the beginning of the other's. */
  let plugin: Postgres;
  let inTree: Postgres;
  /** Its backups go to a server that refuses them all. */
  let unheard: Postgres;
  /** Made where the archive of `plugin` is: the same name and generation, in another namespace. */
  let twin: Postgres;
  let all: Postgres[] = [];

  before(async function () {
    used = await useLab(this, "node");
    const { cluster, stores } = used;
    bucket = new Bucket(cluster, bucketName);
    ({ plugin, inTree, unheard, twin } = await archivingClusters({
      cluster,
      bucket: bucketName,
      emulator: stores.gcs,
      refusing: stores.s3.endpoint,
    }));
    all = [plugin, inTree, unheard, twin];
    await removeAll(cluster, all);
    await bucket.create();
    await explained(all, async () => {
      await Promise.all([plugin.create(), inTree.create(), unheard.create()]);
      // A twin before the first WAL would be the one whose archive it is.
      await plugin.ready();
      await Promise.all([plugin.complete(), twin.create()]);
      await inTree.ready();
      await inTree.complete();
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

  /** Ids of the base backups of a Postgres, once there are so many. */
  async function baseBackups(of: Postgres, count: number): Promise<string[]> {
    let ids: string[] = [];
    await eventually(`${count} completed backups of ${of.name}`, 300, async () => {
      ids = await completedBackups(used.cluster, of);
      return ids.length < count ? `there are ${ids.length}: ${ids.join(", ")}` : undefined;
    });
    return ids;
  }

  /** Names of the WAL files of a Postgres that are in the bucket. */
  async function segmentsOf({ folder }: Postgres): Promise<string[]> {
    const keys = (await bucket.names(folder)).map((name) => name.slice(folder.length));
    return keys.flatMap((key) => keyShapes.segment.exec(key)?.[1] ?? []);
  }

  it("makes a first base backup, with an id under which the bucket has it, by the plugin and in-tree", async () => {
    for (const each of [plugin, inTree]) {
      const [id] = await baseBackups(each, 1);
      const names = await bucket.names(`${each.folder}base/${id}/`);
      assert.deepEqual(
        names.map((name) => name.slice(each.folder.length)),
        [`base/${id}/backup.info`, `base/${id}/data.tar.gz`],
      );
      await each.has("condition=LastBackupSucceeded");
    }
  });

  it("writes each WAL file to the folder that the plan names", async () => {
    for (const each of [plugin, inTree]) {
      const segment = await each.switchWal();
      const name = `${each.folder}wals/${segment.slice(0, 16)}/${segment}.gz`;
      await eventually(`object ${name}`, 300, async () =>
        (await bucket.names(name)).length === 1
          ? undefined
          : `there are ${(await bucket.names(each.folder)).join(" ")}`,
      );
    }
  });

  it("writes nothing outside the folders of its clusters, nor any key that Barman doesn't document", async () => {
    const names = await bucket.names();
    assert.deepEqual(misplaced(names, [plugin.folder, inTree.folder]), []);
    for (const each of [plugin, inTree]) {
      // The bucket is the first one's own; the second one's stack only uses it.
      assert.match(each.folder, /^cnpg\/(?:d-orders\/d-orders|d-in-tree\/d-orders-2\/d-orders-2)-g1\/$/);
      for (const shape of [keyShapes.segment, keyShapes.backup]) {
        const keys = (await bucket.names(each.folder)).map((name) => name.slice(each.folder.length));
        const found = keys.filter((key) => shape.test(key));
        assert(found.length > 0, `no ${shape} of ${each.name} in ${names.join(" ")}`);
      }
    }
  });

  it("keeps all objects of a cluster, and none of its neighbour's, within its IAM condition", async () => {
    const names = await bucket.names();
    for (const each of [plugin, inTree]) {
      const conditions = each.rendered.plan.identity.grants.flatMap(({ condition }) => condition ?? []);
      assert.equal(conditions.length, 1);
      const holds = parseCondition(conditions[0]?.expression ?? "");
      const allowed = names.filter((name) =>
        holds({
          resourceName: `projects/_/buckets/${bucketName}/objects/${name}`,
          resourceType: "storage.googleapis.com/Object",
          time: new Date(),
          attributes: {},
        }),
      );
      assert(allowed.length > 0);
      assert.deepEqual(
        allowed,
        names.filter((name) => name.startsWith(each.folder)),
      );
    }
  });

  it("leaves a cluster whose store refuses it Ready, without ContinuousArchiving, and not done for Pulumi", async () => {
    await unheard.has("condition=Ready", "condition=ContinuousArchiving=False");
    assert.deepEqual(
      (await unheard.missing()).map((text) => text.split(" ")[0]),
      ["ContinuousArchiving"],
    );
    // Nobody would see it otherwise: Postgres works, and says that it is healthy.
    assert.equal(await unheard.sql("SELECT 1"), "1");
    assert.equal((await unheard.status()).phase, "Cluster in healthy state");
    assert.notEqual(await unheard.sql("SELECT failed_count FROM pg_stat_archiver"), "0");
    assert.equal(await unheard.sql("SELECT archived_count FROM pg_stat_archiver"), "0");
    assert.deepEqual(await plugin.missing(), []);
  });

  it("starts a scheduled base backup at the second that our reading of its six fields gives", async () => {
    await baseBackups(plugin, 1);
    const due = new Date(Math.ceil(Date.now() / 1000 + 20) * 1000);
    const text = `${due.getUTCSeconds()} ${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
    const schedule = parseSchedule(text);
    assert(schedule.ok);
    assert.deepEqual(nextFire(schedule.value, new Date()), due);
    await plugin.change({ backup: { schedule: text } }, ["ScheduledBackup"]);

    const ref = plugin.refTo("ScheduledBackup", "d-orders-backup");
    const fired = await plugin.until(ref, (object) => {
      const { lastScheduleTime } = scheduleOf(object);
      return lastScheduleTime === instant(due)
        ? []
        : [`lastScheduleTime ${instant(due)} (is ${lastScheduleTime})`];
    });
    assert.equal(scheduleOf(fired).nextScheduleTime, instant(nextFire(schedule.value, due)));
    const times = (await used.cluster.list("postgresql.cnpg.io/v1", "Backup", { namespace: "d-plugin" }))
      .map(({ metadata }) => Date.parse(String(metadata.creationTimestamp)) - due.getTime())
      .filter((late) => late >= 0);
    assert.equal(times.length, 1, "one backup at that time");
    assert((times[0] ?? 0) <= 5000, `${times[0]} ms late`);
  });

  it("shows that the operator reads 0 3 * * * as once an hour, which is why five fields are refused", async () => {
    const text = "0 3 * * *";
    assert.throws(
      () =>
        loadStack("d-five", {
          "gcp:project": "acme-lab",
          "gcp:region": "europe-west1",
          "pulumi-cnpg:profile": "dev",
          "pulumi-cnpg:clusters": JSON.stringify({ "d-orders": { ...small, namespace: "d-orders" } }),
          "pulumi-cnpg:backups": JSON.stringify({ schedule: text }),
        }),
      /five fields are read with seconds first/,
    );
    const ours = plugin.object("ScheduledBackup");
    const name = "d-five-fields";
    const { warnings } = await used.cluster.apply({
      ...ours,
      metadata: { ...ours.metadata, name },
      // Of a cluster that isn't there: only its times are looked at.
      spec: { ...(ours.spec as object), schedule: text, immediate: true, cluster: { name: "d-nobody" } },
    });
    assert.match(warnings.join(), /usually six arguments are needed/);
    const read = parseCron(text);
    assert(read.ok);
    const ref = plugin.refTo("ScheduledBackup", name);
    const seen = await plugin.until(ref, (object) =>
      scheduleOf(object).nextScheduleTime === undefined ? ["nextScheduleTime"] : [],
    );
    const { lastCheckTime = "", nextScheduleTime = "" } = scheduleOf(seen);
    assert.equal(nextScheduleTime, instant(nextFire(read.value, new Date(lastCheckTime))));
    assert.match(nextScheduleTime, /:03:00Z$/);
    assert(Date.parse(nextScheduleTime) - Date.parse(lastCheckTime) <= 3_600_000);
    await used.cluster.remove(ref);
  });

  it("deletes what retention makes obsolete with its WAL, and keeps the one backup that is older than its window", async function () {
    // A cluster that was there before has the emulator's release build, which skips the deletions that Barman sends.
    if (used.lab.tier === "given") return this.skip();
    const [oldest = "", older = ""] = await baseBackups(plugin, 2);
    // Both behind the retention of 7 days, by their own account of when they were made.
    await backdate(bucket, `${plugin.folder}base/${oldest}/backup.info`, 20);
    const begin = await backdate(bucket, `${plugin.folder}base/${older}/backup.info`, 10);
    assert((await segmentsOf(plugin)).some((segment) => segment < begin));
    assert.equal(plugin.plan.backup?.retention.days, 7);
    // The sidecar looks when it starts, and then every half an hour.
    await plugin.restart();
    await eventually(`the end of backup ${oldest}`, 600, async () => {
      const left = await bucket.names(`${plugin.folder}base/${oldest}/`);
      return left.length === 0 ? undefined : `there is ${left.join(" ")}`;
    });
    const segments = await segmentsOf(plugin);
    assert(segments.length > 0 && segments.includes(begin), `${begin} in ${segments.join(" ")}`);
    assert.deepEqual(
      segments.filter((segment) => segment < begin),
      [],
    );
    // Recovery to anywhere in the window starts from it: the lifecycle rule must not be faster than this.
    assert.deepEqual(
      (await bucket.names(`${plugin.folder}base/${older}/`)).map((name) => name.split("/").at(-1)),
      ["backup.info", "data.tar.gz"],
    );
    const { bucket: planned } = plugin.rendered.plan;
    assert((planned?.deleteAgeDays ?? 0) >= minimumDeleteAge(7, plugin.plan.backup?.longestInterval ?? 0));
    await eventually("the end of its Backup object", 300, async () => {
      const ids = await completedBackups(used.cluster, plugin);
      return ids.join() === older ? undefined : `there are ${ids.join()}, ${older} is to stay`;
    });
  });

  it("lets no second cluster write to an archive that is in use: it is Ready and never archives", async () => {
    assert.equal(twin.folder, plugin.folder);
    await twin.has("condition=Ready", "condition=ContinuousArchiving=False");
    assert.deepEqual(
      (await twin.missing()).map((text) => text.split(" ")[0]),
      ["ContinuousArchiving"],
    );
    const log = ["logs", "d-orders-1", "-n", "d-twin", "-c", "plugin-barman-cloud"];
    assert.match(await used.cluster.kubectl(log), /Expected empty archive/);
    assert.equal(await twin.sql("SELECT archived_count FROM pg_stat_archiver"), "0");
  });

  it("lets it write to the same path with the next generation, and leaves the former archive as it was", async () => {
    const before = await bucket.objects(plugin.folder);
    await used.cluster.remove(twin.ref, { propagation: "Foreground" });
    await used.cluster.gone(twin.ref);
    await twin.change({ generation: 2 }, ["ObjectStore", "Cluster"]);
    assert.equal(twin.location.destinationPath, plugin.location.destinationPath);
    assert.equal(twin.folder, "cnpg/d-orders/d-orders-g2/");
    await twin.ready();
    const segment = await twin.switchWal();
    const name = `${twin.folder}wals/${segment.slice(0, 16)}/${segment}.gz`;
    await eventually(`object ${name}`, 300, async () =>
      (await bucket.names(name)).length === 1 ? undefined : "it is not there",
    );
    const after = new Map((await bucket.objects(plugin.folder)).map((object) => [object.name, object]));
    assert.deepEqual(
      before.map(({ name }) => after.get(name)),
      before,
    );
  });
});
