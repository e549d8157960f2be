import assert from "node:assert/strict";
import { networkOf } from "../../../components/index";
import type { End } from "../../../offline/recorded/connection";
import { Recorder } from "../../../offline/recorded/report";
import { everything, stackOf } from "../../network/scenario";

const pod = (of: string, labels?: Readonly<Record<string, string>>): End => {
  const [namespace = "", name = ""] = of.split("/");
  return { address: "10.4.0.70", pod: { namespace, name, ...(labels !== undefined && { labels }) } };
};
const database = pod("orders/orders-db-1", { "cnpg.io/cluster": "orders-db", "cnpg.io/podRole": "instance" });
const pooler = pod("orders/orders-db-pooler-rw-1", {
  "cnpg.io/cluster": "orders-db",
  "cnpg.io/poolerName": "orders-db-pooler-rw",
});
const operator = pod("cnpg-system/operator-1", { "app.kubernetes.io/name": "cloudnative-pg" });
const plugin = pod("cnpg-system/plugin-1", { app: "barman-cloud" });
const x = pod("tools/x", { app: "x" });
const own = "a policy of your own, beside these";

/** What is advised for a connection that would be denied. */
function advice(
  from: End,
  to: End,
  port: number,
  protocol: "TCP" | "UDP" = "TCP",
  kind = everything.kind,
): string {
  const recorder = new Recorder(
    networkOf("dev", stackOf({ ...everything, beside: false, store: "minio", kind })),
  );
  recorder.add({ from, to, port, protocol });
  const [flow] = recorder.report.flows;
  assert.equal(flow?.verdict, "denied");
  return flow.why.replace(/^.*(If it should|What would, can't be told): /, "");
}

describe("advice for recorded connections that would be denied", () => {
  it("is network.monitoring for ports of metrics, at the pods that have them", () => {
    const told = "network.monitoring: { namespace: tools, labels: { app: x } }";
    for (const [to, port] of [
      [database, 9187],
      [pooler, 9127],
      [operator, 8080],
      [plugin, 8080],
    ] as const)
      assert.equal(advice(x, to, port), told);
    for (const [to, port] of [
      [database, 9127],
      [pooler, 9187],
      [database, 8080],
    ] as const)
      assert.equal(advice(x, to, port), own);
  });

  it("is network.operatorNamespace for an operator elsewhere, and for a pod that may be it", () => {
    const elsewhere = pod("operators/cnpg-1", { "app.kubernetes.io/name": "cloudnative-pg" });
    for (const port of [8000, 5432])
      assert.equal(advice(elsewhere, database, port), "network.operatorNamespace: operators");
    assert.equal(
      advice(pod("operators/cnpg-1"), database, 8000),
      `network.operatorNamespace: operators, if that is the operator; or ${own}`,
    );
    for (const to of [database, pooler]) assert.equal(advice(x, to, 8000), own);
  });

  it("is network.apiServer for whoever may be the API server", () => {
    for (const [to, port] of [
      [operator, 9443],
      [database, 8000],
    ] as const) {
      assert.equal(
        advice({ address: "10.0.0.5" }, to, port),
        `network.apiServer.cidrs: [10.0.0.5/32], if that is the API server; or ${own}`,
      );
      assert.equal(
        advice({ address: "10.0.0.5", apiServer: true }, to, port),
        "network.apiServer.cidrs: [10.0.0.5/32]",
      );
      assert.equal(advice({ address: "10.0.0.5", apiServer: false }, to, port), own);
    }
    assert.equal(advice(x, operator, 9443), own);
    assert.equal(
      advice(database, { address: "fd00::5", apiServer: true }, 443),
      "network.apiServer.cidrs: [fd00::5/128]",
    );
  });

  it("is network.clients for Postgres' port alone", () => {
    for (const to of [database, pooler])
      assert.equal(advice(x, to, 5432), "network.clients: [{ namespace: tools, labels: { app: x } }]");
    assert.equal(advice(x, database, 22), own);
    assert.equal(advice(x, pod("orders/mailer-1", { app: "mailer" }), 5432), own);
  });

  it("says of nodes that a range of addresses need not be about them, and gives none to what never is", () => {
    const node: End = { address: "10.0.0.5", node: true };
    const nodes = "which is about nodes only with Cilium's policy-cidr-match-mode: nodes";
    assert.equal(
      advice(node, database, 5432),
      `network.clients: [{ cidr: 10.0.0.5/32 }], ${nodes}; or ${own}`,
    );
    assert.equal(
      advice(database, { ...node, apiServer: true }, 443),
      `network.apiServer.cidrs: [10.0.0.5/32], ${nodes}; or ${own}`,
    );
    assert.equal(advice({ address: "10.0.0.5", inside: true, apiServer: false }, database, 5432), own);
  });

  it("is network.destinations for what those let out", () => {
    const told = "network.destinations of the cluster: [{ cidr: 10.1.2.3/32 }]";
    const to: End = { address: "10.1.2.3" };
    assert.equal(advice(database, to, 5433), told);
    assert.equal(advice(database, to, 514, "UDP", "cilium"), told);
    assert.equal(advice(database, to, 514, "UDP"), own);
    assert.equal(advice(pooler, to, 5433), own);
  });

  it("is to say the labels of a pod where those decide what lets it in", () => {
    assert.equal(
      advice(x, pod("orders/orders-db-1"), 5432),
      "the labels of pod orders/orders-db-1 are not known: say them by --pods",
    );
  });
});
