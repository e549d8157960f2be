import assert from "node:assert/strict";
import fc from "fast-check";
import { dump } from "js-yaml";
import type { PostgresEnvironmentArgs } from "../../../components";
import { decideEnvironment } from "../../../components/environment/decide";
import { allowedFlows } from "../../../components/network/flows";
import { hostPeers } from "../../../components/network/stores";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";
import { type Choice, choices, everything, stackOf } from "../../network/scenario";

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
      decided({ ...everything, beside: false, exports: false }, ({ clusters }) => {
        for (const cluster of Object.values(clusters)) {
          delete cluster.network;
          cluster.createNamespace = createNamespace;
        }
      }).network.rules.map(({ name }) => name);
    assert.ok(names(true).includes("orders-db-default-deny"));
    assert.ok(!names(false).includes("orders-db-default-deny"));
  });

  it("deny other pods nothing of themselves where applications, clients, a store, what scrapes or the operator live, which would be cut off", () => {
    const denied = (
      change: (args: ReturnType<typeof stackOf>) => void,
      store: Choice["store"] = "internet",
    ) =>
      decided({ ...everything, beside: false, clients: false, store }, (args) => {
        for (const cluster of Object.values(args.clusters)) delete cluster.network;
        change(args);
      })
        .network.rules.filter(({ allows }) => allows.length === 0)
        .map(({ namespace }) => namespace);
    const application = (database: string, namespace: string) => (args: ReturnType<typeof stackOf>) => {
      const cluster = args.clusters[`${database}-db`];
      if (cluster !== undefined) cluster.databases = { [database]: { applications: [{ namespace }] } };
    };
    assert.deepEqual(
      denied(() => {}),
      ["orders", "reports"],
    );
    assert.deepEqual(denied(application("orders", "orders")), ["reports"]);
    assert.deepEqual(denied(application("orders", "reports")), ["orders"]);
    assert.deepEqual(
      denied(({ network }) => Object.assign(network ?? {}, { clients: [{ namespace: "reports" }] })),
      ["orders"],
    );
    assert.deepEqual(
      denied(({ clusters }) => {
        const orders = clusters["orders-db"];
        if (orders !== undefined) orders.network = { clients: [{ labels: { app: "web" } }] };
      }),
      ["reports"],
    );
    // Neither where the store, what scrapes, the operator or a destination is.
    for (const [what, change] of [
      ["store", { store: { namespace: "reports", labels: { app: "minio" } } }],
      ["monitoring", { monitoring: { namespace: "reports" } }],
      ["operator", { operatorNamespace: "reports", operator: false }],
    ] as const)
      assert.deepEqual(
        denied(({ network }) => Object.assign(network ?? {}, change), what === "store" ? "minio" : undefined),
        ["orders"],
        what,
      );
    assert.deepEqual(
      denied(({ clusters }) => {
        const orders = clusters["orders-db"];
        if (orders !== undefined) orders.network = { destinations: [{ namespace: "reports" }] };
      }),
      ["orders"],
    );
    // The operator's own policies allow it what it needs.
    assert.deepEqual(
      denied(({ network }) => Object.assign(network ?? {}, { operatorNamespace: "reports", operator: true })),
      ["orders", "reports"],
    );
    assert.deepEqual(
      denied((args) => {
        application("orders", "orders")(args);
        const orders = args.clusters["orders-db"];
        if (orders !== undefined) orders.network = { defaultDeny: true };
      }),
      ["orders", "reports"],
    );
  });

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
