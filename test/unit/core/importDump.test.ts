import assert from "node:assert/strict";
import type { Settings } from "../stacks/badStacks";
import { decided, envOf, jobOf, object, objectsOf } from "./planned";

describe("an import", () => {
  const from = { objectPrefix: "exports/old-db/orders" };
  const keyOf = (importDump: Settings, cluster: Settings = {}) => {
    const { key, once } = object(decided({ cluster: { importDump, ...cluster } }), "Job");
    assert.equal(once, true);
    return key;
  };

  it("runs once in a generation of the cluster, and for another dump", () => {
    assert.equal(keyOf({ from }), keyOf({ from, storage: "50Gi", jobs: 4 }));
    assert.notEqual(keyOf({ from }), keyOf({ from }, { generation: 2 }));
    assert.notEqual(keyOf({ from }), keyOf({ from: { ...from, object: "a.dump" } }));
  });

  it("is all or nothing, unless it has several connections", () => {
    const mode = (more: Settings) =>
      jobOf(object(decided({ cluster: { importDump: { from, ...more } } }), "Job")).template.spec
        .containers[0]?.args[2];
    assert.deepEqual([mode({}), mode({ jobs: 4 })], ["--single-transaction", "--jobs=4"]);
  });

  it("waits for the extensions and schemas that the database is to have", () => {
    const databases = { orders: { extensions: ["vector", "it's"], schemas: ["sales"] } };
    // One of which nobody knows what extensions it has.
    const image = "registry.example.com/postgresql:17.6";
    const [look] = jobOf(object(decided({ cluster: { image, databases, importDump: { from } } }), "Job"))
      .template.spec.initContainers;
    assert(look !== undefined);
    assert.deepEqual(
      [envOf(look, "EXTENSIONS"), envOf(look, "SCHEMAS"), envOf(look, "PARALLEL")],
      ['["vector","it\'s"]', '["sales"]', "0"],
    );
  });

  it("comes before a dump of the same cluster", () => {
    const plan = decided({ cluster: { importDump: { from }, exports: { once: { run: "1" } } } });
    const [imported, exported] = objectsOf(plan).filter(({ kind }) => kind === "Job");
    assert(exported?.after.includes(imported?.key ?? ""), exported?.after.join());
  });

  it("reads from the bucket of the exports if none is named", () => {
    const plan = decided({
      config: { "pulumi-cnpg:exports": { bucket: "acme-dumps" } },
      cluster: { importDump: { from } },
    });
    assert.equal(plan.jobs[0]?.folder.url, "gs://acme-dumps/exports/old-db/orders");
  });
});

describe("a backup on demand", () => {
  const manual = { "before-upgrade": {}, replica: { target: "prefer-standby", timeout: "4h" } };

  it("is made as the scheduled ones are", () => {
    const [first, second] = objectsOf(decided({ cluster: { backup: { manual } } }));
    assert.deepEqual(
      [first?.name, first?.body.spec, first?.waitSeconds],
      [
        "orders-db-before-upgrade",
        {
          cluster: { name: "orders-db" },
          method: "plugin",
          pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
        },
        3600,
      ],
    );
    assert.equal((second?.body.spec as Settings | undefined)?.target, "prefer-standby");
    assert.equal(second?.waitSeconds, 14_400);
  });

  it("is made in-tree where the cluster's are", () => {
    const image = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie";
    const plan = decided({
      backups: { method: "inTree" },
      cluster: { image, backup: { manual: { now: {} } } },
    });
    assert.deepEqual(object(plan, "Backup").body.spec, {
      cluster: { name: "orders-db" },
      method: "barmanObjectStore",
    });
  });

  it("is made anew with a new generation of the cluster, and waited for until it is complete", () => {
    const { perLife, annotations } = object(decided({ cluster: { backup: { manual } } }), "Backup");
    assert.equal(perLife, true);
    assert.equal(annotations?.["pulumi.com/waitFor"], "jsonpath={.status.phase}=completed");
  });
});
