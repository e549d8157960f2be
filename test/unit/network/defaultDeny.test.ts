import assert from "node:assert/strict";
import { type Choice, everything, type stackOf } from "../../network/scenario";
import { decided } from "./decided";

describe("policies that deny the other pods of a namespace", () => {
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
    // A Job that is there once has a policy by its name: that is of no other pod of the namespace.
    assert.deepEqual(
      denied((args) => {
        application("orders", "orders")(args);
        const orders = args.clusters["orders-db"];
        if (orders === undefined) return;
        orders.roles = { reader: { syncPassword: "first" } };
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

  it("deny other pods of a namespace once, whichever clusters are in it", () => {
    const { network } = decided(everything, ({ clusters }) => {
      for (const cluster of Object.values(clusters)) cluster.namespace = "databases";
    });
    assert.equal(network.rules.filter(({ allows }) => allows.length === 0).length, 1);
  });
});
