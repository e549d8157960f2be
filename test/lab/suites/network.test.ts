import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { endOf } from "./exportJobs";
import { LabStack } from "./labStack";
import { lacksForEnforcement, Networked, opens, others } from "./networked";
import { Functions } from "./networkedFunctions";
import { removeNamespace } from "./removeNamespace";
import { S3Bucket } from "./s3Bucket";

const [namespace, clone] = ["n-orders", "n-clone"];

describe("A database whose network policies are in force", function () {
  this.timeout(900_000);
  this.slow(120_000);

  let used: Used;
  let on: Networked;
  let does: Functions;

  before(async function () {
    used = await useLab(this, "node");
    if (lacksForEnforcement(used).length > 0) return this.skip();
    on = await Networked.prepare(used, namespace);
    does = new Functions(on);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    console.error(this.currentTest.err?.message, `\n${await on.explain()}`);
  });

  after(async () => {
    if (on !== undefined) await on.remove();
    used?.cluster.close();
  });

  it("comes up by the project's own program: it archives, a replica joins, a dump is made, a pooler runs", async () => {
    const output = await on.up();
    assert.match(output, /2 of 2 instances ready/);
    const again = await on.up();
    assert.match(again, /Nothing changed/);
    const [dump] = await on.bucket.names("exports/db/orders/");
    assert.match(dump ?? "", /\.dump$/);
  });

  it("archives, is backed up, and is read by applications and by who scrapes", async () => {
    for (const each of ["archives", "backs", "answersThePooled", "answersTheDirect"] as const)
      await does[each](180);
    for (const each of ["scrapedInstances", "scrapedPoolers", "streams", "seesInstances"] as const)
      await does[each](120);
  });

  it("is closed to a stranger, and each who is let in is let in to what it needs", async () => {
    const instances = await on.pods("cnpg.io/cluster=db,cnpg.io/podRole=instance");
    const poolers = await on.pods("cnpg.io/poolerName=db-pooler-rw");
    const found: string[] = [];
    for (const [who, from] of Object.entries(others))
      for (const [kind, pods, ports] of [
        ["instance", instances, [5432, 8000, 9187]],
        ["pooler", poolers, [5432, 9127]],
      ] as const)
        for (const { address } of pods)
          for (const port of ports)
            if (await on.reaches(from, address, port)) found.push(`${who} → ${kind}:${port}`);
    assert.deepEqual([...new Set(found)].sort(), [
      "reports → instance:5432",
      "scraper → instance:9187",
      "scraper → pooler:9127",
      "shop → pooler:5432",
    ]);
    assert.equal(found.length, 2 + 2 + 1 + 1, found.join());
  });

  it("is not reached by the names of its Services either", async () => {
    for (const service of ["db-rw", "db-ro", "db-r", "db-pooler-rw"])
      assert.equal(await on.reaches(others.stranger, `${service}.${namespace}.svc`, 5432), false, service);
    assert.equal(await on.reaches(others.shop, `db-pooler-rw.${namespace}.svc`, 5432), true);
  });

  it("leaves another pod of its namespace nothing, in or out", async () => {
    await on.pod(namespace);
    await does.seesInstances(120);
    const [{ address } = { address: "" }] = await on.pods("cnpg.io/cluster=db,cnpg.io/podRole=instance");
    assert.equal(await on.reaches(namespace, address, 5432), false);
    assert.equal(await on.reaches(namespace, on.node, 6443), false);
    assert.equal(await on.reaches(namespace, "s3.object-store.svc", 7070), false);
    // Somebody without a policy reaches both.
    assert.equal(await on.reaches(others.stranger, on.node, 6443), true);
    assert.equal(await on.reaches(others.stranger, "s3.object-store.svc", 7070), true);
    await used.cluster.remove({ apiVersion: "v1", kind: "Pod", name: "n-shell", namespace });
  });

  it("lets its operator be asked by the API server's addresses, and by no pod", async () => {
    const [operator] = await on.pods("app.kubernetes.io/name=cloudnative-pg", "cnpg-system");
    const [plugin] = await on.pods("app=barman-cloud", "cnpg-system");
    assert(operator !== undefined && plugin !== undefined);
    // This machine is one of the addresses that the stack file names: the node's own are let in by every kind of policy.
    assert.equal(await opens(operator.address, 9443), true);
    assert.equal(await opens(plugin.address, 9090), false);
    for (const from of [others.stranger, others.shop]) {
      assert.equal(await on.reaches(from, operator.address, 9443), false);
      assert.equal(await on.reaches(from, plugin.address, 9090), false);
    }
  });

  it("rotates a password: the job that tries the new login gets through", async () => {
    on.write({}, 2);
    const output = await on.up();
    assert.match(output, /login/);
    await does.answersTheDirect(120);
  });

  it("copies its CA every hour, by Jobs that have another name each time", async () => {
    const name = "n-hourly";
    await used.cluster.kubectl(["create", "job", name, "--from=cronjob/db-ca-copy", "-n", namespace]);
    const { ok, log } = await endOf(used.cluster, namespace, name);
    assert.ok(ok, log);
  });

  it("dumps once more", async () => {
    const before = await on.bucket.names("exports/db/orders/");
    await does.exports(240);
    assert.ok((await on.bucket.names("exports/db/orders/")).length > before.length);
  });

  it("fails over, and makes the former primary its replica", async () => {
    const { name } = await does.primary();
    await does.failsOver(180);
    await does.twoReady(300);
    assert.notEqual((await does.primary()).name, name);
    await does.answersThePooled(120);
  });

  it("joins a replica in the place of one whose volume is gone", async () => {
    await does.joins(400);
    await does.streams(120);
  });

  it("is cloned from its archive, by a stack whose policies are in force too", async () => {
    await on.sql("CREATE TABLE kept AS SELECT generate_series(1, 42) AS n", "orders");
    await does.archives(180);
    const bucket = new S3Bucket(used, clone);
    await removeNamespace(used.cluster, clone);
    await bucket.create();
    const copy = new LabStack(used.cluster, on.stack.store, clone);
    try {
      copy.write(on.recovery(), on.backups, clone, on.environment(false));
      const { code, output } = await copy.start("--no-policies");
      assert.equal(code, 0, output);
      assert.equal(await copy.sql("SELECT count(*) FROM kept", "42", "orders"), "42");
    } finally {
      await copy.remove();
      await bucket.remove();
    }
  });
});
