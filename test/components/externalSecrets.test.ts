import assert from "node:assert/strict";
import { PostgresCluster, type PostgresClusterArgs } from "../../components/index";
import { children, clusterArgs, recordValid, spec, types } from "../helpers/samples";

const declare = (more: Partial<PostgresClusterArgs>) =>
  recordValid(() => new PostgresCluster("db", clusterArgs(more)));
type Recording = Awaited<ReturnType<typeof declare>>;
type Fields = Record<string, unknown>;

describe("External Secrets Operator", () => {
  const externalSecret = {
    store: "vault",
    key: "orders/reporting",
    property: "password",
    refreshInterval: "15m",
  };
  const applications = [{ namespace: "shop" }];
  const target = (recording: Recording, name: string) =>
    spec(recording.one(types.externalSecret, name)).target as {
      template: { data: Fields; metadata: Fields };
    };

  it("fills a role's Secret from a store, labelled so that CNPG reloads it, and the application's from the same place", async () => {
    const recording = await declare({
      roles: { reporting: { credentials: { externalSecret }, applications } },
    });
    assert.deepEqual(spec(recording.one(types.externalSecret, "db/secret/reporting")), {
      refreshInterval: "15m",
      secretStoreRef: { name: "vault", kind: "ClusterSecretStore" },
      data: [{ secretKey: "password", remoteRef: { key: "orders/reporting", property: "password" } }],
      target: {
        name: "db-reporting-credentials",
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
        template: {
          engineVersion: "v2",
          mergePolicy: "Replace",
          type: "kubernetes.io/basic-auth",
          metadata: {
            labels: {
              "app.kubernetes.io/name": "db",
              "app.kubernetes.io/component": "database",
              "app.kubernetes.io/part-of": "databases",
              "cnpg.io/reload": "true",
            },
          },
          data: {
            username: "reporting",
            password: "{{ .password | trim }}",
            host: "db-rw.orders.svc",
            port: "5432",
            dbname: "orders",
            uri: 'postgresql://reporting:{{ .password | trim | urlquery | replace "+" "%20" }}@db-rw.orders.svc:5432/orders?sslmode=require',
          },
        },
      },
    });
    const own = recording.one(types.externalSecret, "db/secret/reporting");
    assert.equal((own.inputs.metadata as { labels: Fields }).labels["cnpg.io/reload"], undefined);
    const other = recording.one(types.externalSecret, "db/application/shop/db-reporting");
    assert.deepEqual(spec(other).data, spec(own).data);
    assert.equal((other.inputs.metadata as Fields).namespace, "shop");
    assert.equal(target(recording, "db/application/shop/db-reporting").template.data.sslmode, "require");
    assert.deepEqual(
      recording.all(types.password).map(({ name }) => name),
      ["db/orders"],
    );
  });

  it("makes an owner's Secret before the Cluster, which begins with it", async () => {
    const recording = await declare({ databases: { orders: { ownerCredentials: { externalSecret } } } });
    const { dependsOn } = recording.one(types.cluster).options;
    assert(dependsOn.includes(`${types.externalSecret}::db/secret/orders`), dependsOn.join());
    const { bootstrap } = spec(recording.one(types.cluster)) as { bootstrap: { initdb: Fields } };
    assert.deepEqual(bootstrap.initdb.secret, { name: "db-orders-credentials" });
  });

  it("makes a password once, and copies it to the application, which may read no other Secret", async () => {
    const roles = { reporting: { credentials: { generator: { symbols: 4 } }, applications } };
    const recording = await declare({ roles });
    assert.deepEqual(spec(recording.one(types.generator)), {
      length: 32,
      digits: 8,
      symbols: 4,
      noUpper: false,
      allowRepeat: true,
    });
    assert.equal(spec(recording.one(types.externalSecret, "db/secret/reporting")).refreshInterval, "0s");
    const copy = recording.one(types.externalSecret, "db/application/shop/db-reporting");
    assert.deepEqual(spec(copy).secretStoreRef, { kind: "SecretStore", name: "db-reporting" });
    assert.deepEqual(spec(copy).data, [
      { secretKey: "password", remoteRef: { key: "db-reporting-credentials", property: "password" } },
    ]);
    assert.equal(spec(copy).dataFrom, undefined);
    const role = recording.one("kubernetes:rbac.authorization.k8s.io/v1:Role").inputs;
    assert.deepEqual(role.rules, [
      {
        apiGroups: [""],
        resources: ["secrets"],
        resourceNames: ["db-reporting-credentials"],
        verbs: ["get"],
      },
    ]);
    assert.equal((role.metadata as Fields).namespace, "orders");
  });

  it("is given a name with braces as a text, and not as a template", async () => {
    const recording = await declare({ roles: { "{{ .x }}": { credentials: { externalSecret } } } });
    const [found] = recording.all(types.externalSecret);
    assert(found !== undefined);
    const { template } = target(recording, found.name);
    assert.equal(template.data.username, '{{ "{{ .x }}" }}');
  });

  it("copies a Secret that somebody else makes, and is not asked for those of GitOps", async () => {
    const found = await declare({ roles: { reporting: { credentials: { secret: "found" }, applications } } });
    assert.equal(found.all(types.externalSecret).length, 1);
    assert.deepEqual(spec(found.one(types.role)).passwordSecret, { name: "found" });
    const sops = await declare({ roles: { reporting: { credentials: { sops: "found" }, applications } } });
    assert.deepEqual(
      children(sops).filter((child) => /External|Store|reporting/.test(child)),
      [`${types.store} db`, `${types.role} db/role/reporting`],
    );
  });

  it("copies a password as it stands where CNPG takes it so, which is the owner's who comes with the Cluster", async () => {
    const recording = await declare({
      databases: {
        orders: { ownerSecret: "orders-login", applications },
        billing: { ownerSecret: "billing-login", applications },
      },
      initdb: { database: "orders" },
    });
    const written = (role: string) => target(recording, `db/application/shop/db-${role}`).template.data;
    assert.equal(written("orders").password, "{{ .password }}");
    assert.match(String(written("orders").uri), /orders:\{\{ \.password \| urlquery/);
    assert.equal(written("billing").password, "{{ .password | trim }}");
  });

  it("lets each application read its own role's Secret, also where namespace and name read the same together", async () => {
    const recording = await declare({
      roles: {
        a: { credentials: { secret: "a-login" }, applications: [{ namespace: "shop", secret: "login-web" }] },
        b: { credentials: { secret: "b-login" }, applications: [{ namespace: "web-shop", secret: "login" }] },
      },
    });
    const kinds = { role: "Role", binding: "RoleBinding" };
    for (const kind of Object.values(kinds)) {
      const names = recording
        .all(`kubernetes:rbac.authorization.k8s.io/v1:${kind}`)
        .map(({ inputs }) => (inputs.metadata as { name: string }).name);
      assert.equal(names.length, 2, kind);
      assert.equal(new Set(names).size, 2, names.join());
    }
  });
});
