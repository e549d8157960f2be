import assert from "node:assert/strict";
import { type PoolerArgs, PostgresCluster } from "../../components/index";
import { settled } from "../helpers/mocks";
import { children, clusterArgs, paths, recordValid, refused, spec, types } from "../helpers/samples";

const pooler = "kubernetes:postgresql.cnpg.io/v1:Pooler";
const budget = "kubernetes:policy/v1:PodDisruptionBudget";
const declare = (poolers: { [name: string]: PoolerArgs }, more: object = {}) =>
  recordValid(() => new PostgresCluster("orders-db", clusterArgs({ poolers, ...more })));

describe("PostgresCluster with poolers", () => {
  it("declares each as a Pooler that comes after the Cluster, and a budget where there are several PgBouncers", async () => {
    const recording = await declare({ rw: {}, reports: { type: "r", instances: 3 } });
    const added = children(recording).filter((child) => /pooler/.test(child));
    assert.deepEqual(added, [
      `${budget} orders-db/pooler/reports`,
      `${pooler} orders-db/pooler/reports`,
      `${pooler} orders-db/pooler/rw`,
    ]);
    for (const { options } of recording.all(pooler))
      assert.deepEqual(options.dependsOn, [`${types.cluster}::orders-db`]);
    assert.deepEqual(spec(recording.one(budget)), {
      maxUnavailable: 1,
      selector: { matchLabels: { "cnpg.io/poolerName": "orders-db-pooler-reports" } },
    });
  });

  it("renders this Pooler from nothing but a name", async () => {
    const { inputs } = (await declare({ rw: {} })).one(pooler);
    assert.equal((inputs.metadata as { name: string }).name, "orders-db-pooler-rw");
    assert.equal((inputs.metadata as { namespace: string }).namespace, "orders");
    assert.deepEqual(inputs.spec, {
      cluster: { name: "orders-db" },
      instances: 1,
      type: "rw",
      pgbouncer: {
        poolMode: "session",
        parameters: { default_pool_size: "20", max_client_conn: "1000" },
        serverCASecret: { name: "orders-db-ca" },
        clientCASecret: { name: "orders-db-ca" },
        clientTLSSecret: { name: "orders-db-server" },
      },
      template: {
        spec: {
          containers: [
            {
              name: "pgbouncer",
              resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } },
            },
          ],
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                {
                  weight: 100,
                  podAffinityTerm: {
                    labelSelector: { matchLabels: { "cnpg.io/poolerName": "orders-db-pooler-rw" } },
                    topologyKey: "kubernetes.io/hostname",
                  },
                },
              ],
            },
          },
        },
      },
    });
  });

  it("takes every setting into its place", async () => {
    const recording = await declare(
      {
        rw: {
          type: "rw",
          poolMode: "transaction",
          instances: 2,
          parameters: { default_pool_size: "10", query_wait_timeout: "30" },
          resources: { cpu: "50m", memory: "128Mi", cpuLimit: "1", memoryLimit: "512Mi" },
          placement: {
            antiAffinity: "required",
            topologyKey: "topology.kubernetes.io/zone",
            nodeSelector: { pool: "general" },
            tolerations: [{ key: "spot" }, { key: "team", value: "shop", effect: "NoSchedule" }],
          },
          serviceType: "LoadBalancer",
          serviceAnnotations: { "networking.gke.io/load-balancer-type": "Internal" },
          image: "registry.example.com:5000/pgbouncer:1.25.1-2",
          clientTLSSecret: "pooler-tls",
          paused: true,
        },
      },
      { labels: { team: "shop" } },
    );
    assert.deepEqual(spec(recording.one(pooler)), {
      cluster: { name: "orders-db" },
      instances: 2,
      type: "rw",
      pgbouncer: {
        poolMode: "transaction",
        parameters: { default_pool_size: "10", max_client_conn: "1000", query_wait_timeout: "30" },
        image: "registry.example.com:5000/pgbouncer:1.25.1-2",
        serverCASecret: { name: "orders-db-ca" },
        clientCASecret: { name: "orders-db-ca" },
        clientTLSSecret: { name: "pooler-tls" },
        paused: true,
      },
      template: {
        metadata: { labels: { team: "shop" } },
        spec: {
          containers: [
            {
              name: "pgbouncer",
              resources: {
                requests: { cpu: "50m", memory: "128Mi" },
                limits: { cpu: "1", memory: "512Mi" },
              },
            },
          ],
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  labelSelector: { matchLabels: { "cnpg.io/poolerName": "orders-db-pooler-rw" } },
                  topologyKey: "topology.kubernetes.io/zone",
                },
              ],
            },
          },
          nodeSelector: { pool: "general" },
          tolerations: [
            { key: "spot", operator: "Exists" },
            { key: "team", operator: "Equal", value: "shop", effect: "NoSchedule" },
          ],
        },
      },
      serviceTemplate: {
        metadata: { annotations: { "networking.gke.io/load-balancer-type": "Internal" } },
        spec: { type: "LoadBalancer" },
      },
    });
  });

  it("changes with the certificates of its Cluster: CNPG looks at a Pooler when that changes, and not before", async () => {
    const mark = async (more: object) => {
      const { inputs } = (await declare({ rw: {} }, more)).one(pooler);
      return (inputs.metadata as { annotations: Record<string, string> }).annotations[
        "pulumi-cnpg/certificates"
      ];
    };
    const marks = [
      await mark({}),
      await mark({ certificates: { serverAltDNSNames: ["db.example.com"] } }),
      await mark({ certificates: { server: { issuer: { name: "company" } } } }),
      await mark({ certificates: { client: { caSecret: "clients" } } }),
    ];
    assert.equal(new Set(marks).size, marks.length, marks.join());
    assert.equal(await mark({ instances: 3, parameters: { work_mem: "4MB" } }), marks[0]);
  });

  it("names its certificates itself, so that it can't be given those that the Cluster had before", async () => {
    const secrets = async (certificates: object | undefined) => {
      const { pgbouncer } = spec((await declare({ rw: {} }, { certificates })).one(pooler));
      const { serverCASecret, clientCASecret, clientTLSSecret } = pgbouncer as Record<
        string,
        { name: string }
      >;
      return [serverCASecret?.name, clientCASecret?.name, clientTLSSecret?.name];
    };
    assert.deepEqual(await secrets(undefined), ["orders-db-ca", "orders-db-ca", "orders-db-server"]);
    const issuer = { name: "company" };
    assert.deepEqual(await secrets({ server: { issuer } }), [
      "orders-db-server-tls",
      "orders-db-ca",
      "orders-db-server-tls",
    ]);
    assert.deepEqual(await secrets({ client: { caSecret: "clients" } }), [
      "orders-db-ca",
      "clients",
      "orders-db-server",
    ]);
    assert.deepEqual(await secrets({ server: { secret: "ours", caSecret: "our-ca" }, client: { issuer } }), [
      "our-ca",
      "orders-db-client-tls",
      "ours",
    ]);
  });

  it("has two PgBouncers in prod", async () => {
    const recording = await declare({ rw: {} }, { profile: "prod" });
    assert.equal(spec(recording.one(pooler)).instances, 2);
    assert.equal(recording.all(budget).length, 1);
  });

  it("tells the host of each, and none where there is none", async () => {
    const { value } = await declare({ rw: {}, any: { type: "r" } });
    assert.deepEqual(await settled(value.poolers), {
      any: "orders-db-pooler-any.orders.svc",
      rw: "orders-db-pooler-rw.orders.svc",
    });
    assert.equal(await settled(value.hostRw), "orders-db-rw.orders.svc");
    const { value: alone } = await recordValid(() => new PostgresCluster("orders-db", clusterArgs()));
    assert.deepEqual(await settled(alone.poolers), {});
  });

  it("has names that Kubernetes can take of the longest cluster name, and that stay apart", async () => {
    const name = `a${"b".repeat(49)}`;
    const recording = await declare({ "reports-of-the-day": {}, "reports-of-the-week": {} }, { name });
    const names = recording.all(pooler).map(({ inputs }) => (inputs.metadata as { name: string }).name);
    assert.equal(new Set(names).size, 2);
    for (const each of names) assert(each.length <= 63 && each.startsWith(name), each);
  });

  it("is refused in its own paths where it stands alone", async () => {
    const args = clusterArgs({ poolers: { ro: { type: "ro", parameters: { pool_mode: "transaction" } } } });
    assert.deepEqual(paths(await refused(() => new PostgresCluster("orders-db", args))), [
      "poolers.ro.type",
      "poolers.ro.parameters.pool_mode",
    ]);
  });
});
