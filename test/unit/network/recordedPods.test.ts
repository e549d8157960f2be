import assert from "node:assert/strict";
import { networkOf } from "../../../components/index";
import type { End } from "../../../offline/recorded/connection";
import { judgeConnection } from "../../../offline/recorded/judge";
import { KnownPods } from "../../../offline/recorded/pods";
import { everything, stackOf } from "../../network/scenario";
import { instance, recordFiles } from "./records";

interface Listed {
  readonly labels?: object;
  readonly phase?: string;
  readonly hostNetwork?: boolean;
  readonly hostIP?: string;
}

function pod(of: string, ips: readonly string[], listed: Listed = {}): object {
  const [namespace, name] = of.split("/");
  const { labels = { app: name }, phase = "Running", hostNetwork, hostIP = "10.0.0.2" } = listed;
  return {
    metadata: { namespace, name, labels },
    spec: { hostNetwork },
    status: { phase, podIP: ips[0], podIPs: ips.map((ip) => ({ ip })), hostIP, hostIPs: [{ ip: hostIP }] },
  };
}

describe("pods of a list whose addresses were recorded", () => {
  const file = recordFiles();

  function knownOf(...items: readonly object[]): KnownPods {
    const known = new KnownPods();
    known.add(file("pods.json", { items }));
    return known;
  }
  const database = pod("orders/orders-db-1", ["10.4.0.9", "fd00:1::9"], { labels: instance });
  const ended = (of: string, ip: string) => pod(of, [ip], { phase: "Succeeded" });
  const complete = (known: KnownPods, from: End, to: End = { address: "10.4.0.9" }) =>
    known.complete({ from, to, port: 5432, protocol: "TCP" });
  const verdict = (known: KnownPods, from: End, to?: End) => {
    const stack = stackOf(everything);
    const plan = networkOf("dev", {
      ...stack,
      network: { ...stack.network, clients: [{ cidr: "10.0.0.0/8" }] },
    });
    return judgeConnection(plan, complete(known, from, to)).verdict;
  };

  it("are those that ended where no other has the address: they had it when it was recorded", () => {
    const known = knownOf(
      database,
      ended("legacy/job-1", "10.4.0.50"),
      ended("legacy/job-2", "10.4.0.51"),
      pod("shop/web-1", ["10.4.0.51"]),
      ended("legacy/job-3", "10.4.0.52"),
      ended("shop/job-4", "10.4.0.52"),
    );
    assert.equal(complete(known, { address: "10.4.0.50" }).from.pod?.name, "job-1");
    // As no pod it would be let in, by the range of its address.
    assert.equal(verdict(known, { address: "10.4.0.50" }), "denied");
    assert.equal(complete(known, { address: "10.4.0.51" }).from.pod?.name, "web-1");
    assert.equal(verdict(known, { address: "10.4.0.52" }), "unknown");
  });

  it("are found by IPv6, however that is written", () => {
    const known = knownOf(database, pod("shop/web-1", ["10.4.0.51", "fd00:1::50"]));
    for (const address of ["fd00:1::50", "FD00:1:0:0:0:0:0:50", "::ffff:10.4.0.51"])
      assert.equal(complete(known, { address }).from.pod?.name, "web-1");
    assert.equal(complete(known, { address: "fe80::1%eth0" }).from.pod, undefined);
  });

  it("can't be told where one of several has policies and the other none", () => {
    const known = knownOf(database, pod("elsewhere/other", ["10.4.0.9"]), pod("legacy/x", ["10.4.0.60"]));
    assert.equal(verdict(known, { address: "10.4.0.60" }), "unknown");
    const others = knownOf(pod("elsewhere/a", ["10.4.0.9"]), pod("elsewhere/b", ["10.4.0.9"]));
    assert.equal(verdict(others, { address: "10.4.0.60" }), "none of the stack's");
  });

  it("are not those on the node's network: their address is a node's, by name too", () => {
    const agent = pod("shop/agent-1", ["10.0.0.7"], { hostNetwork: true, hostIP: "10.0.0.7" });
    const known = knownOf(database, agent);
    for (const from of [
      { address: "10.0.0.7" },
      { address: "10.0.0.7", pod: { namespace: "shop", name: "agent-1" } },
    ]) {
      const { pod: found, node } = complete(known, from).from;
      assert.deepEqual([found, node], [undefined, true]);
      assert.equal(verdict(known, from), "unknown");
    }
  });

  it("are let in from their own node", () => {
    const known = knownOf(database, pod("shop/web-1", ["10.4.0.51"], { hostIP: "10.0.0.3" }));
    assert.equal(complete(known, { address: "10.0.0.2" }).from.host, true);
    assert.equal(verdict(known, { address: "10.0.0.2" }), "none of the stack's");
    assert.equal(complete(known, { address: "10.0.0.3" }).from.host, undefined);
    assert.equal(verdict(known, { address: "10.0.0.3" }), "unknown");
  });

  it("are not asked for where Cilium has said who it is", () => {
    const known = knownOf(database, pod("shop/web-1", ["10.4.0.51"]));
    assert.equal(complete(known, { address: "10.4.0.51", apiServer: false }).from.pod, undefined);
  });
});
