import assert from "node:assert/strict";
import {
  DatabaseClient,
  databaseEnv,
  PostgresCluster,
  type PostgresClusterArgs,
} from "../../components/index";
import { settled } from "../helpers/mocks";
import { children, clusterArgs, recordValid, spec, types } from "../helpers/samples";

const declare = (more: Partial<PostgresClusterArgs>, password?: string) =>
  recordValid(() => new PostgresCluster("db", clusterArgs(more)), password);
type Recording = Awaited<ReturnType<typeof declare>>;
type Fields = Record<string, unknown>;
const stringData = (recording: Recording, name: string) =>
  recording.one(types.secret, name).inputs.stringData as Record<string, string>;

describe("A role", () => {
  it("is a DatabaseRole after its Cluster and its Secret, and is awaited", async () => {
    const recording = await declare({
      roles: {
        readers: { login: false },
        reporting: {
          inRoles: ["pg_monitor", "readers"],
          connectionLimit: 5,
          validUntil: "2027-01-01T01:00:00+01:00",
          comment: "Reads",
        },
      },
    });
    const role = recording.one(types.role, "db/role/reporting");
    assert.deepEqual(spec(role), {
      cluster: { name: "db" },
      name: "reporting",
      login: true,
      inRoles: ["pg_monitor", "readers"],
      connectionLimit: 5,
      validUntil: "2027-01-01T00:00:00Z",
      comment: "Reads",
      passwordSecret: { name: "db-reporting-credentials" },
      databaseRoleReclaimPolicy: "retain",
    });
    const { annotations } = role.inputs.metadata as Fields;
    assert.deepEqual(annotations, { "pulumi.com/skipAwait": "true" });
    assert.deepEqual(
      role.options.dependsOn,
      [
        "kubernetes:core/v1:Namespace::db",
        `${types.secret}::db/reporting`,
        `${types.role}::db/role/readers`,
        `${types.cluster}::db`,
      ].sort(),
    );
    assert.deepEqual(role.options.replaceWith, [`${types.cluster}::db`]);
    assert.deepEqual(spec(recording.one(types.role, "db/role/readers")), {
      cluster: { name: "db" },
      name: "readers",
      databaseRoleReclaimPolicy: "retain",
    });
    assert.equal(spec(recording.one(types.cluster)).managed, undefined);
  });

  it("is one of the Cluster's managed roles where that is asked for, and with an operator that has no DatabaseRole", async () => {
    for (const more of [{ rolesAs: "managed" }, { operatorVersion: "1.29.1" }] as const) {
      const recording = await declare({ ...more, roles: { reporting: { createdb: true } } });
      assert.deepEqual(recording.all(types.role), []);
      assert.deepEqual(spec(recording.one(types.cluster)).managed, {
        roles: [
          {
            name: "reporting",
            login: true,
            createdb: true,
            passwordSecret: { name: "db-reporting-credentials" },
            ensure: "present",
          },
        ],
      });
    }
  });

  it("may be in the owner of a database, who comes with the Cluster", async () => {
    const roles = { migrations: { inRoles: ["orders", "readers"] }, readers: { login: false } };
    const recording = await declare({ roles });
    const role = recording.one(types.role, "db/role/migrations");
    assert.deepEqual(spec(role).inRoles, ["orders", "readers"]);
    const { dependsOn } = role.options;
    assert(dependsOn.includes(`${types.role}::db/role/readers`), dependsOn.join());
    assert.equal((await declare({ roles, rolesAs: "managed" })).all(types.role).length, 0);
  });

  it("has no password where there is to be none, nor a Secret", async () => {
    const recording = await declare({
      roles: { silent: { disablePassword: true }, group: { login: false } },
    });
    assert.deepEqual(
      recording.all(types.secret).map(({ name }) => name),
      ["db/orders"],
    );
    assert.equal(spec(recording.one(types.role, "db/role/silent")).disablePassword, true);
  });

  it("with a client certificate has a line of its own in pg_hba.conf, and no password", async () => {
    const recording = await declare({ roles: { certified: { clientCertificate: true } } });
    const { clientCertificate, disablePassword, passwordSecret } = spec(recording.one(types.role));
    assert.deepEqual(
      [clientCertificate, disablePassword, passwordSecret],
      [{ enabled: true }, true, undefined],
    );
    const { postgresql } = spec(recording.one(types.cluster)) as { postgresql: Fields };
    assert.deepEqual(postgresql.pg_hba, ['hostssl all "certified" all cert']);
  });

  for (const name of [
    'we"ird',
    "two words",
    "José ☂",
    "100%s",
    "$HOME `id`",
    "x'); DROP TABLE t; --",
    "{{ .x }}",
  ])
    it(`may be called ${name}, and its Secrets lead back to that`, async () => {
      const roles = { [name]: { applications: [{ namespace: "shop", secret: "login" }] } };
      const recording = await declare({ roles }, "p/w@x:y%z");
      assert.equal(spec(recording.one(types.role)).name, name);
      const { uri = "", username } = stringData(recording, "db/application/shop/login");
      assert.equal(username, name);
      assert.equal(decodeURIComponent(new URL(uri).username), name);
      assert.equal(decodeURIComponent(new URL(uri).password), "p/w@x:y%z");
    });
});

describe("An application", () => {
  it("gets a Secret in its own namespace, with all that a client needs, after the role is there", async () => {
    const recording = await declare(
      { instances: 2, roles: { reporting: { applications: [{ namespace: "shop", service: "ro" }] } } },
      "secret-password",
    );
    const secret = recording.one(types.secret, "db/application/shop/db-reporting");
    const uri = (of: string) =>
      `postgresql://reporting:secret-password@db-${of}.orders.svc:5432/orders?sslmode=require`;
    assert.deepEqual(secret.inputs, {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/basic-auth",
      metadata: {
        name: "db-reporting",
        namespace: "shop",
        labels: {
          "app.kubernetes.io/name": "db",
          "app.kubernetes.io/component": "database",
          "app.kubernetes.io/part-of": "databases",
        },
      },
      stringData: {
        username: "reporting",
        password: "secret-password",
        host: "db-ro.orders.svc",
        port: "5432",
        database: "orders",
        dbname: "orders",
        sslmode: "require",
        uri: uri("ro"),
        "host-rw": "db-rw.orders.svc",
        "uri-rw": uri("rw"),
        "host-ro": "db-ro.orders.svc",
        "uri-ro": uri("ro"),
        "host-r": "db-r.orders.svc",
        "uri-r": uri("r"),
      },
    });
    assert(secret.options.dependsOn.includes(`${types.role}::db/role/reporting`));
    assert(secret.secrets.includes("stringData"), secret.secrets.join());
    for (const { type, name, inputs } of recording.resources)
      if (type !== types.secret) assert.doesNotMatch(JSON.stringify(inputs), /secret-password/, name);
  });

  it("may log in as the owner of a database, whose own Secret stays as it is", async () => {
    const plain = await declare({});
    const recording = await declare({ databases: { orders: { applications: [{ namespace: "shop" }] } } });
    assert.deepEqual(
      recording.one(types.secret, "db/orders").inputs,
      plain.one(types.secret, "db/orders").inputs,
    );
    assert.equal(stringData(recording, "db/application/shop/db-orders").username, "orders");
    assert.deepEqual(
      children(recording).filter((child) => !children(plain).includes(child)),
      [`${types.secret} db/application/shop/db-orders`],
    );
  });
});

describe("A rotation", () => {
  const rotated = (rotation: number, rotationMode: "inPlace" | "twoUsers" = "inPlace") =>
    declare({
      roles: {
        reporting: {
          rotationMode,
          applications: [{ namespace: "shop" }],
          credentials: { random: { rotation } },
        },
      },
    });
  const keepers = (recording: Recording, name: string) => recording.one(types.password, name).inputs.keepers;

  it("makes another password of another number, and of the first the one that a role has without", async () => {
    assert.equal(keepers(await rotated(1), "db/reporting"), undefined);
    assert.deepEqual(keepers(await rotated(2), "db/reporting"), { rotation: "2" });
  });

  it("with two users leaves the former one's password as it was, and gives the application the other one", async () => {
    const seen: [string | undefined, unknown, unknown][] = [];
    for (const rotation of [1, 2, 3, 4]) {
      const recording = await rotated(rotation, "twoUsers");
      const of = (user: string) =>
        (keepers(recording, `db/reporting_${user}`) as { rotation: string } | undefined)?.rotation;
      seen.push([stringData(recording, "db/application/shop/db-reporting").username, of("a"), of("b")]);
    }
    assert.deepEqual(seen, [
      ["reporting_a", undefined, undefined],
      ["reporting_b", undefined, "2"],
      ["reporting_a", "3", "2"],
      ["reporting_b", "3", "4"],
    ]);
  });

  it("with two users makes a group of the role, which can't log in, and both members of it", async () => {
    const recording = await rotated(1, "twoUsers");
    const role = (name: string) => spec(recording.one(types.role, `db/role/${name}`));
    assert.deepEqual([role("reporting").login, role("reporting").passwordSecret], [undefined, undefined]);
    for (const user of ["reporting_a", "reporting_b"])
      assert.deepEqual([role(user).login, role(user).inRoles], [true, ["reporting"]]);
  });

  it("with two users tells the application when Postgres has let the new one in, by another Job each time", async () => {
    const jobs = new Set<string>();
    for (const rotation of [1, 2, 3]) {
      const recording = await rotated(rotation, "twoUsers");
      const job = recording.one(types.job);
      jobs.add((job.inputs.metadata as { name: string }).name);
      const secret = recording.one(types.secret, "db/application/shop/db-reporting");
      assert(secret.options.dependsOn.includes(`${types.job}::db/login/reporting`));
      const user = rotation === 2 ? "reporting_b" : "reporting_a";
      for (const before of [`${types.role}::db/role/${user}`, `${types.secret}::db/${user}`])
        assert(job.options.dependsOn.includes(before), before);
    }
    assert.equal(jobs.size, 3);
  });
});

describe("A program that deploys an application", () => {
  it("has its environment from the Secret, and is restarted when that changes", async () => {
    const { env, annotations } = databaseEnv("db-reporting");
    assert.deepEqual(
      Object.fromEntries(env.map(({ name, valueFrom }) => [name, valueFrom.secretKeyRef.key])),
      {
        PGHOST: "host",
        PGPORT: "port",
        PGDATABASE: "database",
        PGUSER: "username",
        PGPASSWORD: "password",
        PGSSLMODE: "sslmode",
        DATABASE_URL: "uri",
      },
    );
    assert.deepEqual(annotations, { "secret.reloader.stakater.com/reload": "db-reporting" });
    const recording = await declare({ roles: { reporting: { applications: [{ namespace: "shop" }] } } });
    const keys = Object.keys(stringData(recording, "db/application/shop/db-reporting"));
    for (const { valueFrom } of env)
      assert(keys.includes(valueFrom.secretKeyRef.key), valueFrom.secretKeyRef.key);
  });

  it("is told the same by a component, which makes nothing", async () => {
    const recording = await recordValid(() => new DatabaseClient("shop", { secret: "db-reporting" }));
    assert.deepEqual(children(recording), []);
    const plain = databaseEnv("db-reporting");
    assert.deepEqual(await settled(recording.value.env), plain.env);
    assert.deepEqual(await settled(recording.value.annotations), plain.annotations);
  });
});
