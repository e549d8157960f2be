import assert from "node:assert/strict";
import { networkOf } from "../../../components/index";
import type { End } from "../../../offline/recorded/connection";
import { judgeConnection } from "../../../offline/recorded/judge";
import { KnownPods } from "../../../offline/recorded/pods";
import { Recorder } from "../../../offline/recorded/report";
import { type Choice, everything, stackOf } from "../../network/scenario";
import { hubbleRecord, instance, readAll, recordFiles } from "./records";

describe("recorded connections of one end that is not what it seems", () => {
  const file = recordFiles();

  /** The verdict about one flow of Hubble's from a pod or an address to an instance, or the other way. */
  const verdictOf = (change: Partial<Choice>, from: End, to: End, port: number) => {
    const plan = networkOf("dev", stackOf({ ...everything, ...change }));
    return judgeConnection(plan, { from, to, port, protocol: "TCP" });
  };
  const database: End = {
    address: "10.4.0.9",
    pod: { namespace: "orders", name: "orders-db-1", labels: instance },
  };

  it("go to the API server by its addresses where a NetworkPolicy is asked, and by what Cilium knows where its own is", () => {
    const server: End = { address: "10.0.0.5", apiServer: true };
    assert.equal(verdictOf({ kind: "kubernetes" }, database, server, 443).verdict, "denied");
    assert.equal(verdictOf({ kind: "cilium" }, database, server, 443).verdict, "allowed");
  });

  it("can't be told of nodes that a range of addresses would let in: Cilium does not look at theirs by default", () => {
    const plan = networkOf("dev", {
      ...stackOf({ ...everything, kind: "cilium" }),
      network: { ...stackOf({ ...everything, kind: "cilium" }).network, clients: [{ cidr: "10.0.0.0/24" }] },
    });
    const judged = (from: End) => judgeConnection(plan, { from, to: database, port: 5432, protocol: "TCP" });
    assert.equal(judged({ address: "10.0.0.7" }).verdict, "allowed");
    const node = judged({ address: "10.0.0.7", node: true });
    assert.match(node.verdict === "unknown" ? node.why : node.verdict, /policy-cidr-match-mode/);
    assert.equal(judged({ address: "10.9.0.7", node: true }).verdict, "denied");
  });

  it("are not known where only a later packet was recorded, from either end", async () => {
    const flow = hubbleRecord("orders/orders-db-1", instance, "shop/web-1", { app: "web" }, 45_678);
    const later = {
      ...flow,
      is_reply: undefined,
      l4: { TCP: { destination_port: 45_678, flags: { ACK: true, PSH: true } } },
    };
    const begin = {
      ...flow,
      is_reply: undefined,
      l4: { TCP: { destination_port: 45_678, flags: { SYN: true } } },
    };
    const found = await readAll(file("later.json", `${JSON.stringify(later)}\n${JSON.stringify(begin)}\n`));
    assert.equal(found[0], "of a connection whose begin was not recorded");
    assert.equal(typeof found[1], "object");
  });

  it("are those of pods that live, by each of their addresses", () => {
    const pod = (namespace: string, name: string, phase: string, ...podIPs: string[]) => ({
      metadata: { namespace, name, labels: { app: name } },
      spec: {},
      status: { phase, podIP: podIPs[0], podIPs: podIPs.map((ip) => ({ ip })) },
    });
    const known = new KnownPods();
    const items = [
      pod("legacy", "reporter", "Running", "10.4.0.50"),
      pod("shop", "migrate", "Succeeded", "10.4.0.50"),
      pod("shop", "web", "Running", "10.4.0.51", "fd00:1::51"),
      pod("shop", "a", "Running", "10.4.0.52"),
      pod("shop", "b", "Running", "10.4.0.52"),
    ];
    known.add(file("pods.json", { items }));
    known.add(file("again.json", { items: [items[2]] }));
    const whose = (address: string) =>
      known.complete({ from: { address }, to: database, port: 5432, protocol: "TCP" }).from;
    assert.equal(whose("10.4.0.50").pod?.name, "reporter");
    assert.equal(whose("fd00:1::51").pod?.name, "web");
    assert.equal(whose("10.4.0.52").pod, undefined);
    const { verdict } = verdictOf({}, whose("10.4.0.52"), database, 5432);
    assert.equal(verdict, "unknown");
  });

  it("are read of an array however its entries stand in lines", async () => {
    const flow = hubbleRecord("shop/web-1", { app: "web]}" }, "orders/orders-db-1", instance, 5432);
    const one = JSON.stringify(flow);
    const pretty = JSON.stringify(flow, undefined, 2);
    for (const [name, text] of Object.entries({
      "beside the bracket": `[${one},\n${one}]\n`,
      "bracket alone at the end": `[${one},\n${one}\n]`,
      indented: `[${one},\n ${one}]`,
      "indented, brackets alone": `[\n  ${one},\n  ${one}\n  ]\n`,
      "commas first": `[ ${one}\n, ${one}\n]`,
      "over lines, beside the bracket": `[${pretty},\n${pretty}]`,
      "two in a line": `${one} ${one}\n`,
      "a document begins where another ends": `${pretty}${pretty}\n`,
      "over lines, the first entry beside the brace": pretty.replace("{\n", "{").repeat(2),
      "old Mac lines": `[${one},\r${one}]`,
    }))
      assert.equal((await readAll(file("array.json", text))).length, 2, name);
  });

  it("are refused with the line at which what is no JSON begins", async () => {
    const one = JSON.stringify({ flow: null });
    for (const [text, says] of [
      [`${one}\n[${one},\n${one}`, /from line 2 on: no JSON/],
      [`${one}\n${one}]\n`, /line 2: no JSON/],
      [`${one}, ${one}\n`, /line 1: no JSON/],
      [`[${one}\n${one}]\n${one}`, /line 1: no JSON/],
      [`{"a": "\n"}\n`, /line 1: no JSON/],
    ] as const)
      await assert.rejects(readAll(file("broken.json", text)), says, text);
  });

  it("are told what lets them in, by the port", () => {
    const recorder = new Recorder(networkOf("dev", stackOf({ ...everything, store: "internet" })));
    const from: End = { address: "10.4.0.70", pod: { namespace: "tools", name: "x", labels: { app: "x" } } };
    for (const port of [5432, 9187, 8000, 22]) recorder.add({ from, to: database, port, protocol: "TCP" });
    const told = recorder.report.flows.map(
      ({ ports, why }) => `${ports} ${why.replace(/^.*If it should: /, "")}`,
    );
    assert.deepEqual(told, [
      "5432 network.clients: [{ namespace: tools, labels: { app: x } }]",
      "9187 network.monitoring: { namespace: tools, labels: { app: x } }",
      "8000 a policy of your own, beside these",
      "22 a policy of your own, beside these",
    ]);
  });
});
