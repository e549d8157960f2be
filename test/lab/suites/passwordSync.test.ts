import assert from "node:assert/strict";
import { Store } from "../../../lab/stack/store";
import { type Used, useLab } from "../use";
import { type LabUser, psqlAs, userOf } from "./asRole";
import { Jobs } from "./jobs";
import { LabStack } from "./labStack";
import { eventually } from "./postgres";

const namespace = "l-sync";

/** Of every way in which CNPG has roles: by initdb, in the Cluster, and as a DatabaseRole. */
const owner = "db-orders-credentials";
const managed = "db-other-credentials";
const role = "db-report-credentials";

type Settings = { [key: string]: unknown };

describe("A password that was changed by hand", function () {
  this.timeout(900_000);

  let used: Used;
  let stack: LabStack;
  let jobs: Jobs;
  const where = () => ({ cluster: used.cluster, namespace, name: "db", database: "postgres" });

  async function up(sync?: string): Promise<void> {
    const own: Settings = sync === undefined ? {} : { syncOwnerPassword: sync };
    stack.write({
      backup: { enabled: false },
      resources: { cpu: "100m", memory: "512Mi", cpuLimit: "2" },
      initdb: { database: "orders" },
      databases: { orders: own, other: own },
      roles: { report: sync === undefined ? {} : { syncPassword: sync } },
    });
    const { code, output } = await stack.start();
    if (code !== 0) await jobs.explain();
    assert.equal(code, 0, output);
  }

  async function logs(): Promise<string[]> {
    return Promise.all((await jobs.all("db-sync-")).map((job) => jobs.log(job)));
  }

  /** Whether each is let in with the password of its Secret. */
  async function letIn(): Promise<boolean[]> {
    const users: LabUser[] = await Promise.all(
      [owner, managed, role].map((secret) => userOf(used.cluster, namespace, secret)),
    );
    return Promise.all(users.map(async (user) => (await psqlAs(user, where(), "SELECT 1")) === "1"));
  }

  const byHand = () =>
    used.cluster.sql(
      namespace,
      "db",
      ["orders", "other", "report"].map((each) => `ALTER ROLE ${each} PASSWORD 'by hand'`).join(";"),
    );

  before(async function () {
    used = await useLab(this, "node");
    stack = await LabStack.fresh(used.cluster, new Store(used.cluster, used.stores), namespace);
    jobs = new Jobs(used.cluster, namespace);
    await up();
    await eventually("three users that are let in", 120, async () =>
      (await letIn()).every(Boolean) ? undefined : "some are not",
    );
  });

  after(async () => {
    if (used === undefined) return;
    await stack.remove();
    used.cluster.close();
  });

  it("keeps the owner of the first database and a DatabaseRole out, and CNPG does not mend that", async () => {
    await byHand();
    assert.deepEqual(await letIn(), [false, false, false]);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const [first, , asObject] = await letIn();
    assert.deepEqual([first, asObject], [false, false]);
  });

  it("is that of the Secret again after one Job each, which says so", async () => {
    await up("one");
    assert.deepEqual(await letIn(), [true, true, true]);
    const said = await logs();
    assert.equal(said.length, 3);
    for (const log of said.filter((text) => !/nothing to repair/.test(text))) {
      assert.match(log, /is refused with the password of Secret db-\w+-credentials/);
      assert.match(log, /repaired: \w+ is let in/);
      assert.match(log, /^touched Secret/m);
    }
    assert(said.filter((text) => /^repaired/m.test(text)).length >= 2, said.join("\\n"));
  });

  it("can be looked for twice: a Job that finds nothing to do touches nothing", async () => {
    const version = async () =>
      (await used.cluster.get({ apiVersion: "v1", kind: "Secret", name: role, namespace }))?.metadata
        .resourceVersion;
    const before = await version();
    await up("two");
    for (const log of await logs()) assert.match(log, /^nothing to repair/m);
    assert.equal(await version(), before);
    assert.deepEqual(await letIn(), [true, true, true]);
  });

  it("is repaired by an account that can patch that Secret, and has no other right", async () => {
    const accounts = await used.cluster.list("v1", "ServiceAccount", { namespace });
    const mine = accounts.find(({ metadata }) => metadata.name.startsWith("db-sync-report"))?.metadata.name;
    const can = (...args: string[]) =>
      used.cluster
        .kubectl([
          "auth",
          "can-i",
          ...args,
          "-n",
          namespace,
          `--as=system:serviceaccount:${namespace}:${mine}`,
        ])
        .then((answer) => answer.trim())
        .catch(() => "no");
    assert.equal(await can("patch", `secret/${role}`), "yes");
    for (const [verb, what] of [
      ["get", `secret/${role}`],
      ["delete", `secret/${role}`],
      ["patch", `secret/${owner}`],
      ["list", "secrets"],
      ["create", "pods"],
    ] as const)
      assert.equal(await can(verb, what), "no", `${verb} ${what}`);
  });

  it("leaves no Job behind: it goes by itself", async () => {
    for (const { metadata } of await jobs.all()) {
      assert.equal((await used.cluster.get(jobs.ref(metadata.name)))?.metadata.name, metadata.name);
      await used.cluster.patch(jobs.ref(metadata.name), { spec: { ttlSecondsAfterFinished: 1 } });
      await used.cluster.waitFor(
        jobs.ref(metadata.name),
        (object) => (object === undefined ? [] : ["its end"]),
        {
          timeout: 120,
        },
      );
    }
    assert.deepEqual(await jobs.all(), []);
  });
});
