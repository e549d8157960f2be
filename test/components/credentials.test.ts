import assert from "node:assert/strict";
import { PostgresCluster } from "../../components/index";
import { settled } from "../helpers/mocks";
import { clusterArgs, paths, recordValid, refused, spec, types } from "../helpers/samples";

const hard = "p/w@x:y%z?#&=+ '\"";
const declare = (
  databases: NonNullable<Parameters<typeof clusterArgs>[0]>["databases"],
  more = {},
  password?: string,
) =>
  recordValid(
    () => new PostgresCluster("db", clusterArgs({ ...(databases !== undefined && { databases }), ...more })),
    password,
  );
type Secret = {
  metadata: { name: string; labels: Record<string, string> };
  stringData: Record<string, string>;
};

describe("Credentials of an owner", () => {
  it("are a basic-auth Secret that CNPG reloads, with all that a client needs", async () => {
    const { inputs } = (await declare({ orders: {} }, {}, "secret-password")).one(types.secret);
    assert.deepEqual(inputs, {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/basic-auth",
      metadata: {
        name: "db-orders-credentials",
        namespace: "orders",
        labels: {
          "app.kubernetes.io/name": "db",
          "app.kubernetes.io/component": "database",
          "app.kubernetes.io/part-of": "databases",
          "cnpg.io/reload": "true",
        },
      },
      stringData: {
        username: "orders",
        password: "secret-password",
        host: "db-rw.orders.svc",
        port: "5432",
        dbname: "orders",
        uri: "postgresql://orders:secret-password@db-rw.orders.svc:5432/orders?sslmode=require",
      },
    });
  });

  it("go to the engine as secrets: user name, password and uri", async () => {
    const secret = (await declare({ orders: {} })).one(types.secret);
    for (const key of ["username", "password", "uri"]) {
      const covered = secret.secrets.some((path) => `stringData.${key}`.startsWith(path) && path !== "");
      assert(covered, `${key} is in plain sight: ${secret.secrets.join(", ")}`);
    }
  });

  it("never show in what is not a Secret", async () => {
    const recording = await declare({ orders: {} }, {}, "secret-password");
    for (const { type, inputs } of recording.resources)
      if (type !== types.secret) assert.doesNotMatch(JSON.stringify(inputs), /secret-password/, type);
  });

  for (const owner of ["pay/ments", "a@b", "a:b", "100%", "José", "two words", `it's "quoted"`]) {
    it(`have a uri that leads back to role ${owner} and to a password with any character`, async () => {
      const { inputs } = (await declare({ [owner]: { owner } }, {}, hard)).one(types.secret);
      const { stringData } = inputs as unknown as Secret;
      const url = new URL(stringData.uri ?? "");
      assert.equal(decodeURIComponent(url.username), owner);
      assert.equal(decodeURIComponent(url.password), hard);
      assert.equal(url.host, "db-rw.orders.svc:5432");
      assert.equal(decodeURIComponent(url.pathname.slice(1)), owner);
      assert.equal(stringData.username, owner);
    });
  }

  it("come from a generated password of 32 letters and digits", async () => {
    const { inputs } = (await declare({ orders: {} })).one(types.password);
    assert.deepEqual(inputs, { length: 32, special: false });
  });

  it("are not generated when a Secret exists, which initdb is then pointed to", async () => {
    const recording = await declare({ orders: { owner: "shop", ownerSecret: "shop-login" } });
    assert.deepEqual(recording.all(types.secret), []);
    assert.deepEqual(recording.all(types.password), []);
    const { bootstrap } = spec(recording.one(types.cluster)) as {
      bootstrap: { initdb: { secret: unknown } };
    };
    assert.deepEqual(bootstrap.initdb.secret, { name: "shop-login" });
    assert.deepEqual(await settled(recording.value.secretNames), { shop: "shop-login" });
  });
});

describe("Several databases and owners", () => {
  const databases = {
    orders: { schemas: ["sales", "stock"] },
    invoices: { owner: "billing", extensions: ["vector", "pg_trgm"], connectionLimit: 20 },
    ledger: { owner: "billing", reclaimPolicy: "delete", encoding: "UTF8", locale: "C" },
    legacy: { owner: "old", ownerSecret: "old-login" },
  } as const;
  const all = () => declare(structuredClone(databases) as never, { initdb: { database: "orders" } });

  it("have one Secret an owner, a Database each, and managed roles for all but initdb's owner", async () => {
    const recording = await all();
    assert.deepEqual(
      recording
        .all(types.secret)
        .map((r) => r.name)
        .sort(),
      ["db/billing", "db/orders"],
    );
    assert.deepEqual(
      recording
        .all(types.password)
        .map((r) => r.name)
        .sort(),
      ["db/billing", "db/orders"],
    );
    assert.deepEqual(
      recording
        .all(types.database)
        .map((r) => r.name)
        .sort(),
      ["db/invoices", "db/ledger", "db/legacy", "db/orders"],
    );
    assert.deepEqual(spec(recording.one(types.cluster)).managed, {
      roles: [
        {
          name: "billing",
          ensure: "present",
          login: true,
          passwordSecret: { name: "db-billing-credentials" },
        },
        { name: "old", ensure: "present", login: true, passwordSecret: { name: "old-login" } },
      ],
    });
  });

  it("are rendered with their extensions, schemas, limits and reclaim policy", async () => {
    const recording = await all();
    assert.deepEqual(spec(recording.one(types.database, "db/invoices")), {
      cluster: { name: "db" },
      name: "invoices",
      owner: "billing",
      ensure: "present",
      databaseReclaimPolicy: "retain",
      connectionLimit: 20,
      extensions: [
        { name: "vector", ensure: "present" },
        { name: "pg_trgm", ensure: "present" },
      ],
    });
    assert.deepEqual(spec(recording.one(types.database, "db/ledger")), {
      cluster: { name: "db" },
      name: "ledger",
      owner: "billing",
      ensure: "present",
      databaseReclaimPolicy: "delete",
      encoding: "UTF8",
      locale: "C",
    });
    assert.deepEqual(spec(recording.one(types.database, "db/orders")).schemas, [
      { name: "sales", owner: "orders", ensure: "present" },
      { name: "stock", owner: "orders", ensure: "present" },
    ]);
  });

  it("need to be told which of them initdb creates", async () => {
    const problems = await refused(
      () => new PostgresCluster("db", clusterArgs({ databases: { orders: {}, invoices: {} } })),
    );
    assert.deepEqual(paths(problems), ["initdb.database"]);
  });

  it("default to one database app with an owner of that name", async () => {
    const { databases: _, ...args } = clusterArgs();
    const recording = await recordValid(() => new PostgresCluster("db", args));
    const { bootstrap } = spec(recording.one(types.cluster)) as {
      bootstrap: { initdb: Record<string, unknown> };
    };
    assert.equal(bootstrap.initdb.database, "app");
    assert.equal(bootstrap.initdb.owner, "app");
    assert.equal(recording.one(types.database).name, "db/app");
  });
});
