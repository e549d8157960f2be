import assert from "node:assert/strict";
import { Store } from "../../../lab/stack/store";
import { type Used, useLab } from "../use";
import { type LabUser, outcomes, psqlAs } from "./asRole";
import { Jobs } from "./jobs";
import { LabStack } from "./labStack";
import { eventually } from "./postgres";

const namespace = "l-grants-troubles";
const auditor = { validUntil: "2020-01-01T00:00:00Z", grants: { orders: { read: ["public"] } } };
const roles = {
  // Its Secret is somebody else's, with a line break at the end of the password.
  vendor: {
    credentials: { secret: "vendor-login" },
    grants: { orders: { read: ["public"] }, billing: { read: ["public"] } },
  },
  migrations: { inRoles: ["orders"] },
  apart: { inherit: false, inRoles: ["orders"] },
};

type Settings = { [key: string]: unknown };

describe("Grants in the lab, when something is in their way", function () {
  this.timeout(900_000);

  let used: Used;
  let stack: LabStack;
  let jobs: Jobs;
  const users: Record<string, LabUser> = {};
  const where = (database = "orders") => ({ cluster: used.cluster, namespace, name: "db", database });
  const sql = (statement: string, database = "orders") =>
    used.cluster.sql(namespace, "db", statement, database);

  /** Runs the stack with these roles. */
  async function run(own: Settings | undefined, billing = "keeper", ...args: string[]) {
    stack.write({
      backup: { enabled: false },
      initdb: { database: "orders" },
      resources: { cpu: "100m", memory: "512Mi", cpuLimit: "2" },
      rolesAs: "managed",
      databases: { orders: {}, billing: { owner: billing } },
      ...(own !== undefined && { roles: own }),
    });
    return stack.start(...args);
  }

  async function up(...args: Parameters<typeof run>): Promise<void> {
    const { code, output } = await run(...args);
    if (code !== 0) await jobs.explain();
    assert.equal(code, 0, output);
  }

  const remembered = (database = "orders") =>
    sql("SELECT obj_description('pulumi_cnpg'::regnamespace, 'pg_namespace')", database);

  before(async function () {
    used = await useLab(this, "node");
    stack = await LabStack.fresh(used.cluster, new Store(used.cluster, used.stores), namespace);
    jobs = new Jobs(used.cluster, namespace);
    await up(undefined);
    await used.cluster.apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "vendor-login", namespace, labels: { "cnpg.io/reload": "true" } },
      type: "kubernetes.io/basic-auth",
      stringData: { username: "vendor", password: "of the vendor\n" },
    });
    users.vendor = { name: "vendor", password: "of the vendor" };
    users.orders = await jobs.loginOf("orders");
    users.keeper = await jobs.loginOf("keeper");
    assert.equal(await psqlAs(users.orders, where(), "CREATE TABLE public.old (v int)"), "");
    assert.equal(await psqlAs(users.keeper, where("billing"), "CREATE TABLE public.bills (v int)"), "");
  });

  after(async () => {
    if (used === undefined) return;
    await stack.remove();
    used.cluster.close();
  });

  describe("a role whose password expired", () => {
    let log = "";

    before(async () => {
      const start = Date.now();
      const { code, output } = await run({ auditor, ...roles });
      assert.notEqual(code, 0, output);
      log = await jobs.log(await jobs.one("db-grants-orders"));
      users.migrations = await jobs.loginOf("migrations");
      console.log(`      failed after ${Math.round((Date.now() - start) / 1000)} s`);
    });

    it("is named with the reason, and the Job fails over it at the end", () => {
      assert.match(
        log,
        /ERROR: +auditor is not let in: its password expired at 2020-01-01 00:00:00\+00 \(validUntil\): .*password authentication failed/,
      );
      assert.doesNotMatch(log, /orders: done/);
    });

    it("keeps nobody else from what is theirs, whatever stands at the end of a password", async () => {
      assert.match(log, /vendor can connect/);
      assert.match(log, /migrations can connect/);
      assert.doesNotMatch(log, /apart/);
      assert.deepEqual(await outcomes(users.vendor as LabUser, where(), ["SELECT * FROM public.old"]), [
        "00000",
      ]);
    });

    it("and the others are remembered", async () => {
      assert.equal(await remembered(), '["auditor", "vendor"]');
    });

    it("loses its rights when it leaves the file after that", async () => {
      assert.equal(await sql("SELECT has_table_privilege('auditor', 'public.old', 'SELECT')"), "t");
      await up(roles);
      assert.equal(await sql("SELECT has_table_privilege('auditor', 'public.old', 'SELECT')"), "f");
      assert.equal(await sql("SELECT has_database_privilege('auditor', 'orders', 'CONNECT')"), "f");
      assert.equal(await remembered(), '["vendor"]');
    });
  });

  describe("rights once the Job is done", () => {
    it("hold for what a member of the owner creates", async () => {
      const made = await psqlAs(
        users.migrations as LabUser,
        where(),
        "CREATE TABLE public.by_member (v int)",
      );
      assert.equal(made, "");
      const states = await outcomes(users.vendor as LabUser, where(), [
        "SELECT * FROM public.by_member",
        "DELETE FROM public.by_member",
      ]);
      assert.deepEqual(states, ["00000", "42501"]);
    });

    it("remember who has rights left that their Job can't take back", async () => {
      await sql(
        "GRANT SELECT ON public.old TO auditor; CREATE TABLE public.foreign (); GRANT SELECT ON public.foreign TO auditor",
      );
      await sql(`COMMENT ON SCHEMA pulumi_cnpg IS '["auditor", "gone", "vendor"]'`);
      const log = await jobs.again(await jobs.one("db-grants-orders"), "left");
      assert.match(log, /REVOKE SELECT ON TABLE public\.old FROM auditor/);
      assert.match(
        log,
        /WARNING: +auditor has SELECT on TABLE public\."?foreign"?, which is not declared: postgres/,
      );
      assert.equal(await remembered(), '["auditor", "vendor"]');
    });
  });

  describe("a role that has few rights", () => {
    const weak = { weak: { grants: { orders: { createSchema: true } } } };
    const lock = "pg_advisory_lock(720460237, hashtext(current_database()))";
    const grants = () => jobs.one("db-grants-orders");

    before(async () => {
      await up({ ...roles, ...weak });
      users.weak = await jobs.loginOf("weak");
      await sql("CREATE ROLE bystander; GRANT SELECT ON public.old TO bystander");
    });

    after(async () => {
      await sql("DROP SCHEMA IF EXISTS pulumi_cnpg; DROP OWNED BY bystander; DROP ROLE bystander");
    });

    it("takes no right from others by a list that it forged", async () => {
      await sql("DROP SCHEMA pulumi_cnpg");
      const forged = `CREATE SCHEMA pulumi_cnpg; COMMENT ON SCHEMA pulumi_cnpg IS '["bystander", "vendor", "weak"]'`;
      assert.equal(await psqlAs(users.weak as LabUser, where(), forged), "");
      const copy = await jobs.copy(await grants(), "forged");
      await eventually("the Job's answer", 180, async () => {
        const log = await jobs.log(copy);
        return /schema pulumi_cnpg belongs to weak, and orders makes the grants[\s\S]*HINT: .*if never, DROP SCHEMA pulumi_cnpg/.test(
          log,
        )
          ? undefined
          : log;
      });
      assert.equal(await sql("SELECT has_table_privilege('bystander', 'public.old', 'SELECT')"), "t");
      await sql("DROP SCHEMA pulumi_cnpg");
      assert.match(await jobs.again(await grants(), "unforged"), /orders: done/);
      assert.equal(await sql("SELECT has_table_privilege('bystander', 'public.old', 'SELECT')"), "t");
    });

    it("does not hold the Job up by its lock, nor by what it sets for itself", async () => {
      const settings = [
        "default_transaction_read_only = on",
        "statement_timeout = 1",
        "search_path = pulumi_cnpg",
      ];
      const set = settings.map((each) => `ALTER ROLE weak SET ${each};`).join("\n");
      assert.equal(await psqlAs(users.weak as LabUser, where(), set), "");
      const held = psqlAs(
        users.weak as LabUser,
        where(),
        // Until it is ended below.
        `SET statement_timeout = 0; SELECT 1 FROM ${lock}; SELECT pg_sleep(600)`,
      );
      const granted = `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted`;
      await eventually("the lock", 120, async () => ((await sql(granted)) === "1" ? undefined : "not held"));
      const log = await jobs.again(await grants(), "held");
      assert.match(log, /WARNING: +not waited for: weak holds the lock by which these jobs take turns/);
      assert.match(log, /weak can connect[\s\S]*orders: done/);
      assert.equal(await sql(granted), "1");
      await sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
      await held;
    });

    it("is waited for where it acts as the database's owner, as another Job does", async () => {
      const held = psqlAs(users.migrations as LabUser, where(), `SELECT 1 FROM ${lock}; SELECT pg_sleep(20)`);
      const granted = `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted`;
      await eventually("the lock", 120, async () => ((await sql(granted)) === "1" ? undefined : "not held"));
      const log = await jobs.again(await grants(), "waited");
      assert.doesNotMatch(log, /not waited for/);
      assert.match(log, /orders: done/);
      await held;
    });
  });

  describe("a further database's owner", () => {
    it("stays who it is: another is refused, with what to do", async () => {
      const { code, output } = await run(roles, "next", "--preview");
      assert.notEqual(code, 0, output);
      assert.match(output, /refused, because CNPG would make next the owner of database billing/);
      assert.match(output, /REASSIGN OWNED BY "keeper" TO "next"/);
    });

    it("can be another once all was handed over, with the commands of the message", async () => {
      const { output } = await run(roles, "next", "--preview");
      const line = (pattern: RegExp) => pattern.exec(output)?.[1] ?? assert.fail(output);
      await sql(line(/(CREATE ROLE [^;]*;)/), "billing");
      await sql("GRANT next TO keeper", "billing");
      await sql(line(/(REASSIGN OWNED [^;]*;)/), "billing");
      const bridged = await outcomes(users.keeper as LabUser, where("billing"), ["DELETE FROM public.bills"]);
      assert.deepEqual(bridged, ["00000"]);
      const [, object = "", body = ""] =
        /kubectl patch (\S+) -n \S+ --type merge -p '(.*)'/.exec(output) ?? assert.fail(output);
      await used.cluster.kubectl(["patch", object, "-n", namespace, "--type", "merge", "-p", body]);
      await up(roles, "next", "--refresh");
      const owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'bills'";
      assert.equal(await sql(owner, "billing"), "next");
      assert.match(await jobs.log(await jobs.one("db-grants-billing")), /billing: done/);
      assert.deepEqual(
        await outcomes(users.vendor as LabUser, where("billing"), ["SELECT * FROM public.bills"]),
        ["00000"],
      );
      assert.equal(await psqlAs(await jobs.loginOf("next"), where("billing"), "SELECT 1"), "1");
    });

    it("is told whom to ask where a former one still has what the Job needs", async () => {
      await sql(`COMMENT ON SCHEMA pulumi_cnpg IS '[]'; ALTER SCHEMA pulumi_cnpg OWNER TO keeper`, "billing");
      const copy = await jobs.copy(await jobs.one("db-grants-billing"), "former");
      await eventually("the Job's answer", 180, async () => {
        const log = await jobs.log(copy);
        return /schema pulumi_cnpg belongs to keeper, and next makes the grants[\s\S]*HINT: .*REASSIGN OWNED BY keeper TO next/.test(
          log,
        )
          ? undefined
          : log;
      });
      await sql("REASSIGN OWNED BY keeper TO next", "billing");
      assert.match(await jobs.again(await jobs.one("db-grants-billing"), "mended"), /billing: done/);
      assert.equal(await remembered("billing"), '["vendor"]');
    });

    it("can be dropped when it is one no more", async () => {
      assert.equal(await sql("DROP OWNED BY keeper; DROP ROLE keeper", "billing"), "");
    });
  });
});
