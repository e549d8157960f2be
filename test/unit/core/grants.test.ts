import assert from "node:assert/strict";
import type { DatabaseArgs } from "../../../components/args/database";
import { Check } from "../../../components/check";
import { decideDatabases } from "../../../components/database/decide";
import { decideGrants, declarationOf, type Grantee } from "../../../components/grants/decide";
import { rolesOfSchemas } from "../../../components/grants/schemaRoles";
import { decideSyncs } from "../../../components/passwordSync/decide";
import type { Container } from "../../../components/plan/job";
import type { PlannedObject } from "../../../components/plan/object";
import { Problems } from "../../../components/problems";
import { Workload } from "../../../components/units/workload";
import { validateManifest } from "../../../offline/validate";

const workload = new Workload("orders", "db");
const caSecret = "db-ca";
const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

function grantee(name: string, own: Partial<Grantee> = {}): Grantee {
  const users = [{ role: name, secretName: `db-${name}-credentials` }];
  return {
    name,
    grants: undefined,
    inRoles: [],
    inherits: true,
    connectionLimit: undefined,
    users,
    after: [`role/${name}`],
    ...own,
  };
}

function decide(grantees: readonly Grantee[], args: Record<string, DatabaseArgs> = { orders: {} }) {
  const problems = new Problems();
  const check = new Check(problems);
  const first = Object.keys(args)[0] ?? "";
  const databases = decideDatabases(check, "db", args, { database: first });
  const objects = decideGrants(check, grantees, { workload, databases, args, image, caSecret, major: 17 });
  assert.deepEqual(problems.list, []);
  return { objects, one: (key: string) => found(objects, key) };
}

function found(objects: readonly PlannedObject[], key: string): PlannedObject {
  const object = objects.find((each) => each.key === key);
  assert(object !== undefined, `${key} among ${objects.map((each) => each.key).join()}`);
  return object;
}

interface Pod {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}
const containerOf = ({ body }: PlannedObject) =>
  (body as unknown as Pod).spec.template.spec.containers[0] as Container;
const scriptOf = (object: PlannedObject) => containerOf(object).args?.[0] ?? "";
const secretsOf = (object: PlannedObject) =>
  new Map((containerOf(object).env ?? []).map((each) => [each.name, each.valueFrom?.secretKeyRef.name]));
const dataOf = ({ body }: PlannedObject) => body.data as Record<string, string>;

const manifestOf = ({ apiVersion, kind, name, body }: PlannedObject) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "orders" },
  ...body,
});

describe("Grants of a cluster", () => {
  it("are nothing at all as long as no role has any", () => {
    assert.deepEqual(decide([grantee("report"), grantee("other")]).objects, []);
  });

  it("are a Job and its SQL for every database as soon as one role has some", () => {
    const { objects } = decide([grantee("report", { grants: { orders: {} } })], { orders: {}, stock: {} });
    assert.deepEqual(
      objects.map(({ kind, key }) => `${kind} ${key}`),
      ["ConfigMap grants/orders/sql", "Job grants/orders", "ConfigMap grants/stock/sql", "Job grants/stock"],
    );
    for (const object of objects) assert.deepEqual(validateManifest(manifestOf(object)), []);
  });

  it("take from everybody only where there are some", () => {
    const grantees = [
      grantee("report", { grants: { orders: { connect: false } } }),
      grantee("x", { grants: { stock: {} } }),
    ];
    const context = { args: { orders: {}, stock: {} } };
    assert.equal(declarationOf("orders", grantees, context).exclusive, false);
    assert.equal(declarationOf("stock", grantees, context).exclusive, true);
  });

  it("are made after the cluster, the database and the roles are there", () => {
    const { one } = decide([grantee("report", { grants: { orders: {} } }), grantee("other")]);
    assert.deepEqual(one("grants/orders").after, [
      "cluster",
      "database/orders",
      "role/report",
      "role/other",
      "grants/orders/sql",
    ]);
  });

  it("are made by the database's owner, and no superuser or other owner is asked", () => {
    const { one } = decide([grantee("report", { grants: { stock: {} } })], {
      orders: {},
      stock: { owner: "keeper" },
    });
    assert.equal(secretsOf(one("grants/stock")).get("PGUSER"), "db-keeper-credentials");
    assert.equal(secretsOf(one("grants/orders")).get("PGUSER"), "db-orders-credentials");
    for (const key of ["grants/stock", "grants/orders"])
      assert(![...secretsOf(one(key)).values()].some((name) => name?.includes("superuser")));
  });

  it("are tested by everyone who may connect, by itself or as a member, and by nobody else", () => {
    const { one } = decide([
      grantee("report", { grants: { orders: {} } }),
      grantee("group", { grants: { orders: {} }, users: [] }),
      grantee("between", { inRoles: ["group"], users: [] }),
      grantee("member", { inRoles: ["between", "pg_monitor"] }),
      grantee("circle", { inRoles: ["circle"] }),
      grantee("refused", { grants: { orders: { connect: false, read: ["public"] } } }),
    ]);
    const secrets = secretsOf(one("grants/orders"));
    assert.equal(secrets.get("USER_0"), "db-report-credentials");
    assert.equal(secrets.get("USER_1"), "db-member-credentials");
    assert.equal(secrets.get("USER_2"), undefined);
    assert.equal(secrets.get("STRANGER_0"), "db-circle-credentials");
    assert.equal(secrets.get("STRANGER_1"), "db-refused-credentials");
  });

  it("are made for what members of the owner create, who may connect as it may", () => {
    const { one } = decide(
      [
        grantee("reader", { grants: { stock: { read: ["public"] } } }),
        grantee("migrations", { inRoles: ["keeper"] }),
        grantee("deployers", { inRoles: ["keeper"], users: [] }),
        grantee("deployer", { inRoles: ["deployers"] }),
      ],
      { orders: {}, stock: { owner: "keeper" } },
    );
    const secrets = secretsOf(one("grants/stock"));
    assert.deepEqual(
      [0, 1, 2, 3].map((i) => secrets.get(`USER_${i}`)),
      ["db-reader-credentials", "db-migrations-credentials", "db-deployer-credentials", undefined],
    );
    assert.equal(secretsOf(one("grants/orders")).get("USER_0"), undefined);
  });

  it("don't count on a membership that is not inherited, of the role or of one in between", () => {
    const { one } = decide([
      grantee("group", { grants: { orders: {} }, users: [] }),
      grantee("between", { inRoles: ["group"], users: [], inherits: false }),
      grantee("below", { inRoles: ["between"] }),
      grantee("alone", { inRoles: ["group", "orders"], inherits: false }),
      grantee("itself", { grants: { orders: {} }, inRoles: ["group"], inherits: false }),
    ]);
    const secrets = secretsOf(one("grants/orders"));
    assert.deepEqual(
      ["USER_0", "USER_1", "STRANGER_0", "STRANGER_1"].map((name) => secrets.get(name)),
      ["db-itself-credentials", undefined, "db-below-credentials", "db-alone-credentials"],
    );
  });

  it("are another Job when one of them changes, and the same when nothing does", () => {
    const nameOf = (own: Partial<Grantee>) => decide([grantee("report", own)]).one("grants/orders").name;
    const names = [
      nameOf({ grants: { orders: {} } }),
      nameOf({ grants: { orders: { read: ["public"] } } }),
      nameOf({ grants: { orders: { read: ["public"], defaultPrivileges: false } } }),
      nameOf({ grants: { orders: {} }, inRoles: [], users: [] }),
    ];
    assert.equal(new Set(names).size, names.length);
    assert.equal(nameOf({ grants: { orders: {} } }), names[0]);
    for (const name of names) assert.match(name, /^db-grants-orders-[0-9a-f]{6}$/);
  });

  it("have no name of the stack file in their shell script, whatever the names are", () => {
    const awkward = "x'; touch /tmp/owned; $(id) `id` \"";
    const args = { [awkward]: { owner: `o${awkward}`, schemas: [`s${awkward}`] } };
    const grants = { [awkward]: { read: [`s${awkward}`] } };
    const { one } = decide([grantee(awkward, { grants, users: [{ role: awkward, secretName: "s" }] })], args);
    const plain = decide([grantee("a", { grants: { orders: { read: ["public"] } } })]);
    assert.equal(scriptOf(one(`grants/${awkward}`)), scriptOf(plain.one("grants/orders")));
    assert.match(one(`grants/${awkward}`).name, /^[a-z0-9-]{1,63}$/);
    assert.match(dataOf(one(`grants/${awkward}/sql`))["grants.sql"] ?? "", /x''; touch \/tmp\/owned/);
  });
});

describe("Roles of a schema", () => {
  it("are an owner that logs in, and two groups", () => {
    const roles = rolesOfSchemas("orders", ["sales"]);
    assert.deepEqual(
      Object.entries(roles).map(([name, { login }]) => [name, login]),
      [
        ["orders_sales_owner", true],
        ["orders_sales_writer", false],
        ["orders_sales_reader", false],
      ],
    );
    assert.deepEqual(roles.orders_sales_reader?.grants, { orders: { read: ["sales"] } });
  });

  it("own the schema: the Database says so, and the Job waits for that", () => {
    const args = { orders: { schemas: ["sales", "plain"], schemaRoles: ["sales"] } };
    const databases = decideDatabases(new Check(new Problems()), "db", args, undefined);
    assert.deepEqual(
      databases.databases[0]?.spec.schemas?.map(({ name, owner }) => [name, owner]),
      [
        ["sales", "orders_sales_owner"],
        ["plain", "orders"],
      ],
    );
    assert.deepEqual(declarationOf("orders", [], { args }).schemas, [
      { name: "public" },
      { name: "sales", owner: "orders_sales_owner" },
      { name: "plain" },
    ]);
  });
});

describe("A password that is to be put right", () => {
  const users = [{ role: "report", secretName: "db-report-credentials" }];
  const at = ["roles", "report", "syncPassword"] as const;
  const objectsOf = (run: string | undefined) =>
    decideSyncs(new Check(new Problems()), [{ at, run, users, after: ["role/report"] }], {
      workload,
      image,
      caSecret,
    });

  it("is a Job with an account that may patch one Secret and do nothing else", () => {
    const objects = objectsOf("one");
    for (const object of objects) assert.deepEqual(validateManifest(manifestOf(object)), []);
    assert.deepEqual(found(objects, "sync/report/role").body.rules, [
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["db-report-credentials"], verbs: ["patch"] },
    ]);
    const binding = found(objects, "sync/report/binding").body as { subjects: { name: string }[] };
    assert.equal(binding.subjects[0]?.name, found(objects, "sync/report/account").name);
  });

  it("is nothing if nobody asks, and another Job for another text", () => {
    assert.deepEqual(objectsOf(undefined), []);
    const nameOf = (run: string) => found(objectsOf(run), "sync/report").name;
    assert.equal(nameOf("one"), nameOf("one"));
    assert.notEqual(nameOf("one"), nameOf("two"));
  });

  it("is put right once where two databases have one owner", () => {
    const twice = ["a", "b"].map((name) => ({
      at: ["databases", name, "x"] as const,
      run: "one",
      users,
      after: [],
    }));
    const objects = decideSyncs(new Check(new Problems()), twice, { workload, image, caSecret });
    assert.equal(objects.filter(({ kind }) => kind === "Job").length, 1);
  });
});
