import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { networkOf } from "../../../components/index";
import type { End } from "../../../offline/recorded/connection";
import { RecordedFlowsError } from "../../../offline/recorded/error";
import { judgeConnection } from "../../../offline/recorded/judge";
import { KnownPods } from "../../../offline/recorded/pods";
import { formatRecorded, Recorder } from "../../../offline/recorded/report";
import { isNeeded } from "../../network/expected";
import { choices, everybody, everyFlow, everything, nameOf, stackOf } from "../../network/scenario";
import { hubbleRecord, instance, readAll, recordFiles, vpcRecord } from "./records";

describe("recorded connections", () => {
  const file = recordFiles();

  it("are judged as Cilium's engine does: of drawn stacks, what is needed is allowed and all else would be denied", () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const plan = networkOf("dev", stackOf(choice));
        const wrong = everyFlow(choice.operator)
          .map((flow) => {
            const [from, to] = [endOf(flow.From), endOf(flow.To)];
            const { verdict } = judgeConnection(plan, { from, to, port: flow.Port, protocol: flow.Protocol });
            return { flow, verdict, right: isNeeded(choice, flow) ? "allowed" : "denied" };
          })
          // A pod without a policy may do everything.
          .filter(
            ({ verdict, right }) => (verdict === "none of the stack's" ? "allowed" : verdict) !== right,
          );
        assert.deepEqual(
          wrong.map(({ flow, verdict }) => `${nameOf(flow)}: ${verdict}`),
          [],
        );
      }),
      { numRuns: 15 },
    );
  });

  it("are read from Hubble's JSON, with the flow inside or alone, without replies and what is looked at twice", async () => {
    const flow = hubbleRecord("shop/web-1", { app: "web" }, "orders/orders-db-1", instance, 5432);
    const lines = [
      { flow, node_name: "node-1", time: "2026-11-30T12:00:00Z" },
      flow,
      { flow: { ...flow, is_reply: true } },
      {
        flow: {
          ...flow,
          is_reply: undefined,
          l4: { TCP: { destination_port: 5432, flags: { SYN: true, ACK: true } } },
        },
      },
      { flow: { ...flow, Type: "SOCK" } },
      { flow: { ...flow, l4: { ICMPv4: { type: 8 } } } },
      { lost_events: { source: "HUBBLE_RING_BUFFER", num_events_lost: "12" } },
    ];
    const found = await readAll(
      file("hubble.json", `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`),
    );
    const web = { namespace: "shop", name: "web-1", labels: { app: "web", [namespaceLabel]: "shop" } };
    const [first, second, ...rest] = found;
    assert.deepEqual(second, first);
    assert.deepEqual(typeof first === "object" && [first.from.pod, first.to.pod?.labels, first.port], [
      web,
      { ...instance, [namespaceLabel]: "orders" },
      5432,
    ]);
    assert.deepEqual(rest, [
      "a reply",
      "a reply",
      "looked at before an address was translated",
      "neither TCP nor UDP",
      "no flow",
    ]);
  });

  it("are read as Cilium's own encoder writes them", async () => {
    // By test/network/netcheck/hubble.
    const recorder = new Recorder(networkOf("dev", stackOf({ ...everything, store: "internet" })));
    for (const one of await readAll(resolve(__dirname, "../../fixtures/flows/hubble.json")))
      if (typeof one === "string") recorder.skip(one);
      else recorder.add(one);
    const { flows, others, skipped } = recorder.report;
    assert.deepEqual(
      flows.map(({ from, to, ports, verdict }) => `${from} → ${to}: ${ports} ${verdict}`),
      [
        "shop/web → orders/orders-db: 5432 allowed",
        "legacy/reporter → orders/orders-db: 5432 denied",
        "orders/orders-db → the API server: 443 allowed",
        "orders/orders-db → 142.250.1.95 (storage.googleapis.com): 443 allowed",
        "orders/orders-db → kube-system/coredns: 53/UDP allowed",
        "orders/orders-db → 10.96.0.50 (Service storage/minio): 9000 unknown",
      ],
    );
    assert.equal(others, 1);
    assert.deepEqual(skipped, {
      "a reply": 1,
      "looked at before an address was translated": 1,
      "neither TCP nor UDP": 1,
      "no flow": 1,
    });
  });

  it("are read whatever tool has written them anew: over several lines, with a mark of the encoding, in Windows' lines", async () => {
    const flow = hubbleRecord("shop/web-1", { app: "web" }, "orders/orders-db-1", instance, 5432);
    const pretty = JSON.stringify({ flow }, undefined, 2);
    for (const text of [
      `${pretty}\n${pretty}\n`,
      `\uFEFF${JSON.stringify(flow)}\n${JSON.stringify(flow)}`,
      `${pretty}\n\n${pretty}\n`.replaceAll("\n", "\r\n"),
      JSON.stringify([flow, flow], undefined, 2),
    ])
      assert.equal((await readAll(file("flows.json", text))).length, 2);
  });

  it("are left out and counted where a log has other entries, and where a record says too little", async () => {
    const lines = [
      { flow: null },
      { flow: { IP: null } },
      { logName: "projects/acme/logs/other", textPayload: "hello" },
      { jsonPayload: { message: "hello" } },
      { jsonPayload: { connection: { protocol: 1, src_ip: "10.0.0.1" } } },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join("\n");
    const none = Array.from({ length: 4 }, () => "no flow");
    assert.deepEqual(await readAll(file("flows.json", text)), [...none, "neither TCP nor UDP"]);
  });

  it("are read from VPC Flow Logs, whose pods get their labels from a list, by name or by address", async () => {
    const entries = [
      vpcRecord(
        { pod: "shop/web-1", address: "10.4.0.7" },
        { pod: "orders/orders-db-1", address: "10.4.1.9" },
        5432,
      ),
      vpcRecord({ address: "10.4.0.7" }, { address: "10.4.1.9" }, 5432),
      vpcRecord({ address: "10.4.1.9" }, { address: "10.4.0.7" }, 51_234, 5432),
    ];
    const pods = new KnownPods();
    pods.add(
      file("pods.json", {
        items: [
          listed("shop/web-1", "10.4.0.7", { app: "web" }),
          listed("orders/orders-db-1", "10.4.1.9", instance),
          { ...listed("kube-system/proxy", "10.4.1.9", { k8s: "proxy" }), spec: { hostNetwork: true } },
        ],
      }),
    );
    const found = await readAll(file("flows.json", JSON.stringify(entries, undefined, 2)));
    assert.equal(found[2], "a reply");
    for (const one of found.slice(0, 2)) {
      assert.ok(typeof one === "object");
      const { from, to } = pods.complete(one);
      assert.deepEqual([from.pod?.labels, to.pod?.labels], [{ app: "web" }, instance]);
    }
  });

  it("are told together: what would be denied with what to write, what can't be told with what is missing", () => {
    const recorder = new Recorder(networkOf("dev", stackOf(everything)));
    const to = end("orders/orders-db-1", instance);
    for (const name of ["reporter-1", "reporter-1"])
      recorder.add({ from: end(`legacy/${name}`, { app: "reporter" }), to, port: 5432, protocol: "TCP" });
    recorder.add({ from: { pod: { namespace: "tools", name: "admin-1" } }, to, port: 5432, protocol: "TCP" });
    recorder.add({
      from: to,
      to: { address: "10.1.2.3", service: "storage/minio" },
      port: 9000,
      protocol: "TCP",
    });
    recorder.add({ from: to, to: { address: "10.1.2.3" }, port: 5433, protocol: "TCP" });
    recorder.add({ from: { address: "10.4.0.1", host: true }, to, port: 8000, protocol: "TCP" });
    recorder.skip("a reply");
    const text = formatRecorded(recorder.report);
    assert.match(
      text,
      /Would be denied \(2\):\n {2}legacy\/reporter-1 → orders\/orders-db-1: 5432, 2 times\n/,
    );
    assert.match(text, /network\.clients: \[\{ namespace: legacy, labels: \{ app: reporter \} \}\]/);
    assert.match(text, /network\.destinations of the cluster: \[\{ cidr: 10\.1\.2\.3\/32 \}\]/);
    assert.match(text, /the labels of pod tools\/admin-1 are not known/);
    assert.match(
      text,
      /10\.1\.2\.3 is the address of Service storage\/minio, and policies see the pod behind it/,
    );
    assert.match(text, /Without a pod that has a policy of this stack: 1\. Left out: 1 × a reply\./);
  });

  for (const [what, content, says] of [
    ["no JSON at all", "hello\nworld", /: no JSON; expected what `hubble observe/],
    ["a line that is none", '{"flow": {}}\nhello', /line 2: no JSON/],
    ["an object of another kind", '{"kind": "Pod"}', /line 1: expected what/],
    ["a list of texts", '["a"]', /entry 1: expected what/],
  ] as const)
    it(`are refused with what is expected: ${what}`, async () => {
      await assert.rejects(readAll(file("other.json", content)), (error: unknown) => {
        assert.ok(error instanceof RecordedFlowsError);
        assert.match(error.message, says);
        return true;
      });
    });

  it("are refused where there is no such file, and pods where they are none", async () => {
    await assert.rejects(readAll(join(__dirname, "missing")), /missing can't be read: ENOENT/);
    assert.throws(
      () => new KnownPods().add(file("pod.json", { kind: "Pod" })),
      /expected what `kubectl get pods/,
    );
  });
});

const namespaceLabel = "io.kubernetes.pod.namespace";
function end(pod: string, labels: Readonly<Record<string, string>>): End {
  const [namespace = "", name = ""] = pod.split("/");
  return { pod: { namespace, name, labels } };
}

/** Somebody of the drawn stacks, as a record has them. */
function endOf(who: string): End {
  const found = everybody.find(({ Name }) => Name === who);
  assert.ok(found);
  const { Namespace, Labels = {}, CIDR, Reserved } = found;
  if (Namespace !== undefined) return { pod: { namespace: Namespace, name: who, labels: Labels } };
  return { address: CIDR?.split("/")[0] ?? "", ...(Reserved === "kube-apiserver" && { apiServer: true }) };
}

const listed = (pod: string, podIP: string, labels: object) => {
  const [namespace, name] = pod.split("/");
  return { metadata: { namespace, name, labels }, spec: {}, status: { podIP } };
};
