import assert from "node:assert/strict";
import fc from "fast-check";
import { dump } from "js-yaml";
import { decideEnvironment } from "../../../components/environment/decide";
import { allowedFlows } from "../../../components/network/flows";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";
import { type Choice, stackOf } from "../../network/scenario";

const choices = fc.record<Choice>({
  kind: fc.constantFrom("kubernetes", "cilium", "ciliumClusterwide"),
  store: fc.constantFrom("internet", "private", "restricted", "minio", "address"),
  pooler: fc.boolean(),
  monitoring: fc.boolean(),
  operator: fc.boolean(),
  exports: fc.boolean(),
  applications: fc.boolean(),
  clients: fc.boolean(),
  defaultDeny: fc.boolean(),
  reads: fc.boolean(),
});
const everything: Choice = {
  kind: "kubernetes",
  store: "internet",
  pooler: true,
  monitoring: true,
  operator: true,
  exports: true,
  applications: true,
  clients: true,
  defaultDeny: true,
  reads: true,
};

function decided(choice: Choice, change: (args: ReturnType<typeof stackOf>) => void = () => {}) {
  const args = stackOf(choice);
  change(args);
  const problems = new Problems();
  const plan = decideEnvironment(problems, "dev", args);
  assert.deepEqual(problems.list, []);
  return plan;
}

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

  it("leave other pods of a namespace alone that the stack does not make", () => {
    const names = (createNamespace: boolean) =>
      decided({ ...everything, exports: false }, ({ clusters }) => {
        for (const cluster of Object.values(clusters)) {
          delete cluster.network;
          cluster.createNamespace = createNamespace;
        }
      }).network.rules.map(({ name }) => name);
    assert.ok(names(true).includes("orders-db-default-deny"));
    assert.ok(!names(false).includes("orders-db-default-deny"));
  });

  it("deny other pods of a namespace once, whichever clusters are in it", () => {
    const { network } = decided(everything, ({ clusters }) => {
      for (const cluster of Object.values(clusters)) cluster.namespace = "databases";
    });
    assert.equal(network.rules.filter(({ allows }) => allows.length === 0).length, 1);
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
