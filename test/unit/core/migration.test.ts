import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import type { Fields } from "../../helpers/mocks";
import { environmentArgs, image } from "../../helpers/samples";

const login = { secret: "old-login", key: "password" };
const old = { host: "old-db.example.com", user: "migrator", password: login };
const archive = { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 };

/** The plan of one cluster of an environment that nothing is wrong with. */
function planOf(settings: Fields) {
  const problems = new Problems();
  const args = environmentArgs({
    "orders-db": { namespace: "orders", image, databases: { orders: { owner: "shop" } }, ...settings },
  });
  const plan = decideEnvironment(problems, "dev", args);
  assert.deepEqual(problems.list, []);
  const [cluster] = plan.clusters;
  assert(cluster !== undefined);
  return cluster.plan;
}
const specOf = (settings: Fields) => planOf(settings).spec;

describe("A server elsewhere", () => {
  const external = (server: Fields) => specOf({ servers: { old: { ...old, ...server } } }).externalClusters;

  it("is an external cluster whose password stays in its Secret", () => {
    assert.deepEqual(external({ database: "shop" }), [
      {
        name: "old",
        connectionParameters: {
          host: "old-db.example.com",
          port: "5432",
          user: "migrator",
          dbname: "shop",
          sslmode: "require",
        },
        password: { name: "old-login", key: "password" },
      },
    ]);
  });

  const modes: [Fields, string][] = [
    [{}, "require"],
    [{ sslRootCert: { secret: "ca", key: "ca.crt" } }, "verify-full"],
    [{ sslRootCert: { secret: "ca", key: "ca.crt" }, sslMode: "verify-ca" }, "verify-ca"],
    [{ sslRootCert: { secret: "ca", key: "ca.crt" }, sslMode: "require" }, "require"],
    [{ sslMode: "disable" }, "disable"],
  ];
  for (const [server, mode] of modes)
    it(`is connected to with sslmode ${mode} by ${JSON.stringify(server)}`, () => {
      assert.equal(external(server)?.[0]?.connectionParameters?.sslmode, mode);
    });
});

describe("A cluster that begins with an import", () => {
  const databases = { orders: { owner: "shop", extensions: ["vector"], schemas: ["sales"] } };

  it("of one database makes that database by initdb, and neither its schemas nor its extensions before", () => {
    const { bootstrap } = specOf({
      databases,
      servers: { old },
      importFrom: { server: "old", postgresMajor: 14, type: "microservice", databases: ["Shop"] },
    });
    assert.deepEqual(bootstrap, {
      initdb: {
        database: "orders",
        owner: "shop",
        secret: { name: "orders-db-shop-credentials" },
        dataChecksums: true,
        import: { type: "microservice", source: { externalCluster: "old" }, databases: ["Shop"] },
      },
    });
  });

  it("of a whole server makes no database by initdb, and sees to every owner's password by a managed role", () => {
    const { spec, databases: plan } = planOf({
      databases,
      servers: { old },
      importFrom: { server: "old", postgresMajor: 17, type: "monolith", databases: ["*"], roles: ["*"] },
    });
    assert.deepEqual(spec.bootstrap, {
      initdb: {
        dataChecksums: true,
        import: { type: "monolith", source: { externalCluster: "old" }, databases: ["*"], roles: ["*"] },
      },
    });
    assert.deepEqual(
      spec.managed?.roles?.map(({ name, passwordSecret }) => [name, passwordSecret?.name]),
      [["shop", "orders-db-shop-credentials"]],
    );
    assert.deepEqual(plan.databases[0]?.spec.extensions, [{ name: "vector", ensure: "present" }]);
  });
});

describe("A replica cluster", () => {
  const replica = (more: Fields = {}) => ({ recoverFrom: archive, replica: {}, ...more });

  it("of an archive follows it, and declares nothing that it could not have", () => {
    const { spec, migration } = planOf(
      replica({
        databases: { orders: { owner: "shop" }, more: { ownerSecret: "more-login" } },
        recoverFrom: { ...archive, database: "orders" },
      }),
    );
    assert.deepEqual(spec.replica, { enabled: true, source: "source" });
    assert.equal(spec.managed, undefined);
    assert.deepEqual(migration.declared.databases, []);
    assert.deepEqual(
      migration.declared.owners.map(({ secretName }) => secretName),
      ["more-login"],
    );
  });

  it("that is promoted has all of it", () => {
    const { spec, migration } = planOf(replica({ replica: { enabled: false } }));
    assert.deepEqual(spec.replica, { enabled: false, source: "source" });
    assert.equal(migration.declared.databases.length, 1);
    assert.deepEqual(
      migration.declared.owners.map(({ secretName }) => secretName),
      ["orders-db-shop-credentials"],
    );
  });

  it("of a base backup streams from the same server", () => {
    const spec = specOf({
      servers: { old },
      baseBackupFrom: { server: "old", postgresMajor: 17 },
      replica: { minApplyDelay: "8h" },
    });
    assert.deepEqual(spec.replica, { enabled: true, source: "old", minApplyDelay: "8h" });
    assert.deepEqual(spec.bootstrap, {
      pg_basebackup: {
        source: "old",
        database: "orders",
        owner: "shop",
        secret: { name: "orders-db-shop-credentials" },
      },
    });
  });

  it("that also streams has archive and server in one external cluster, which is all that CNPG follows", () => {
    const { externalClusters } = specOf(replica({ servers: { old }, replica: { server: "old" } }));
    const [source, server] = externalClusters ?? [];
    assert.equal(source?.name, "source");
    assert.equal(source?.plugin?.parameters?.serverName, "orders-db-g1");
    assert.deepEqual(source?.connectionParameters, server?.connectionParameters);
    assert.equal(server?.name, "old");
  });
});

describe("A distributed topology", () => {
  const source = { bucket: "acme-north-backups", serverName: "north-g1", postgresMajor: 17 };

  it("has each cluster know its own archive and that of the other", () => {
    const { spec, recovery } = planOf({ replica: { self: "south", primary: "south", source } });
    assert.deepEqual(spec.replica, { self: "south", primary: "south", source: "source" });
    assert.deepEqual(
      spec.externalClusters?.map(({ name, plugin }) => [name, plugin?.parameters]),
      [
        ["source", { barmanObjectName: "orders-db-source", serverName: "north-g1" }],
        ["south", { barmanObjectName: "orders-db-backup", serverName: "orders-db-g1" }],
      ],
    );
    assert.deepEqual(Object.keys(spec.bootstrap ?? {}), ["initdb"]);
    assert.equal(recovery?.grant, true);
  });

  it("keeps what a cluster declares while another is the primary: it may be it again", () => {
    const { spec, migration } = planOf({
      replica: { self: "south", primary: "north", source },
      publications: { p: { database: "orders", allTables: true } },
    });
    assert.deepEqual(spec.replica, { self: "south", primary: "source", source: "source" });
    assert.equal(migration.declared.databases.length, 1);
    assert.equal(migration.publications.length, 1);
    assert.equal(migration.replica?.follows, true);
  });

  it("dumps while it is the primary; before and after, schedules are suspended and no Job runs", () => {
    const exports = { nightly: { schedule: "0 0 2 * * *" }, once: { run: "1" } };
    const jobs = (primary: string) =>
      planOf({ replica: { self: "south", primary, source }, exports })
        .objects.filter(({ kind }) => /Job/.test(kind))
        .map(({ kind, body }) => [kind, (body.spec as Fields).suspend]);
    assert.deepEqual(jobs("south"), [
      ["CronJob", false],
      ["Job", undefined],
    ]);
    assert.deepEqual(jobs("north"), [["CronJob", true]]);
  });

  it("reads an archive in S3 with keys of the configuration too", () => {
    const source = { s3: { endpoint: "https://minio.storage.svc:9000" }, bucket: "other", serverName: "g1" };
    const keys = { accessKeyId: "id", secretAccessKey: "key" };
    const cluster = {
      namespace: "orders",
      image,
      databases: { orders: {} },
      replica: { self: "south", primary: "south", source: { ...source, postgresMajor: 17 } },
    };
    const problems = new Problems();
    decideEnvironment(problems, "dev", {
      ...environmentArgs({ "orders-db": cluster as never }),
      s3SourceKeys: keys,
    });
    assert.deepEqual(problems.list, []);
  });
});

describe("Publications and subscriptions", () => {
  it("say in full what is published", () => {
    const { publications } = planOf({
      publications: {
        some: {
          database: "orders",
          tables: ["public.orders", "sales.Line items"],
          columns: { "public.orders": ["id"] },
          parameters: { publish: "insert" },
          reclaimPolicy: "delete",
        },
      },
    }).migration;
    assert.deepEqual(publications[0]?.spec, {
      cluster: { name: "orders-db" },
      name: "some",
      dbname: "orders",
      target: {
        objects: [
          { table: { schema: "public", name: "orders", columns: ["id"] } },
          { table: { schema: "sales", name: "Line items" } },
        ],
      },
      parameters: { publish: "insert" },
      publicationReclaimPolicy: "delete",
    });
  });

  const parameters: [Fields | undefined, Fields | undefined][] = [
    [undefined, undefined],
    [{ copy_data: "off" }, { copy_data: "off", synchronous_commit: "off" }],
    [
      { copy_data: "off", binary: "on" },
      { copy_data: "off", binary: "on" },
    ],
    [{ synchronous_commit: "on" }, { synchronous_commit: "on" }],
  ];
  for (const [given, rendered] of parameters)
    it(`can be changed later, with the parameters ${JSON.stringify(given) ?? "left out"}`, () => {
      const { subscriptions } = planOf({
        servers: { old: { ...old, database: "shop" } },
        subscriptions: {
          move: { database: "orders", server: "old", publication: "p", ...(given && { parameters: given }) },
        },
      }).migration;
      assert.deepEqual(subscriptions[0]?.spec.parameters, rendered);
      assert.equal(subscriptions[0]?.spec.subscriptionReclaimPolicy, "delete");
    });
});
