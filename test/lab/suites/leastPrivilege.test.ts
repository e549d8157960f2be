import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Cluster } from "../../../lab/cluster";
import { asked, outside } from "../gcs/calls";
import { afterTheFirst, summary } from "../gcs/expectations";
import { iamJudge } from "../gcs/iam";
import { bucketName, judgeOf, namespace, planOf } from "../gcs/labPlan";
import { type GcsProxy, type RecordedCall, startGcsProxy } from "../gcs/proxy";
import { Recovery } from "../gcs/recovery";
import { type Outcome, Subject } from "../gcs/subject";
import { useLab } from "../use";
import { backdate } from "./archiving";
import { Bucket } from "./bucket";
import { removeNamespace } from "./removeNamespace";

const copies = "c-least-copies";
const restorePoint = "marked";
const reader = "serviceAccount:reader@acme-lab.iam.gserviceaccount.com";

describe("the roles that a cluster is granted, on a real cluster", function () {
  this.timeout(400_000);
  this.slow(1_000);
  // Each test begins where the one before ended.
  this.bail(true);
  let cluster: Cluster;
  let bucket: Bucket;
  let proxy: GcsProxy;
  let readers: GcsProxy;
  let subject: Subject;
  /** Every call of the cluster that was looked at. */
  const made: RecordedCall[] = [];
  /** The copy that is made while other things are tried, and after it those that fail. */
  let copied: Promise<{ rows: string; calls: readonly RecordedCall[] }>;
  let refused: Promise<string[]>;
  let [first, second] = ["", ""];

  before(async function () {
    const used = await useLab(this, "node");
    cluster = used.cluster;
    const [upstream, listen] = [used.stores.fromHere?.gcs, used.stores.thisMachine];
    // On a cluster that was there before, pods don't reach the proxy on this machine.
    if (upstream === undefined || listen === undefined) return this.skip();
    for (const name of [namespace, copies]) await removeNamespace(cluster, name);
    bucket = new Bucket(cluster, bucketName);
    await bucket.create();
    for (const name of strangers) await bucket.write(name, name);
    proxy = await startGcsProxy({ upstream, listen });
    readers = await startGcsProxy({ upstream, listen });
    const plan = planOf("perCluster", proxy.url);
    proxy.judgeBy(judgeOf(plan));
    subject = new Subject(cluster, plan, proxy);
    readers.judgeBy(
      iamJudge(
        [
          {
            bucket: bucketName,
            role: "roles/storage.objectViewer",
            member: reader,
            condition: { expression: subject.backup.location.iamCondition },
          },
        ],
        reader,
      ),
    );
  });

  after(async () => {
    await refused?.catch(() => {});
    await Promise.all([proxy?.stop(), readers?.stop()]);
    if (cluster === undefined) return;
    for (const name of [namespace, copies]) await removeNamespace(cluster, name);
    await bucket?.remove();
    cluster.close();
  });

  afterEach(() => proxy?.allowAll());

  it("archives no first WAL file without storage.objects.list", async () => {
    proxy.deny("storage.objects.list");
    await subject.create();
    assert.match(await subject.archiving("False"), /barman-cloud-wal-archive: exit status 4$/);
  });

  it("archives no first WAL file without storage.buckets.get", async () => {
    proxy.deny("storage.buckets.get");
    const { ok, said, calls } = await subject.archive();
    assert.deepEqual([ok, asked(calls)], [false, ["storage.buckets.get"]]);
    assert.match(said, /barman-cloud-wal-archive: exit status 2$/);
  });

  it("archives what has waited, once the permissions are there", async () => {
    await subject.sql("create table marks as select 'before the base backup' as mark");
    const outcome = works(await subject.archive());
    assert.deepEqual(asked(outcome.calls), [
      "storage.buckets.get",
      "storage.objects.create",
      "storage.objects.list",
    ]);
  });

  it("needs nothing but to create objects to archive further WAL files", async () => {
    const { calls } = works(await subject.archive());
    assert.deepEqual(asked(calls), ["storage.objects.create"]);
  });

  it("creates, lists, reads and overwrites objects for a base backup", async () => {
    for (const _ of ["first", "second"]) {
      const { calls, id } = works(await subject.backUp());
      [first, second] = [second, id];
      assert.deepEqual(asked(calls), [
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.get",
        "storage.objects.list",
      ]);
      const deleting = calls.filter((call) => call.permissions.includes("storage.objects.delete"));
      assert.deepEqual(
        deleting.map(({ operation, object }) => `${operation} ${object}`),
        [`objects.insert ${subject.folder}base/${id}/backup.info`],
      );
    }
    await subject.sql(
      `insert into marks values ('after the base backup'); select pg_create_restore_point('${restorePoint}')`,
    );
    works(await subject.archive());
    copied = copy();
    refused = copied.then(refusals);
    refused.catch(() => {});
  });

  it("keeps old backups without storage.objects.delete, and says so in the sidecar's log", async () => {
    // The window of a day needs the last backup that ended before it began; the one before that is obsolete.
    await backdate(bucket, `${subject.folder}base/${first}/backup.info`, 10);
    await backdate(bucket, `${subject.folder}base/${second}/backup.info`, 5);
    proxy.deny("storage.objects.delete");
    await subject.restartSidecar();
    await until(async () => /"msg":"Retention policy enforcement failed"/.test(await subject.sidecarLog()));
    assert.match(await subject.sidecarLog(), /storage\.objects\.delete' denied/);
    const events = await cluster.list("v1", "Event", { namespace });
    assert(events.some(({ reason }) => reason === "RetentionPolicyFailed"));
    assert.deepEqual(await baseBackups(), [first, second]);
  });

  it("lists, reads and deletes objects when the sidecar deletes old backups", async () => {
    await subject.restartSidecar();
    await until(async () => (await baseBackups()).length === 1);
    await until(async () => !(await subject.knownBackups()).includes(first));
    const calls = keep(proxy.forget());
    assert.deepEqual(asked(calls), ["storage.objects.delete", "storage.objects.get", "storage.objects.list"]);
    assert.deepEqual(await baseBackups(), [second]);
  });

  for (const row of afterTheFirst) {
    it(`without ${row.without}: ${summary(row)}`, async () => {
      // What is deleted here must not be missing where a copy is still being made.
      if (row.retention === "works" || row.without === "storage.objects.delete") await copied;
      works(await subject.archive());
      proxy.deny(row.without);
      comes(await subject.archive(), row.archive);
      if (row.archive === "works") comes(await subject.archiveAgain(), row.archiveAgain);
      const { id, ...backup } = await subject.backUp();
      comes(backup, row.backup);
      comes(await subject.deleteOld("REDUNDANCY 1"), row.retention);
    });
  }

  it("restores a copy with storage.objects.get and .list alone, and with neither left out", async () => {
    const { rows, calls } = await copied;
    assert.deepEqual(await refused, [
      // Barman leaves out backups that it can't read. Without a backupID it says "no target backup found".
      `while restoring cluster: rpc error: code = Unknown desc = no backup found with ID ${second}`,
      "while restoring cluster: rpc error: code = Unknown desc = exit status 4",
    ]);
    assert.equal(rows, "after the base backup\nbefore the base backup");
    assert.deepEqual(asked(calls), ["storage.objects.get", "storage.objects.list"]);
    assert.deepEqual(outside(calls, subject.backup.location.objectPrefix), []);
  });

  it("works in the same way with an account that all clusters share", async () => {
    const shared = judgeOf(planOf("shared", proxy.url));
    const time = new Date();
    const all = made.flatMap(({ accesses }) => accesses);
    assert.deepEqual(
      all.filter((access) => !shared(access, time)),
      [],
    );
    proxy.judgeBy(shared);
    works(await subject.archive());
  });

  it("needs no more of the bucket's own role than to read the bucket: it lists below its prefix only", () => {
    const { identity, ...plan } = planOf("perCluster", proxy.url);
    const grants = identity.grants.filter(({ condition }) => condition !== undefined);
    const withoutBucketRole = judgeOf({ ...plan, identity: { ...identity, grants } });
    const time = new Date();
    const refused = made
      .flatMap(({ accesses }) => accesses)
      .filter((access) => !withoutBucketRole(access, time));
    assert.deepEqual([...new Set(refused.map(({ permission }) => permission))], ["storage.buckets.get"]);
  });

  it("touches nothing outside the prefix of the cluster, and asks for nothing that is not granted", async () => {
    assert.deepEqual(outside(made, subject.backup.location.objectPrefix), []);
    assert.deepEqual(
      made.filter((call) => call.operation === "unknown"),
      [],
    );
    const ever = new Set(made.flatMap(({ permissions }) => permissions));
    assert.deepEqual([...ever].sort(), [
      "storage.buckets.get",
      "storage.objects.create",
      "storage.objects.delete",
      "storage.objects.get",
      "storage.objects.list",
    ]);
    for (const name of strangers) assert.equal(await bucket.read(name), name);
  });

  it("is refused the objects of others, and their names too", async () => {
    proxy.judgeBy(judgeOf(planOf("perCluster", proxy.url)));
    const objects = `${proxy.url}/storage/v1/b/${bucketName}/o`;
    for (const name of strangers) {
      const object = `${objects}/${encodeURIComponent(name)}`;
      assert.equal((await fetch(`${object}?alt=media`)).status, 403, name);
      assert.equal((await fetch(object, { method: "DELETE" })).status, 403, name);
      const upload = `${proxy.url}/upload/storage/v1/b/${bucketName}/o?uploadType=media&name=${name}-too`;
      assert.equal((await fetch(upload, { method: "POST", body: "mine" })).status, 403, name);
      assert.equal((await fetch(`${objects}?prefix=${name}`)).status, 403, name);
    }
  });

  /** Makes a copy as somebody who may only read. */
  async function copy() {
    const recovery = new Recovery(cluster, subject, copyNamed("copy"));
    await recovery.create();
    await recovery.ready();
    const calls = readers.forget();
    return { rows: await recovery.sql("select mark from marks order by mark"), calls };
  }

  /** Tries to make copies without one of the permissions that it takes, and returns what is said of it. */
  async function refusals(): Promise<string[]> {
    const said: string[] = [];
    for (const [name, permission] of [
      ["unread", "storage.objects.get"],
      ["unlisted", "storage.objects.list"],
    ] as const) {
      readers.deny(permission);
      const recovery = new Recovery(cluster, subject, copyNamed(name));
      await recovery.create();
      said.push(await recovery.failure());
      readers.allowAll();
    }
    return said;
  }

  function copyNamed(name: string) {
    return { namespace: copies, name, emulator: readers.url, backupId: second, restorePoint };
  }

  function works<O extends Outcome>(outcome: O): O {
    assert(outcome.ok, outcome.said);
    keep(outcome.calls);
    return outcome;
  }

  function comes(outcome: Outcome, expected: RegExp | "works"): void {
    if (expected === "works") assert(outcome.ok, outcome.said);
    else assert(!outcome.ok && expected.test(outcome.said), `${outcome.ok} ${outcome.said}`);
    keep(outcome.calls);
  }

  function keep(calls: readonly RecordedCall[]): readonly RecordedCall[] {
    made.push(...calls);
    return calls;
  }

  async function baseBackups(): Promise<string[]> {
    const found = (await bucket.names(`${subject.folder}base/`)).map((name) => name.split("/").at(-2) ?? "");
    return [...new Set(found)];
  }
});

/** Objects of other clusters in the same bucket; the first has a name that begins like ours. */
const strangers = ["cnpg/orders-db-2/orders-db-2-g1/base/1/backup.info", "cnpg/users-db/secret"];

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await holds()); await pause(500))
    assert(Date.now() < deadline, "not within a minute");
}
