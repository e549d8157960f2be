import assert from "node:assert/strict";
import { Store } from "../../../lab/stack/store";
import { type Used, useLab } from "../use";
import { type LabUser, outcomes, psqlAs } from "./asRole";
import { flags, objectsOf, type Row, table } from "./grantsTable";
import { Jobs } from "./jobs";
import { LabStack } from "./labStack";
import { measuredNames } from "./metrics";
import { eventually } from "./postgres";

const namespace = "l-grants";
const awkward = `o'hara "x" $grants$ %I \\ :role; DROP ROLE orders; -- ü`;
const awkwardSchema = `s'a "l" $$ %s; --`;

type Settings = { [key: string]: unknown };

const orders = { schemas: ["sales", "team", awkwardSchema], schemaRoles: ["team"] };
const first: Record<string, Settings> = Object.fromEntries(
  Object.entries(flags).map(([name, orders]) => [name, { grants: { orders } }]),
);
const others: Settings = {
  [awkward]: { grants: { orders: { read: [awkwardSchema], createTables: [awkwardSchema] } } },
  stranger: { login: true },
  member: { inRoles: ["orders_team_reader"] },
};

describe("Grants in the lab", function () {
  this.timeout(900_000);

  let used: Used;
  let stack: LabStack;
  let jobs: Jobs;
  let owner: LabUser;
  const users: Record<string, LabUser> = {};
  let measured: readonly string[];
  const where = (database = "orders") => ({ cluster: used.cluster, namespace, name: "db", database });

  /** Writes the stack file, and runs it. */
  async function up(roles: Settings | undefined, own: Settings = {}): Promise<string> {
    const databases = { orders, other: {}, ...(own.databases as Settings) };
    stack.write({
      backup: { enabled: false },
      initdb: { database: "orders" },
      resources: { cpu: "100m", memory: "512Mi", cpuLimit: "2" },
      ...own,
      databases,
      ...(roles !== undefined && { roles }),
    });
    const { code, output } = await stack.start();
    if (code !== 0) await jobs.explain();
    assert.equal(code, 0, output);
    return output;
  }

  /** Which roles may run a statement, as it was found. */
  async function allowed(rows: readonly Row[], roles: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map(rows.map(({ sql }) => [sql, [] as string[]]));
    for (const role of roles) {
      const states = await outcomes(
        users[role] as LabUser,
        where(),
        rows.map(({ sql }) => sql),
      );
      rows.forEach(({ sql }, i) => {
        if (states[i] === "00000") found.get(sql)?.push(role);
        else assert.equal(states[i], "42501", `${role}: ${sql}`);
      });
    }
    return found;
  }

  const sql = (statement: string, database = "orders") =>
    used.cluster.sql(namespace, "db", statement, database);

  before(async function () {
    used = await useLab(this, "node");
    stack = await LabStack.fresh(used.cluster, new Store(used.cluster, used.stores), namespace);
    jobs = new Jobs(used.cluster, namespace);
    await up(undefined, { databases: { orders: { schemas: orders.schemas } } });
    owner = await jobs.loginOf("orders");
    assert.equal(await psqlAs(owner, where(), objectsOf("old")), "");
    measured = await measuredNames(used.cluster, namespace, "db-1");
    await up({ ...first, write: { ...first.write, reclaimPolicy: "delete" }, ...others });
    for (const role of [...Object.keys(first), ...Object.keys(others), "orders_team_owner"])
      users[role] = await jobs.loginOf(role);
    assert.equal(await psqlAs(owner, where(), objectsOf("new")), "");
  });

  after(async () => {
    if (used === undefined) return;
    await stack.remove();
    used.cluster.close();
  });

  it("allow each role exactly what its flag says, on what was there and on what came later", async () => {
    const found = await allowed(table, Object.keys(flags));
    for (const { sql: statement, allowed: expected } of table)
      assert.deepEqual(found.get(statement)?.sort(), [...expected].sort(), statement);
    // Without the right to grant on, GRANT warns and does nothing.
    const before = await sql("SELECT datacl FROM pg_database WHERE datname = current_database()");
    for (const role of Object.keys(flags))
      await psqlAs(users[role] as LabUser, where(), "GRANT CONNECT ON DATABASE orders TO PUBLIC");
    assert.equal(await sql("SELECT datacl FROM pg_database WHERE datname = current_database()"), before);
    console.log(`      ${table.length} statements as ${Object.keys(flags).length} roles`);
  });

  it("let nobody connect who was not told so", async () => {
    assert.match(
      await psqlAs(users.stranger as LabUser, where(), "SELECT 1"),
      /permission denied for database "orders"/,
    );
    assert.match(await psqlAs(users.connect as LabUser, where("other"), "SELECT 1"), /^1$/m);
    assert.equal(await psqlAs(owner, where(), "SELECT 1"), "1");
  });

  it("leave CNPG's exporter, which is no superuser, all of its metrics", async () => {
    const found = await measuredNames(used.cluster, namespace, "db-1");
    assert.deepEqual(
      measured.filter((name) => !found.includes(name)),
      [],
    );
    for (const name of ["cnpg_pg_stat_archiver_archived_count", "cnpg_pg_database_size_bytes"])
      assert(found.includes(name), name);
    // Custom queries ask the other databases too.
    for (const name of ["orders", "other"])
      assert.equal(
        await sql(`SELECT has_database_privilege('cnpg_metrics_exporter', '${name}', 'CONNECT')`),
        "t",
      );
    assert.equal(await sql("SELECT has_database_privilege('stranger', 'orders', 'CONNECT')"), "f");
  });

  it("change nothing when they are made again", async () => {
    const first = await jobs.log(await jobs.one("db-grants-orders"));
    assert.match(first, /GRANT SELECT ON TABLE public\.old_items TO read/);
    const job = await jobs.one("db-grants-orders");
    // What is there now is new since then, for the role that has no default privileges.
    const caughtUp = (await jobs.again(job, "again")).match(/.*(GRANT|REVOKE|ALTER|WARNING).*/g) ?? [];
    assert.deepEqual(
      caughtUp.filter((line) => !line.endsWith(" TO now")),
      [],
    );
    const log = await jobs.again(job, "again-2");
    assert.doesNotMatch(log, /GRANT|REVOKE|ALTER|WARNING/);
    assert.match(log, /calls can connect[\s\S]*orders: done/);
    const before = (await jobs.all()).map(({ metadata }) => metadata.uid).sort();
    await stack.start();
    assert.deepEqual((await jobs.all()).map(({ metadata }) => metadata.uid).sort(), before);
  });

  it("are the database's own user's work, without a token of Kubernetes", async () => {
    const { spec } = (await jobs.one("db-grants-orders")) as unknown as {
      spec: { template: { spec: Settings & { containers: { env: { name: string; value?: string }[] }[] } } };
    };
    assert.equal(spec.template.spec.automountServiceAccountToken, false);
    const plain = spec.template.spec.containers
      .flatMap(({ env }) => env)
      .filter(({ value }) => value !== undefined);
    assert.deepEqual(
      plain.map(({ name }) => name).filter((name) => /PASSWORD|USER|OWNER/.test(name)),
      [],
    );
  });

  it("hold for what another role creates, which alone can share it", async () => {
    const made =
      "CREATE TABLE public.shared (v int); CREATE FUNCTION public.shared() RETURNS int LANGUAGE sql AS 'SELECT 1'";
    assert.equal(await psqlAs(users.tables as LabUser, where(), made), "");
    const rows = [
      { sql: "SELECT * FROM public.shared", allowed: ["both", "read", "tables"] },
      { sql: "INSERT INTO public.shared VALUES (1)", allowed: ["both", "tables", "write"] },
      { sql: "SELECT public.shared()", allowed: ["calls", "tables"] },
    ];
    const found = await allowed(rows, Object.keys(flags));
    for (const { sql: statement, allowed: expected } of rows)
      assert.deepEqual(found.get(statement)?.sort(), expected, statement);
  });

  it("keep names apart from SQL, whatever stands in them", async () => {
    const mine = users[awkward] as LabUser;
    const quoted = `"${awkwardSchema.replaceAll('"', '""')}"`;
    assert.equal(mine.name, awkward);
    assert.equal(await sql("SELECT current_user"), "postgres");
    assert.equal(
      await psqlAs(mine, where(), `CREATE TABLE ${quoted}.t AS SELECT 7 AS n; SELECT n FROM ${quoted}.t`),
      "7",
    );
    assert.equal(await sql("SELECT count(*) FROM pg_roles WHERE rolname = 'orders'"), "1");
    const [state] = await outcomes(mine, where(), ["SELECT * FROM public.old_items"]);
    assert.equal(state, "42501");
  });

  it("give a schema its owner, writers and readers in a line", async () => {
    const migrations = users.orders_team_owner as LabUser;
    assert.equal(
      await psqlAs(migrations, where(), "CREATE TABLE team.plan (n int); INSERT INTO team.plan VALUES (5)"),
      "",
    );
    assert.equal(
      await sql("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'team'"),
      "orders_team_owner",
    );
    const member = users.member as LabUser;
    assert.deepEqual(
      await outcomes(member, where(), ["SELECT * FROM team.plan", "INSERT INTO team.plan VALUES (6)"]),
      ["00000", "42501"],
    );
    const again = { ...others, member: { inRoles: ["orders_team_writer"] } };
    await up({ ...first, write: { ...first.write, reclaimPolicy: "delete" }, ...again });
    assert.deepEqual(
      await outcomes(member, where(), [
        "SELECT * FROM team.plan",
        "INSERT INTO team.plan VALUES (6)",
        "ALTER TABLE team.plan ADD v int",
        "SELECT * FROM public.old_items",
      ]),
      ["00000", "00000", "42501", "42501"],
    );
  });

  describe("when they are withdrawn", () => {
    before(async () => {
      const byHand = [
        "GRANT SELECT, UPDATE ON public.old_items TO connect WITH GRANT OPTION",
        "GRANT SELECT (v) ON public.new_items TO connect",
        "GRANT USAGE ON SCHEMA public TO connect",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT DELETE ON TABLES TO connect",
      ];
      assert.equal(await psqlAs(owner, where(), `${byHand.join(";")};`), "");
      const { write: _write, calls: _calls, tables: _tables, ...kept } = first;
      // One loses a flag, one its grants, one its right to create, and one is no longer in the file.
      await up({
        ...kept,
        ...others,
        both: { grants: { orders: { read: ["sales"] } } },
        read: {},
        tables: { grants: { orders: {} } },
        calls: { grants: { orders: {} } },
      });
    });

    it("are gone, also those that were made by hand", async () => {
      const rows = [
        { sql: "SELECT * FROM sales.old_orders", allowed: ["both"] },
        { sql: "SELECT * FROM public.old_items", allowed: ["now"] },
        { sql: "SELECT v FROM public.new_items", allowed: ["now"] },
        { sql: "UPDATE public.old_items SET v = 1", allowed: [] },
        { sql: "INSERT INTO sales.new_orders VALUES (1)", allowed: [] },
        { sql: "SELECT public.old_f()", allowed: [] },
        { sql: "CREATE TABLE public.mine ()", allowed: [] },
        { sql: "CREATE TEMPORARY TABLE mine ()", allowed: [] },
        // It is the owner of what it made.
        { sql: "SELECT * FROM public.shared", allowed: ["tables", "now"] },
      ];
      const found = await allowed(rows, ["both", "tables", "calls", "connect", "now"]);
      for (const { sql: statement, allowed: expected } of rows)
        assert.deepEqual(found.get(statement), expected, statement);
      assert.match(
        await psqlAs(users.read as LabUser, where(), "SELECT 1"),
        /permission denied for database/,
      );
    });

    it("are gone for what comes later too", async () => {
      assert.equal(await psqlAs(owner, where(), "CREATE TABLE public.later (v int)"), "");
      assert.equal(await sql("SELECT relacl FROM pg_class WHERE relname = 'later'"), "");
      const left = `SELECT DISTINCT a.grantee::regrole FROM pg_default_acl, aclexplode(defaclacl) a
        WHERE a.grantee <> defaclrole ORDER BY 1`;
      assert.doesNotMatch(await sql(left), /^(read|write|calls|connect|tables)$/m);
    });

    it("leave nothing that keeps a role from being dropped, which CNPG does as its reclaim policy says", async () => {
      await eventually("the end of role write", 120, async () => {
        const left = await sql("SELECT rolname FROM pg_roles WHERE rolname = 'write'");
        return left === "" ? undefined : `there is ${left}`;
      });
      assert.equal(await sql("BEGIN; DROP OWNED BY tables; DROP ROLE tables; ROLLBACK"), "");
    });

    it("tell of what the owner can't change", async () => {
      assert.equal(
        await sql("CREATE TABLE sales.foreign (v int); GRANT DELETE ON sales.foreign TO read"),
        "",
      );
      const log = await jobs.again(await jobs.one("db-grants-orders"), "told");
      assert.match(
        log,
        /WARNING: +"both" lacks SELECT on TABLE sales\."?foreign"?, which is declared: it belongs to postgres/,
      );
      assert.match(
        log,
        /WARNING: +read has DELETE on TABLE sales\."?foreign"?, which is not declared: postgres granted it/,
      );
    });
  });
});
