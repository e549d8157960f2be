import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import type { PostgresEnvironmentArgs } from "../../../components/index";
import { allowedFlows } from "../../../components/network/flows";
import { hostPeers } from "../../../components/network/stores";
import { Problems } from "../../../components/problems";
import { everything, stackOf } from "../../network/scenario";
import { decided } from "./decided";

describe("hosts of network policies", () => {
  it("know where a host is by as much as its name says", () => {
    for (const [host, namespaces, isPublic] of [
      ["pg.example.com", [], true],
      ["pg", ["orders"], false],
      ["pg.shop.svc", ["shop"], false],
      ["pg-0.pg.shop.svc.cluster.local", ["shop"], false],
      ["pg.shop.svc.corp.example", ["shop"], false],
      // A domain, or a Service's name and namespace.
      ["pg.shop", ["shop"], true],
    ] as const) {
      const peers = hostPeers(host, "orders");
      assert.deepEqual(
        peers.flatMap((peer) => (peer.kind === "pods" ? [peer.namespace] : [])),
        namespaces,
        host,
      );
      assert.equal(
        peers.some((peer) => peer.kind === "addresses" && peer.cidr === "0.0.0.0/0"),
        isPublic,
        host,
      );
    }
    assert.deepEqual(hostPeers("10.1.2.3"), [{ kind: "addresses", cidr: "10.1.2.3/32" }]);
  });

  it("know a server of the stack's by whichever of its names a pod resolves", () => {
    for (const host of [
      "orders-db-rw.orders",
      "orders-db-rw.orders.svc",
      "orders-db-rw.orders.svc.cluster.local.",
    ]) {
      const { network } = decided(everything, ({ clusters }) => {
        const server = clusters["reports-db"]?.servers?.orders;
        if (server !== undefined) server.host = host;
      });
      const told = allowedFlows(network).filter(({ why }) => why === `it reads from the server ${host}`);
      assert.deepEqual(
        told.map(({ to }) => to),
        ["pods cnpg.io/cluster=orders-db of namespace orders"],
      );
    }
    const { network } = decided(everything, ({ clusters }) => {
      for (const cluster of Object.values(clusters)) cluster.namespace = "databases";
      const server = clusters["reports-db"]?.servers?.orders;
      if (server !== undefined) server.host = "orders-db-r";
    });
    const [told] = allowedFlows(network).filter(({ why }) => why === "it reads from the server orders-db-r");
    assert.equal(told?.to, "pods cnpg.io/cluster=orders-db of namespace databases");
  });

  it("lead to a store where its endpoint is, unless a stack file says where it is", () => {
    const to = (store: NonNullable<PostgresEnvironmentArgs["network"]>["store"]) =>
      new Set(
        allowedFlows(
          decided({ ...everything, store: "minio" }, ({ network }) => Object.assign(network ?? {}, { store }))
            .network,
        )
          .filter(({ why }) => why.endsWith("in the S3-compatible store"))
          .map((flow) => `${flow.to}: ${flow.ports}`),
      );
    assert.deepEqual([...to(undefined)], ["all pods of namespace storage: 9000"]);
    assert.deepEqual([...to({ port: 9001 })], ["all pods of namespace storage: 9001"]);
    assert.deepEqual(
      [...to({ namespace: "minio", labels: { app: "minio" } })],
      ["pods app=minio of namespace minio: 9000"],
    );
    const args = stackOf({ ...everything, store: "minio" });
    Object.assign(args.network ?? {}, { store: { labels: { app: "minio" } } });
    const problems = new Problems();
    decideEnvironment(problems, "dev", args);
    assert.deepEqual(
      problems.list.map(({ path }) => path),
      ["network.store.namespace"],
    );
  });
});

describe("ways to a store", () => {
  const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
  const stack = (more: {
    s3?: object;
    backups?: object;
    exports?: object;
    network?: object;
    cluster?: object;
  }): PostgresEnvironmentArgs =>
    ({
      profile: "dev",
      backups: {
        bucket: "acme",
        s3: { endpoint: "https://s3.example.com", credentials: { secret: "keys" }, ...more.s3 },
        ...more.backups,
      },
      ...(more.exports !== undefined && { exports: more.exports }),
      network: { policies: "enforce", apiServer: { cidrs: ["172.16.0.2/32"] } },
      clusters: { shop: { namespace: "shop", image, ...more.cluster, network: more.network } },
    }) as PostgresEnvironmentArgs;
  const look = (args: PostgresEnvironmentArgs) => {
    const problems = new Problems();
    return { plan: decideEnvironment(problems, "dev", args), problems: problems.list };
  };
  /** Who is let out to an address at a port. */
  const letOut = (args: PostgresEnvironmentArgs, cidr: string, port: number) => {
    const { plan, problems } = look(args);
    assert.deepEqual(problems, []);
    return plan.network.rules
      .filter(({ allows }) =>
        allows.some(
          ({ direction, peers, ports }) =>
            direction === "egress" &&
            ports.some(({ number }) => number === undefined || number === port) &&
            peers.some((peer) => peer.kind === "addresses" && peer.cidr === cidr),
        ),
      )
      .map(({ name }) => name);
  };
  const nightly = { exports: { nightly: { schedule: "@daily" } } };

  it("are those by which a role gets its keys, for all that go by one", () => {
    const role = {
      s3: { endpoint: undefined, credentials: undefined, inheritFromIAMRole: true, region: "eu-west-1" },
    };
    for (const cidr of ["169.254.170.23/32", "fd00:ec2::23/128", "169.254.169.254/32"])
      assert.deepEqual(letOut(stack(role), cidr, 80), ["shop-postgres", "shop-jobs-look"], cidr);
    assert.deepEqual(letOut(stack({}), "169.254.170.23/32", 80), []);
    const google = {
      ...stack({ exports: {}, cluster: nightly }),
      project: "acme-dev",
      region: "europe-west1",
    };
    assert.deepEqual(letOut({ ...google, backups: {} }, "169.254.170.23/32", 80), []);
  });

  it("are the proxies that pods are told of, for those who are told", () => {
    const env = { HTTPS_PROXY: "http://10.9.8.7:3128" };
    const all = stack({
      backups: { env },
      exports: { env, s3: { credentials: { secret: "dumps" } } },
      cluster: nightly,
    });
    assert.deepEqual(letOut(all, "10.9.8.7/32", 3128), [
      "shop-postgres",
      "shop-jobs-export-scheduled",
      "shop-jobs-look",
    ]);
    assert.deepEqual(letOut(stack({ backups: { env } }), "10.9.8.7/32", 3128), [
      "shop-postgres",
      "shop-jobs-look",
    ]);
  });

  it("have to be said where no policy can tell an address from a name: another store, a proxy; jobs have them too", () => {
    const asked = /^clusters\.shop\.network\.destinations$/;
    const hidden = {
      exports: {
        bucket: "dumps",
        s3: { endpoint: "https://minio.corp.internal:9000", credentials: { secret: "dumps" } },
      },
      cluster: nightly,
    };
    const proxy = { backups: { env: { HTTPS_PROXY: "http://proxy.corp.internal:3128" } } };
    for (const more of [hidden, proxy]) assert.match(look(stack(more)).problems[0]?.path ?? "", asked);
    const destinations = { network: { destinations: [{ cidr: "10.8.0.0/16" }] } };
    for (const more of [hidden, proxy])
      assert.deepEqual(look(stack({ ...more, ...destinations })).problems, []);
    // A public name is told by itself, whoever has it.
    const both = {
      exports: {
        bucket: "dumps",
        s3: { endpoint: "https://db.example.com", credentials: { secret: "dumps" } },
      },
      cluster: {
        ...nightly,
        servers: {
          old: { host: "db.example.com", user: "reader", password: { secret: "old", key: "password" } },
        },
        importFrom: { server: "old", databases: ["app"] },
      },
    };
    assert.deepEqual(
      look(stack(both)).problems.map(({ path }) => path),
      [],
    );
    assert.deepEqual(letOut(stack({ ...hidden, ...destinations }), "10.8.0.0/16", 9000), [
      "shop-postgres",
      "shop-jobs-export-scheduled",
      "shop-jobs-look",
    ]);
  });
});

describe("names that meet", () => {
  const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
  const found = (clusters: object, more: object = {}) => {
    const problems = new Problems();
    const args = { project: "acme-dev", region: "europe-west1", profile: "dev", ...more, clusters };
    decideEnvironment(problems, "dev", args as PostgresEnvironmentArgs);
    return problems.list.map(({ path, value }) => `${path}: ${String(value)}`);
  };
  const network = { policies: "enforce", apiServer: { cidrs: ["172.16.0.2/32"] } };

  it("are refused before one object would take the other's place, whoever makes them", () => {
    const pooler = { namespace: "a", image, poolers: { postgres: {} } };
    assert.deepEqual(found({ db: pooler, "db-pooler": { namespace: "a", image } }, { network }), [
      "clusters.db-pooler: NetworkPolicy a/db-pooler-postgres",
    ]);
    const wide = { network: { policies: "enforce", kind: "ciliumClusterwide" } };
    const met = found({ "b-c": { namespace: "a", image }, c: { namespace: "a-b", image } }, wide);
    assert.ok(met.includes("clusters: CiliumClusterwideNetworkPolicy a-b-c-postgres"), met.join("\n"));
    const monitored = { monitoring: { backend: "prometheusOperator" } };
    const instances = { namespace: "a", image, poolers: { instances: {} } };
    assert.deepEqual(found({ db: instances, "db-pooler": { namespace: "a", image } }, monitored), [
      "clusters.db-pooler: PodMonitor a/db-pooler-instances",
    ]);
  });

  it("are fine in namespaces of their own", () => {
    const pooler = { namespace: "a", image, poolers: { postgres: {} } };
    assert.deepEqual(found({ db: pooler, "db-pooler": { namespace: "b", image } }, { network }), []);
  });
});
