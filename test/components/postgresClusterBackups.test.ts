import assert from "node:assert/strict";
import { PostgresCluster } from "../../components/index";
import { settled } from "../helpers/mocks";
import { children, clusterArgs, paths, recordValid, refused, spec, types } from "../helpers/samples";

const declare = (more: Parameters<typeof clusterArgs>[0] = {}) =>
  recordValid(() => new PostgresCluster("orders-db", clusterArgs(more)));
const system = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie";

describe("A PostgresCluster that is backed up by the plugin", () => {
  it("renders this ObjectStore", async () => {
    const { inputs } = (await declare()).one(types.store);
    assert.deepEqual(inputs.apiVersion, "barmancloud.cnpg.io/v1");
    assert.equal((inputs.metadata as { name: string }).name, "orders-db-backup");
    assert.deepEqual(inputs.spec, {
      configuration: {
        destinationPath: "gs://acme-dev-backups/cnpg/orders-db",
        googleCredentials: { gkeEnvironment: true },
        wal: { compression: "gzip", maxParallel: 2 },
        data: { compression: "gzip", jobs: 2 },
      },
      retentionPolicy: "7d",
      instanceSidecarConfiguration: {
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      },
    });
  });

  it("renders this ScheduledBackup", async () => {
    const { inputs } = (await declare()).one(types.schedule);
    assert.equal((inputs.metadata as { name: string }).name, "orders-db-backup");
    assert.deepEqual(inputs.spec, {
      cluster: { name: "orders-db" },
      schedule: "0 0 3 * * *",
      backupOwnerReference: "self",
      immediate: true,
      suspend: false,
      method: "plugin",
      pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
    });
  });

  it("keeps retention on the ObjectStore, where it works, and off the Cluster", async () => {
    const recording = await declare({ backup: { retention: "4w" } });
    assert.equal(spec(recording.one(types.store)).retentionPolicy, "4w");
    assert.doesNotMatch(JSON.stringify(recording.one(types.cluster).inputs), /retentionPolicy/);
  });

  it("takes every backup setting into its place", async () => {
    const recording = await declare({
      backup: {
        prefix: "archive/orders",
        serverName: "orders-old",
        schedule: "@weekly",
        immediate: false,
        suspend: true,
        walCompression: "zstd",
        dataCompression: "none",
        walParallel: 8,
        dataJobs: 4,
        env: { HTTPS_PROXY: "http://proxy:3128" },
        sidecar: { cpu: "200m", memory: "1Gi", cpuLimit: "2" },
      },
    });
    assert.deepEqual(spec(recording.one(types.store)), {
      configuration: {
        destinationPath: "gs://acme-dev-backups/archive/orders",
        googleCredentials: { gkeEnvironment: true },
        wal: { compression: "zstd", maxParallel: 8 },
        data: { jobs: 4 },
      },
      retentionPolicy: "7d",
      instanceSidecarConfiguration: {
        env: [{ name: "HTTPS_PROXY", value: "http://proxy:3128" }],
        resources: { requests: { cpu: "200m", memory: "1Gi" }, limits: { cpu: "2", memory: "1Gi" } },
      },
    });
    const { schedule, immediate, suspend } = spec(recording.one(types.schedule));
    assert.deepEqual(
      { schedule, immediate, suspend },
      { schedule: "@weekly", immediate: false, suspend: true },
    );
    assert.equal(await settled(recording.value.serverName), "orders-old");
    assert(!("env" in spec(recording.one(types.cluster))));
  });
});

describe("A PostgresCluster with in-tree backups", () => {
  const inTree = { backupMethod: "inTree", image: system } as const;

  it("says all of it on the Cluster and declares no ObjectStore", async () => {
    const recording = await declare({ ...inTree, backup: { env: { NO_PROXY: "metadata" } } });
    assert.deepEqual(recording.all(types.store), []);
    const rendered = spec(recording.one(types.cluster));
    assert(!("plugins" in rendered));
    assert.deepEqual(rendered.backup, {
      barmanObjectStore: {
        destinationPath: "gs://acme-dev-backups/cnpg/orders-db",
        serverName: "orders-db-g1",
        googleCredentials: { gkeEnvironment: true },
        wal: { compression: "gzip", maxParallel: 2 },
        data: { compression: "gzip", jobs: 2 },
      },
      retentionPolicy: "7d",
    });
    assert.deepEqual(rendered.env, [{ name: "NO_PROXY", value: "metadata" }]);
  });

  it("schedules backups by the in-tree method, without a plugin", async () => {
    const rendered = spec((await declare(inTree)).one(types.schedule));
    assert.equal(rendered.method, "barmanObjectStore");
    assert(!("pluginConfiguration" in rendered));
  });

  it("is refused from operator 1.31 on, and with an image that has no barman", async () => {
    const args = clusterArgs({ backupMethod: "inTree", operatorVersion: "1.31.0" });
    assert.deepEqual(paths(await refused(() => new PostgresCluster("orders-db", args))), [
      "backupMethod",
      "image",
    ]);
  });

  it("refuses resources of a sidecar that it does not have, under the sidecar's own path", async () => {
    const args = clusterArgs({ ...inTree, backup: { sidecar: { cpu: "1" } } });
    assert.deepEqual(paths(await refused(() => new PostgresCluster("orders-db", args))), ["backup.sidecar"]);
  });
});

describe("A PostgresCluster without backups", () => {
  const args = { backup: { enabled: false }, gcpServiceAccount: "cnpg-dev@acme-dev.iam.gserviceaccount.com" };

  it("declares neither store nor schedule, and says nothing of backups on the Cluster", async () => {
    const recording = await declare(args);
    assert.deepEqual(children(recording), [
      `${types.namespace} orders-db`,
      `${types.secret} orders-db/orders`,
      `${types.cluster} orders-db`,
      `${types.database} orders-db/orders`,
      `${types.password} orders-db/orders`,
    ]);
    const rendered = spec(recording.one(types.cluster));
    for (const key of ["plugins", "backup", "serviceAccountTemplate"]) assert(!(key in rendered), key);
  });

  it("waits for no grants", async () => {
    const { options } = (await declare(args)).one(types.cluster);
    assert.deepEqual(options.hooks.beforeCreate, ["pulumi-cnpg-installed", "pulumi-cnpg-known-fields"]);
  });

  it("answers with an empty path and server name, and needs no bucket", async () => {
    const { bucket: _, ...rest } = clusterArgs(args);
    const { value } = await recordValid(() => new PostgresCluster("orders-db", rest));
    assert.equal(await settled(value.destinationPath), "");
    assert.equal(await settled(value.serverName), "");
  });

  it("is refused in prod", async () => {
    const prod = clusterArgs({ ...args, profile: "prod" });
    assert.deepEqual(paths(await refused(() => new PostgresCluster("orders-db", prod))), ["backup.enabled"]);
  });
});
