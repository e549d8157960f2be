import assert from "node:assert/strict";
import { summariesOf } from "../../components/environment/summary";
import {
  type ApplicationArgs,
  databaseEnv,
  PostgresCluster,
  type PostgresClusterArgs,
  PostgresEnvironment,
} from "../../components/index";
import { settled } from "../helpers/mocks";
import { children, clusterArgs, image, recordValid, types } from "../helpers/samples";

const declare = (application: Partial<ApplicationArgs>, more: Partial<PostgresClusterArgs> = {}) =>
  recordValid(
    () =>
      new PostgresCluster(
        "db",
        clusterArgs({
          databases: { orders: { applications: [{ namespace: "shop", ...application }] } },
          poolers: { rw: {}, reports: { type: "r" }, public: { clientTLSSecret: "public-tls" } },
          ...more,
        }),
      ),
    "p/w",
  );
const content = async (...args: Parameters<typeof declare>) =>
  (await declare(...args)).one(types.secret, `db/application/${args[0].namespace ?? "shop"}/db-orders`).inputs
    .stringData as Record<string, string>;

describe("An application that goes through a pooler", () => {
  it("is led there by host and uri, and past it by the others", async () => {
    const { host, uri, ...others } = await content({ pooler: "reports" });
    assert.equal(host, "db-pooler-reports.orders.svc");
    assert.equal(uri, "postgresql://orders:p%2Fw@db-pooler-reports.orders.svc:5432/orders?sslmode=require");
    assert.equal(others["host-rw"], "db-rw.orders.svc");
    assert.equal(others["uri-rw"], "postgresql://orders:p%2Fw@db-rw.orders.svc:5432/orders?sslmode=require");
  });
});

describe("An application that verifies the server", () => {
  const verify = { sslmode: "verify-full" } as const;

  it("is told so with the CA's file, and gets the CA to its namespace without another word", async () => {
    const { uri, sslmode, sslrootcert, ...others } = await content(verify);
    assert.deepEqual([sslmode, sslrootcert], ["verify-full", "/etc/db/ca.crt"]);
    const query = "sslmode=verify-full&sslrootcert=%2Fetc%2Fdb%2Fca.crt";
    assert.equal(uri, `postgresql://orders:p%2Fw@db-rw.orders.svc:5432/orders?${query}`);
    assert.match(others["uri-ro"] ?? "", /verify-full/);
    const recording = await declare(verify);
    const { inputs } = recording.one("kubernetes:core/v1:ConfigMap", "db/ca/shop");
    assert.deepEqual((inputs.metadata as { name: string }).name, "db-ca");
  });

  it("adds its namespace to those that are named", async () => {
    const named = { certificates: { applications: { namespaces: ["audit", "shop"] } } };
    const maps = async (application: Partial<ApplicationArgs>, more: Partial<PostgresClusterArgs>) =>
      children(await declare(application, more)).filter((child) => /:ConfigMap /.test(child));
    assert.deepEqual(await maps(verify, named), await maps({}, named));
    const alone = { certificates: { applications: { namespaces: ["audit"] } } };
    assert.deepEqual(await maps(verify, alone), await maps({}, named));
    // There the Secret is.
    assert.deepEqual(await maps({ ...verify, namespace: "orders" }, {}), []);
  });

  it("may do so through a pooler, and look for the CA elsewhere", async () => {
    const { uri } = await content({ ...verify, pooler: "rw", sslrootcert: "/run/ca/db.pem" });
    const query = "sslmode=verify-full&sslrootcert=%2Frun%2Fca%2Fdb.pem";
    assert.equal(uri, `postgresql://orders:p%2Fw@db-pooler-rw.orders.svc:5432/orders?${query}`);
  });

  it("has the CA mounted by databaseEnv, as the outputs name it", async () => {
    const args = {
      project: "acme-test",
      region: "europe-west1",
      profile: "dev",
      clusters: {
        db: {
          namespace: "orders",
          image,
          databases: {
            orders: {
              applications: [
                { namespace: "shop", ...verify },
                { namespace: "orders", secret: "own", ...verify, sslrootcert: "/run/ca/db.pem" },
                { namespace: "shop", secret: "plain" },
              ],
            },
          },
          certificates: { server: { secret: "tls", caSecret: "company.ca" } },
        },
      },
    } as unknown as ConstructorParameters<typeof PostgresEnvironment>[1];
    const applications = summariesOf("dev", args).db?.applications ?? [];
    assert.deepEqual(
      applications.map(({ ca }) => ca),
      [
        { kind: "ConfigMap", name: "db-ca", key: "ca.crt", path: "/etc/db/ca.crt" },
        { kind: "Secret", name: "company.ca", key: "ca.crt", path: "/run/ca/db.pem" },
        undefined,
      ],
    );
    const [shop, own, plain] = applications.map(({ secret, ca }) => databaseEnv(secret, ca));
    assert.deepEqual(shop?.volumes, [
      { name: "db-ca", configMap: { name: "db-ca", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    ]);
    assert.deepEqual(shop?.volumeMounts, [{ name: "db-ca", mountPath: "/etc/db", readOnly: true }]);
    const root = shop?.env.find(({ name }) => name === "PGSSLROOTCERT");
    assert.deepEqual(root?.valueFrom.secretKeyRef, { name: "db-orders", key: "sslrootcert" });
    assert.deepEqual(own?.volumes, [
      {
        name: "company-ca",
        secret: { secretName: "company.ca", items: [{ key: "ca.crt", path: "db.pem" }] },
      },
    ]);
    assert.deepEqual(own?.volumeMounts, [{ name: "company-ca", mountPath: "/run/ca", readOnly: true }]);
    assert.deepEqual([plain?.volumes, plain?.volumeMounts], [[], []]);
    assert(!plain?.env.some(({ name }) => name === "PGSSLROOTCERT"));
    const recording = await recordValid(() => new PostgresEnvironment("dev", args));
    const outputs = await settled(recording.value.clusters);
    assert.deepEqual(outputs.db?.applications, applications);
  });
});
