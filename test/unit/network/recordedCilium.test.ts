import assert from "node:assert/strict";
import { networkOf } from "../../../components/index";
import type { End } from "../../../offline/recorded/connection";
import { hubbleConnection } from "../../../offline/recorded/hubble";
import { judgeConnection } from "../../../offline/recorded/judge";
import { everything, stackOf } from "../../network/scenario";
import { hubbleRecord, instance } from "./records";

const kinds = ["kubernetes", "cilium", "ciliumClusterwide"] as const;

/** The policies of a stack whose API server and clients are at 10.0.0.0/24. */
function planOf(kind: (typeof kinds)[number]) {
  const stack = stackOf({ ...everything, kind });
  const range = "10.0.0.0/24";
  return networkOf("dev", {
    ...stack,
    network: { ...stack.network, apiServer: { cidrs: [range] }, clients: [{ cidr: range }] },
  });
}

/** A flow of Hubble's between an instance and an end that is no pod of its own. */
function flow(other: object, port: number, direction: "in" | "out" = "in", change: object = {}): object {
  const record = hubbleRecord("shop/web-1", {}, "orders/orders-db-1", instance, port);
  const [from, to] = direction === "in" ? ["10.0.0.7", "10.244.2.9"] : ["10.244.2.9", "10.0.0.7"];
  return {
    ...record,
    IP: { source: from, destination: to },
    source: direction === "in" ? other : record.destination,
    destination: direction === "in" ? record.destination : other,
    ...change,
  };
}

const reserved = (...labels: string[]) => ({ identity: 1, labels: labels.map((one) => `reserved:${one}`) });

function verdictOf(kind: (typeof kinds)[number], record: object): string {
  const connection = hubbleConnection({ flow: record });
  return typeof connection === "string" ? connection : judgeConnection(planOf(kind), connection).verdict;
}

describe("recorded connections of whom Cilium knows by no address", () => {
  it("are let in by a range of addresses where Cilium says that it is the world", () => {
    for (const kind of kinds) assert.equal(verdictOf(kind, flow(reserved("world"), 5432)), "allowed");
  });

  it("can't be told of other nodes in a range: that is the agent's policy-cidr-match-mode", () => {
    for (const kind of kinds) assert.equal(verdictOf(kind, flow(reserved("remote-node"), 5432)), "unknown");
  });

  for (const one of ["health", "ingress", "unmanaged", "init"])
    it(`are denied from reserved:${one}, which no range of addresses is ever about`, () => {
      for (const kind of kinds) assert.equal(verdictOf(kind, flow(reserved(one), 5432)), "denied");
    });

  it("are denied from a pod of an allowed namespace whose labels Cilium does not know", () => {
    const IP = { source: "10.9.0.7", destination: "10.244.2.9" };
    for (const one of ["unmanaged", "init"]) {
      const pod = { ...reserved(one), namespace: "shop", pod_name: "web-1" };
      assert.equal(verdictOf("cilium", flow(pod, 5432, "in", { IP })), "denied");
    }
  });

  it("go to an API server that is a node by its label alone: of a range of addresses it can't be told", () => {
    const server = flow(reserved("kube-apiserver", "remote-node"), 443, "out");
    assert.equal(verdictOf("kubernetes", server), "unknown");
    assert.equal(verdictOf("cilium", server), "allowed");
    assert.equal(verdictOf("kubernetes", flow(reserved("kube-apiserver", "world"), 443, "out")), "allowed");
  });

  it("go to no API server by its address where Cilium says that it is another", () => {
    const other = flow(reserved("world"), 8000);
    assert.equal(verdictOf("kubernetes", other), "allowed");
    assert.equal(verdictOf("cilium", other), "denied");
    // Flow logs know no labels: there the stack file says who it is.
    const from: End = { address: "10.0.0.7" };
    const to: End = { pod: { namespace: "orders", name: "orders-db-1", labels: instance } };
    const judged = judgeConnection(planOf("cilium"), { from, to, port: 8000, protocol: "TCP" });
    assert.equal(judged.verdict, "allowed");
  });

  it("go by UDP to a destination of the stack file where no port is said: a NetworkPolicy says TCP", () => {
    const stack = stackOf(everything);
    const destinations = [{ cidr: "10.77.0.0/16" }];
    const from: End = { pod: { namespace: "orders", name: "orders-db-1", labels: instance } };
    const judged = kinds.map((kind) => {
      const { "orders-db": orders, ...clusters } = stack.clusters;
      assert.ok(orders);
      const plan = networkOf("dev", {
        ...stack,
        network: { ...stack.network, kind },
        clusters: { ...clusters, "orders-db": { ...orders, network: { destinations } } },
      });
      const connection = { from, to: { address: "10.77.0.1" }, port: 514, protocol: "UDP" } as const;
      return judgeConnection(plan, connection).verdict;
    });
    assert.deepEqual(judged, ["denied", "allowed", "allowed"]);
  });
});

describe("recorded packets of which Hubble does not say whether they answer", () => {
  const later = "of a connection whose begin was not recorded";
  const packet = (l4: object, verdict: string) =>
    flow({ namespace: "legacy", pod_name: "x", labels: ["k8s:app=x"] }, 0, "in", {
      is_reply: undefined,
      verdict,
      l4,
    });

  it("are judged where they begin a connection, dropped or not", () => {
    for (const verdict of ["DROPPED", "FORWARDED"]) {
      const begin = {
        TCP: { source_port: 40_000, destination_port: 5432, flags: { SYN: true, ECE: true, CWR: true } },
      };
      assert.equal(verdictOf("cilium", packet(begin, verdict)), "denied");
      assert.equal(
        verdictOf("cilium", packet({ UDP: { source_port: 40_000, destination_port: 53 } }, verdict)),
        "denied",
      );
    }
  });

  it("are not known where either end may have begun: by the flags of TCP, or the ports of UDP", () => {
    for (const flags of [{ ACK: true, PSH: true }, { RST: true }, { FIN: true, ACK: true }])
      assert.equal(
        verdictOf(
          "cilium",
          packet({ TCP: { source_port: 5432, destination_port: 45_678, flags } }, "DROPPED"),
        ),
        later,
      );
    for (const l4 of [
      { UDP: { source_port: 53, destination_port: 45_678 } },
      { TCP: { source_port: 5432, destination_port: 45_678 } },
    ])
      assert.equal(verdictOf("cilium", packet(l4, "DROPPED")), later);
  });
});
