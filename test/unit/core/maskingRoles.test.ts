import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import { type ClusterArgs, PostgresEnvironment } from "../../../components/index";
import { Problems } from "../../../components/problems";
import { settled } from "../../helpers/mocks";
import { environmentArgs, image, recordValid, types } from "../../helpers/samples";

const clone: ClusterArgs = {
  namespace: "orders",
  image,
  databases: {
    orders: { applications: [{ namespace: "shop" }], syncOwnerPassword: "today" },
  },
  roles: {
    readers: { login: false },
    reporting: {
      inRoles: ["readers"],
      applications: [{ namespace: "reports", secret: "db" }],
      grants: { orders: { read: ["public"] } },
    },
    rota: { rotationMode: "twoUsers", applications: [{ namespace: "rota" }] },
    metrics: { disablePassword: true },
  },
  recoverFrom: { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 },
  publications: { all: { database: "orders", allTables: true } },
  exports: { nightly: { schedule: "0 0 2 * * *" }, now: { run: "today" } },
  backup: { manual: { before: {} } },
  masking: { orders: { sql: ["SELECT 1"] } },
};
const exports = { bucket: "acme-dev-dumps" };
const args = (changes: Partial<ClusterArgs> = {}) =>
  environmentArgs({ "orders-db": { ...clone, ...changes } }, { exports });

function planOf(changes: Partial<ClusterArgs> = {}) {
  const problems = new Problems();
  const environment = decideEnvironment(problems, "dev", args(changes));
  assert.deepEqual(problems.list, []);
  const [only] = environment.clusters;
  assert(only !== undefined);
  return only.plan;
}

const unmasked = (({ masking: _, ...rest }) => rest)(clone);
const declare = (changes: Partial<ClusterArgs> = {}) =>
  recordValid(() => new PostgresEnvironment("dev", args(changes)));
const job = "kubernetes:batch/v1:Job::dev/orders-db/masking/orders";
const secretsOf = async (changes?: Partial<ClusterArgs>) =>
  (await declare(changes)).all(types.secret).map((secret) => ({
    ...secret,
    called: (secret.inputs.metadata as { name: string }).name,
  }));

describe("A clone with masking, roles and applications", () => {
  for (const rolesAs of ["databaseRole", "managed"] as const) {
    it(`has CNPG and all Jobs read Secrets that no application knows of (rolesAs: ${rolesAs})`, () => {
      const plan = planOf({ rolesAs });
      const text = JSON.stringify([plan.spec, plan.objects, plan.masking]);
      const known = [...plan.databases.owners, ...plan.roles.logins].map(({ shownAs }) => shownAs);
      assert.deepEqual(known.sort(), [
        "orders-db-orders-credentials",
        "orders-db-reporting-credentials",
        "orders-db-rota-a-6cb7df-credentials",
        "orders-db-rota-b-3ffcf1-credentials",
      ]);
      for (const name of known) {
        assert.match(text, new RegExp(`"${name}-internal"`), name);
        assert.doesNotMatch(text, new RegExp(`"${name}"`), name);
      }
    });
  }

  it("makes every Secret that an application can know of after the Job, and anew in every generation", async () => {
    const secrets = await secretsOf();
    const early = secrets.filter(({ options }) => !options.dependsOn.includes(job));
    assert.deepEqual(early.map(({ called }) => called).sort(), [
      "orders-db-orders-credentials-internal",
      "orders-db-reporting-credentials-internal",
      "orders-db-rota-a-6cb7df-credentials-internal",
      "orders-db-rota-b-3ffcf1-credentials-internal",
    ]);
    const late = secrets.filter((secret) => !early.includes(secret));
    assert.deepEqual(late.map(({ called }) => called).sort(), [
      "db",
      "orders-db-orders",
      "orders-db-orders-credentials",
      "orders-db-reporting-credentials",
      "orders-db-rota",
      "orders-db-rota-a-6cb7df-credentials",
      "orders-db-rota-b-3ffcf1-credentials",
    ]);
    for (const { called, options } of late)
      assert.deepEqual(options.replaceWith, [`${types.cluster}::dev/orders-db`], called);
  });

  it("says in the early ones who it is and the password, and not where to go", async () => {
    for (const { called, inputs } of await secretsOf())
      if (called.endsWith("-internal"))
        assert.deepEqual(Object.keys(inputs.stringData as object).sort(), ["password", "username"], called);
  });

  it("tells of the Secrets that applications know, and not of those that CNPG reads", async () => {
    const { value } = await declare();
    assert.deepEqual((await settled(value.clusters))["orders-db"]?.secretNames, {
      orders: "orders-db-orders-credentials",
      reporting: "orders-db-reporting-credentials",
      rota_a: "orders-db-rota-a-6cb7df-credentials",
      rota_b: "orders-db-rota-b-3ffcf1-credentials",
    });
  });

  it("has other passwords in every generation, whatever their rotation is", async () => {
    const roles = { rota: { rotationMode: "twoUsers", credentials: { random: { rotation: 3 } } } } as const;
    const keepers = async (changes: Partial<ClusterArgs>) =>
      Object.fromEntries(
        (await declare(changes)).all(types.password).map(({ name, inputs }) => [name, inputs.keepers]),
      );
    assert.deepEqual(await keepers({ roles, generation: 2 }), {
      "dev/orders-db/orders": { generation: "2" },
      "dev/orders-db/rota_a": { rotation: "3", generation: "2" },
      "dev/orders-db/rota_b": { rotation: "2", generation: "2" },
    });
  });

  it("grants, publishes, dumps and backs up after the Job, and anew in every generation", async () => {
    const recording = await declare();
    for (const [type, name] of [
      ["kubernetes:batch/v1:Job", "dev/orders-db/grants/orders"],
      ["kubernetes:postgresql.cnpg.io/v1:Publication", "dev/orders-db/all"],
      ["kubernetes:batch/v1:CronJob", "dev/orders-db/export/nightly"],
      ["kubernetes:batch/v1:Job", "dev/orders-db/export/now/today"],
      ["kubernetes:postgresql.cnpg.io/v1:Backup", "dev/orders-db/backup/before"],
    ] as const) {
      const { options } = recording.one(type, name);
      assert(options.dependsOn.includes(job), name);
      assert.deepEqual(options.replaceWith, [`${types.cluster}::dev/orders-db`], name);
    }
  });

  it("waits for the Job even where nothing else is waited for", async () => {
    const { inputs } = (await declare({ wait: { enabled: false } })).one(
      "kubernetes:batch/v1:Job",
      "dev/orders-db/masking/orders",
    );
    assert.doesNotMatch(JSON.stringify(inputs.metadata), /skipAwait/);
  });

  it("trusts in every Job the CA of the server's own certificate", () => {
    const jobs = (certificates: NonNullable<ClusterArgs["certificates"]>) => {
      const plan = planOf({ certificates });
      const all = [...(plan.masking?.objects ?? []), ...plan.objects].filter(({ kind }) => kind === "Job");
      return all.map(({ key, body }) => {
        const [, secret] =
          /"name":"postgres-ca","secret":\{"secretName":"([^"]+)"/.exec(JSON.stringify(body)) ?? [];
        return [key, secret];
      });
    };
    const keys = ["masking/orders", "login/rota", "grants/orders", "sync/orders", "export/now/today"];
    assert.deepEqual(
      jobs({}),
      keys.map((key) => [key, "orders-db-ca"]),
    );
    assert.deepEqual(
      jobs({ server: { secret: "orders-tls", caSecret: "company-ca" } }),
      keys.map((key) => [key, "company-ca"]),
    );
  });

  it("has Secrets as ever without masking", async () => {
    const recording = await recordValid(
      () => new PostgresEnvironment("dev", environmentArgs({ "orders-db": unmasked }, { exports })),
    );
    for (const { inputs } of recording.all(types.secret))
      assert.doesNotMatch((inputs.metadata as { name: string }).name, /internal/);
    assert(recording.all(types.password).every(({ inputs }) => inputs.keepers === undefined));
  });
});

describe("Who may log in to a clone with roles", () => {
  const hba = (changes: Partial<ClusterArgs> = {}) => {
    const problems = new Problems();
    const all = environmentArgs({ "orders-db": { ...unmasked, ...changes } }, { exports });
    const { clusters } = decideEnvironment(problems, "dev", all);
    assert.deepEqual(problems.list, []);
    return clusters[0]?.plan.spec.postgresql?.pg_hba;
  };

  it("is everybody whose password the stack sets, both users that take turns, and nobody without one", () => {
    const expected = [
      'host all "orders" all scram-sha-256',
      'host all "reporting" all scram-sha-256',
      'host all "rota_a" all scram-sha-256',
      'host all "rota_b" all scram-sha-256',
      "host all all all reject",
    ];
    assert.deepEqual(hba(), expected);
    assert.deepEqual(hba({ rolesAs: "managed" }), expected);
  });

  it("is who has a certificate, before the line that shuts everybody else out, and not with a password", () => {
    const roles = { metrics: { clientCertificate: true } };
    const recoverFrom = { ...clone.recoverFrom, allowRoles: ["of prod"] };
    assert.deepEqual(hba({ roles, recoverFrom }), [
      'hostssl all "metrics" all cert',
      'host all "orders" all scram-sha-256',
      'host all "of prod" all scram-sha-256',
      "host all all all reject",
    ]);
  });

  it("is everybody of the source in a replica, before its promotion and after it", () => {
    const roles = { metrics: { clientCertificate: true } };
    for (const enabled of [true, false])
      assert.deepEqual(
        hba({ roles, publications: {}, exports: {}, replica: { enabled } }),
        enabled ? undefined : ['hostssl all "metrics" all cert'],
      );
  });

  it("is everybody in a cluster that is restored in place, unless it says whom it lets in", () => {
    const inPlace = (more: object) =>
      hba({ generation: 2, roles: {}, recoverFrom: { generation: 1, ...more } });
    assert.equal(inPlace({}), undefined);
    assert.equal(inPlace({ allowRoles: ["*"] }), undefined);
    const own = 'host all "orders" all scram-sha-256';
    assert.deepEqual(inPlace({ allowRoles: [] }), [own, "host all all all reject"]);
    assert.deepEqual(inPlace({ allowRoles: ["reporting"] }), [
      own,
      'host all "reporting" all scram-sha-256',
      "host all all all reject",
    ]);
  });

  it("is everybody in a clone that says so", () => {
    assert.equal(hba({ roles: {}, recoverFrom: { ...clone.recoverFrom, allowRoles: ["*"] } }), undefined);
  });

  it("is as CNPG has it in a cluster that is no clone", () => {
    const { recoverFrom: _, ...empty } = unmasked;
    const problems = new Problems();
    const { clusters } = decideEnvironment(
      problems,
      "dev",
      environmentArgs({ "orders-db": empty }, { exports }),
    );
    assert.deepEqual(problems.list, []);
    assert.equal(clusters[0]?.plan.spec.postgresql?.pg_hba, undefined);
  });
});
