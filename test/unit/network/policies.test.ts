import assert from "node:assert/strict";
import fc from "fast-check";
import { dump } from "js-yaml";
import { decideEnvironment } from "../../../components/environment/decide";
import { allowedFlows } from "../../../components/network/flows";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";
import { type Choice, choices, everything, stackOf } from "../../network/scenario";
import { decided } from "./decided";

/** All Kubernetes objects of a choice. */
function manifestsOf(choice: Choice): object[] {
  const { resources, clusters } = decided(choice);
  return [...resources, ...clusters.flatMap(({ plan }) => plan.resources)]
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ inputs }) => inputs);
}

describe("network policies", () => {
  it("are objects that their definitions allow, and that the rules for anybody's policies have nothing against", () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const manifests = manifestsOf(choice);
        for (const manifest of manifests) assert.deepEqual(validateManifest(manifest), []);
        const text = manifests.map((manifest) => dump(manifest)).join("---\n");
        const { resources, unreadable } = readText(Buffer.from(text), "stack.yaml");
        const { findings } = lint(resources, { unreadable });
        const network = findings.filter(({ rule }) => /network|cilium/.test(rule.id));
        assert.deepEqual(
          network.map(({ rule, message }) => `${rule.id}: ${message}`),
          [],
          JSON.stringify(choice),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("are none unless a stack file asks for them", () => {
    const { network, resources } = decided(everything, (args) => {
      delete args.network;
      for (const cluster of Object.values(args.clusters)) delete cluster.network;
    });
    assert.deepEqual(network.rules, []);
    assert.ok(resources.every(({ type }) => !type.endsWith("NetworkPolicy")));
  });

  it("are there before the pods that they are about, and after their namespaces", () => {
    const { resources } = decided(everything);
    const policies = resources.filter(({ type }) => type.endsWith("NetworkPolicy"));
    assert.ok(policies.length >= 9);
    for (const { dependsOn, inputs } of policies) {
      const { namespace } = inputs.metadata as { readonly namespace: string };
      assert.equal(dependsOn?.[0], `namespace/${namespace}`);
    }
  });

  it("deny other pods only when those that allow are there, or a running database would be cut off for a moment", () => {
    const { resources } = decided(everything);
    const inOrders = resources.filter(({ key }) => key.startsWith("network/orders/")).map(({ key }) => key);
    const last = resources.find(({ key }) => key === "network/orders/orders-db-default-deny");
    assert.deepEqual(last?.dependsOn?.slice(1).sort(), inOrders.filter((key) => key !== last?.key).sort());
  });

  it("select the pods of every Job, and those of every CronJob, whose Jobs have another name each time", () => {
    const { network, clusters } = decided(everything, (args) => {
      const [orders] = Object.values(args.clusters);
      assert(orders !== undefined);
      orders.databases = {
        ...orders.databases,
        orders: { applications: [{ namespace: "shop", sslmode: "verify-full" }] },
      };
    });
    const unselected: string[] = [];
    const found: string[] = [];
    for (const { plan } of clusters)
      for (const { inputs } of plan.resources) {
        const { kind, metadata, spec } = inputs as unknown as JobOrCronJob;
        if (kind !== "Job" && kind !== "CronJob") continue;
        found.push(`${kind} ${metadata.name}`);
        const template = kind === "Job" ? spec.template : spec.jobTemplate?.spec.template;
        const name = kind === "Job" ? metadata.name : `${metadata.name}-29412345`;
        const labels: Readonly<Record<string, string>> = {
          ...template?.metadata?.labels,
          "batch.kubernetes.io/job-name": name,
        };
        const selecting = network.rules.filter(
          (rule) =>
            rule.namespace === plan.workload.namespace &&
            rule.allows.length > 0 &&
            Object.entries(rule.labels).every(([label, value]) => labels[label] === value) &&
            (rule.oneOf === undefined || rule.oneOf[1].includes(labels[rule.oneOf[0]] ?? "")),
        );
        if (selecting.length === 0) unselected.push(`${kind} ${metadata.name}`);
      }
    assert.deepEqual(unselected, [], found.join());
    assert.ok(found.includes("CronJob orders-db-ca-copy"), found.join());
  });

  it("tell a mistake of the environment's settings once, however many clusters there are", () => {
    const args = stackOf(everything);
    Object.assign(args.network ?? {}, {
      clients: [{ namespace: "Tools", labels: { app: "a b" } }],
      monitoring: { namespace: "Monitoring", cidr: "10.0.0.0/33" },
    });
    const problems = new Problems();
    decideEnvironment(problems, "dev", args);
    assert.deepEqual(problems.list.map(({ path }) => path).sort(), [
      "network.clients[0].labels.app",
      "network.clients[0].namespace",
      "network.monitoring.cidr",
      "network.monitoring.cidr",
      "network.monitoring.namespace",
    ]);
  });

  it("are told in words, each with what it is for", () => {
    const flows = allowedFlows(decided(everything).network);
    for (const { from, to, ports, why } of flows)
      for (const text of [from, to, ports, why]) assert.notEqual(text, "");
    const told = flows.map(({ from, to, ports }) => `${from} → ${to}: ${ports}`);
    for (const line of [
      "all pods of namespace front, pods app=admin of namespace tools → pooler orders-db-pooler-rw: 5432",
      "the operator → pods cnpg.io/cluster of any namespace: 8000, 5432",
      "pods app.kubernetes.io/name=cloudnative-pg of namespace cnpg-system → the Barman Cloud plugin: 9090",
    ])
      assert.ok(told.includes(line), line);
  });
});

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

interface JobOrCronJob {
  readonly kind?: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } };
  };
}
