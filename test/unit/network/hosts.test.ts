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
