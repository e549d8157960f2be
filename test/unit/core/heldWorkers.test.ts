import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import type { ClusterArgs } from "../../../components/index";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { manifestsOf } from "../../helpers/manifestsOf";
import { environmentArgs, image } from "../../helpers/samples";

const source = { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 };
const servers = {
  old: { host: "old-db", user: "streamer", password: { secret: "login", key: "password" } },
};
const snapshots = { volumeSnapshots: { storage: "orders-db-1" }, postgresMajor: 17 };

/** All libraries whose workers act on others, in an image that may have them. */
const loaded = {
  image: "registry.example.com/postgresql:17.6",
  sharedPreloadLibraries: ["pg_cron", "pg_net", "timescaledb"],
};

/** Parameters of a Cluster with all of them that acts on nobody by itself. */
const held = {
  "cron.launch_active_jobs": "off",
  max_logical_replication_workers: "0",
  "pg_net.batch_size": "0",
  "timescaledb.max_background_workers": "0",
};

function clusterOf(more: Partial<ClusterArgs>) {
  const problems = new Problems();
  const orders = { namespace: "orders", image, databases: { orders: {} }, ...more };
  const environment = decideEnvironment(problems, "dev", environmentArgs({ "orders-db": orders }));
  assert.deepEqual(problems.list, []);
  return environment;
}

function heldIn(more: Partial<ClusterArgs>) {
  const parameters = clusterOf(more).clusters[0]?.plan.spec.postgresql?.parameters ?? {};
  assert.deepEqual(Object.keys(parameters), Object.keys(parameters).sort(), "they are read as a list");
  return Object.fromEntries(
    Object.keys(held).flatMap((name) => (name in parameters ? [[name, parameters[name]]] : [])),
  );
}

describe("What acts on others by itself in a copy", () => {
  for (const [what, copy] of Object.entries<Partial<ClusterArgs>>({
    "a clone": { recoverFrom: source },
    "a clone up to a moment": { recoverFrom: { ...source, target: { time: "2026-01-21T03:00:00Z" } } },
    "a cluster restored in place": { generation: 2, recoverFrom: { generation: 1 } },
    "a cluster restored in place by its server name": {
      generation: 2,
      recoverFrom: { serverName: "former" },
    },
    "a recovery from volume snapshots": { recoverFrom: snapshots },
    "a recovery from volume snapshots and an archive": { recoverFrom: { ...source, ...snapshots } },
    "a masked clone": { recoverFrom: source, masking: { orders: { sql: ["TRUNCATE sessions"] } } },
    "a base backup of a running server": { servers, baseBackupFrom: { server: "old", postgresMajor: 17 } },
  }))
    it(`is held in ${what}`, () => {
      assert.deepEqual(heldIn({ ...copy, ...loaded }), held);
      assert.deepEqual(heldIn(copy), { max_logical_replication_workers: "0" });
    });

  it("is held where a library is written with its ending", () => {
    const sharedPreloadLibraries = ["pg_cron.so"];
    assert.equal(
      heldIn({ image: loaded.image, sharedPreloadLibraries, recoverFrom: source })["cron.launch_active_jobs"],
      "off",
    );
  });

  it("is held where an extension brings its library", () => {
    const databases = { orders: { extensions: ["pg_cron"] } };
    const parameters = { "cron.database_name": "orders" };
    assert.deepEqual(heldIn({ image: loaded.image, databases, parameters, recoverFrom: source }), {
      "cron.launch_active_jobs": "off",
      max_logical_replication_workers: "0",
    });
  });

  it("runs when somebody says so, and then as Postgres has it", () => {
    assert.deepEqual(heldIn({ recoverFrom: { ...source, startWorkers: true } }), {});
    const baseBackupFrom = { server: "old", postgresMajor: 17, startWorkers: true };
    assert.deepEqual(heldIn({ servers, baseBackupFrom }), {});
    const parameters = { max_logical_replication_workers: "8" };
    assert.deepEqual(heldIn({ parameters, recoverFrom: { ...source, startWorkers: true } }), parameters);
  });

  it("is left to a cluster that begins empty, and to a replica, which is to become its source", () => {
    assert.deepEqual(heldIn({}), {});
    assert.deepEqual(heldIn({ recoverFrom: source, replica: {} }), {});
    assert.deepEqual(heldIn({ recoverFrom: source, replica: { enabled: false } }), {});
    const parameters = { max_logical_replication_workers: "8" };
    assert.deepEqual(heldIn({ parameters }), parameters);
  });

  it("may be held by the user's own parameters too", () => {
    const parameters = { max_logical_replication_workers: "0", "pg_net.batch_size": "0" };
    assert.deepEqual(heldIn({ ...loaded, parameters, recoverFrom: source }), held);
  });

  it("is a Cluster that CNPG's definition takes", () => {
    for (const manifest of manifestsOf(clusterOf({ ...loaded, recoverFrom: source })))
      assert.deepEqual(validateManifest(manifest), []);
  });

  it("is a subscription of its own, with a slot and rows of its own, where workers run", () => {
    const environment = clusterOf({
      servers: { old: { ...servers.old, database: "shop" } },
      recoverFrom: { ...source, startWorkers: true },
      subscriptions: {
        copied: {
          database: "orders",
          server: "old",
          publication: "all",
          parameters: { slot_name: "of_the_copy", copy_data: "true" },
        },
      },
    });
    const [subscription] = environment.clusters[0]?.plan.migration.subscriptions ?? [];
    assert.equal(subscription?.spec.parameters?.slot_name, "of_the_copy");
  });
});
