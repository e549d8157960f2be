import assert from "node:assert/strict";
import { PostgresCluster } from "../../components/index";
import { settled } from "../helpers/mocks";
import { children, clusterArgs, image, paths, recordValid, refused, spec, types } from "../helpers/samples";

const labels = {
  "app.kubernetes.io/name": "orders-db",
  "app.kubernetes.io/component": "database",
  "app.kubernetes.io/part-of": "databases",
};
const declare = (more: Parameters<typeof clusterArgs>[0] = {}) =>
  recordValid(() => new PostgresCluster("orders-db", clusterArgs(more)));

describe("PostgresCluster in dev", () => {
  it("declares namespace, credentials, store, cluster, schedule and database, and nothing else", async () => {
    assert.deepEqual(children(await declare()), [
      `${types.store} orders-db`,
      `${types.namespace} orders-db`,
      `${types.secret} orders-db/orders`,
      `${types.cluster} orders-db`,
      `${types.database} orders-db/orders`,
      `${types.schedule} orders-db`,
      `${types.password} orders-db/orders`,
    ]);
  });

  it("renders this Cluster", async () => {
    const { inputs } = (await declare()).one(types.cluster);
    assert.deepEqual(inputs, {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: {
        name: "orders-db",
        namespace: "orders",
        labels,
        annotations: { "pulumi-cnpg/sidecar": "36b44d", "pulumi.com/skipAwait": "true" },
      },
      spec: {
        instances: 1,
        imageName: image,
        enablePDB: false,
        enableSuperuserAccess: false,
        primaryUpdateStrategy: "unsupervised",
        primaryUpdateMethod: "restart",
        storage: { size: "10Gi", storageClass: "standard", resizeInUseVolumes: true },
        resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "500m", memory: "1Gi" } },
        postgresql: {
          parameters: {
            checkpoint_completion_target: "0.9",
            checkpoint_timeout: "15min",
            effective_cache_size: "768MB",
            maintenance_work_mem: "64MB",
            max_connections: "100",
            max_slot_wal_keep_size: "5GB",
            max_wal_size: "1280MB",
            min_wal_size: "160MB",
            random_page_cost: "1.1",
            shared_buffers: "256MB",
            wal_buffers: "16MB",
            wal_compression: "on",
            work_mem: "4MB",
          },
        },
        bootstrap: {
          initdb: {
            database: "orders",
            owner: "orders",
            secret: { name: "orders-db-orders-credentials" },
            dataChecksums: true,
          },
        },
        affinity: {
          enablePodAntiAffinity: true,
          podAntiAffinityType: "preferred",
          topologyKey: "kubernetes.io/hostname",
        },
        plugins: [
          {
            name: "barman-cloud.cloudnative-pg.io",
            enabled: true,
            isWALArchiver: true,
            parameters: { barmanObjectName: "orders-db-backup", serverName: "orders-db-g1" },
          },
        ],
      },
    });
  });

  it("renders no walStorage, service account template, managed role or retention on the Cluster", async () => {
    const rendered = spec((await declare()).one(types.cluster));
    for (const key of [
      "walStorage",
      "serviceAccountTemplate",
      "serviceAccountName",
      "managed",
      "backup",
      "env",
    ])
      assert(!(key in rendered), key);
  });

  it("never declares a service account: the operator makes it", async () => {
    const { list } = await declare({ gcpServiceAccount: "cnpg-dev@acme-dev.iam.gserviceaccount.com" });
    assert.deepEqual(
      list.filter((r) => /ServiceAccount|serviceaccount/.test(r)),
      [],
    );
  });

  it("annotates the operator's service account only when there is a Google account to act as", async () => {
    const email = "cnpg-dev@acme-dev.iam.gserviceaccount.com";
    const annotated = spec((await declare({ gcpServiceAccount: email })).one(types.cluster));
    assert.deepEqual(annotated.serviceAccountTemplate, {
      metadata: { annotations: { "iam.gke.io/gcp-service-account": email } },
    });
    assert.doesNotMatch(JSON.stringify(await declare()), /iam\.gke\.io/);
  });
});

describe("PostgresCluster in prod", () => {
  it("has two protected instances on two nodes, a PodDisruptionBudget and a WAL volume", async () => {
    const recording = await declare({ profile: "prod" });
    const cluster = recording.one(types.cluster);
    const { instances, enablePDB, storage, walStorage, resources, affinity } = spec(cluster);
    assert.deepEqual(
      { instances, enablePDB, storage, walStorage, resources, affinity },
      {
        instances: 2,
        enablePDB: true,
        storage: { size: "100Gi", storageClass: "premium-rwo", resizeInUseVolumes: true },
        walStorage: { size: "20Gi", storageClass: "premium-rwo", resizeInUseVolumes: true },
        resources: { requests: { cpu: "2", memory: "8Gi" }, limits: { cpu: "2", memory: "8Gi" } },
        affinity: {
          enablePodAntiAffinity: true,
          podAntiAffinityType: "required",
          topologyKey: "kubernetes.io/hostname",
        },
      },
    );
    assert.equal(cluster.options.protect, true);
    assert.equal(recording.one(types.namespace).options.protect, true);
  });

  it("is not protected when it is told not to be", async () => {
    const recording = await declare({ profile: "prod", protect: false });
    for (const { options, name } of recording.resources) assert.equal(options.protect, false, name);
  });
});

describe("PostgresCluster", () => {
  it("takes placement, replication, catalog, labels, resources and parameters into their places", async () => {
    const { image: _, ...args } = clusterArgs({
      imageCatalog: { name: "postgresql", major: 17 },
      instances: 3,
      storage: { size: "50Gi", storageClass: "fast", resizeInUseVolumes: false },
      walStorage: { size: "12Gi", storageClass: "faster" },
      resources: { cpu: "1500m", memory: "4Gi", cpuLimit: "3", memoryLimit: "6Gi" },
      parameters: { work_mem: "8MB", log_min_duration_statement: "250" },
      placement: {
        nodeSelector: { "cloud.google.com/gke-nodepool": "databases" },
        tolerations: [{ key: "database-node", value: "dedicated", effect: "NoSchedule" }, { key: "any" }],
        antiAffinity: "off",
      },
      synchronous: { number: 1 },
      primaryUpdateStrategy: "supervised",
      primaryUpdateMethod: "switchover",
      labels: { team: "payments" },
    });
    const rendered = spec(
      (await recordValid(() => new PostgresCluster("orders-db", args))).one(types.cluster),
    );
    assert(!("imageName" in rendered));
    assert.deepEqual(rendered.imageCatalogRef, {
      apiGroup: "postgresql.cnpg.io",
      kind: "ClusterImageCatalog",
      name: "postgresql",
      major: 17,
    });
    assert.deepEqual(rendered.storage, { size: "50Gi", storageClass: "fast", resizeInUseVolumes: false });
    assert.deepEqual(rendered.walStorage, {
      size: "12Gi",
      storageClass: "faster",
      resizeInUseVolumes: false,
    });
    assert.deepEqual(rendered.resources, {
      requests: { cpu: "1500m", memory: "4Gi" },
      limits: { cpu: "3", memory: "6Gi" },
    });
    assert.deepEqual(rendered.affinity, {
      enablePodAntiAffinity: false,
      nodeSelector: { "cloud.google.com/gke-nodepool": "databases" },
      tolerations: [
        { key: "database-node", operator: "Equal", value: "dedicated", effect: "NoSchedule" },
        { key: "any", operator: "Exists" },
      ],
    });
    const { parameters, synchronous } = rendered.postgresql as {
      parameters: Record<string, string>;
      synchronous: unknown;
    };
    assert.deepEqual(synchronous, { method: "any", number: 1, dataDurability: "required" });
    assert.equal(parameters.work_mem, "8MB");
    assert.equal(parameters.log_min_duration_statement, "250");
    assert.equal(rendered.primaryUpdateStrategy, "supervised");
    assert.equal(rendered.primaryUpdateMethod, "switchover");
    assert.deepEqual(rendered.inheritedMetadata, { labels: { team: "payments" } });
  });

  it("puts its labels on the objects that it declares", async () => {
    const recording = await declare({ labels: { team: "payments" } });
    for (const type of [types.cluster, types.store, types.schedule, types.database]) {
      const { metadata } = recording.one(type).inputs as { metadata: { labels: unknown } };
      assert.deepEqual(metadata.labels, { ...labels, team: "payments" }, type);
    }
  });

  it("answers with what an application needs", async () => {
    const { value } = await declare({ prefix: "archive" });
    assert.equal(await settled(value.clusterName), "orders-db");
    assert.equal(await settled(value.namespace), "orders");
    assert.equal(await settled(value.hostRw), "orders-db-rw.orders.svc");
    assert.equal(await settled(value.hostRo), "orders-db-ro.orders.svc");
    assert.equal(await settled(value.hostR), "orders-db-r.orders.svc");
    assert.equal(await settled(value.port), 5432);
    assert.deepEqual(await settled(value.secretNames), { orders: "orders-db-orders-credentials" });
    assert.equal(await settled(value.destinationPath), "gs://acme-dev-backups/archive/orders-db");
    assert.equal(await settled(value.serverName), "orders-db-g1");
  });

  it("names every wrong setting at once, before anything is registered", async () => {
    const problems = await refused(
      () =>
        new PostgresCluster(
          "Orders.DB",
          clusterArgs({
            namespace: "Orders",
            image: "postgres:latest",
            instances: 0,
            iamPropagationWait: "soon",
          }),
        ),
    );
    assert.deepEqual(
      paths(problems).sort(),
      ["image", "instances", "iamPropagationWait", "name", "namespace"].sort(),
    );
  });

  it("names a bucket by the argument in which it is missing", async () => {
    const { bucket: _, ...args } = clusterArgs();
    assert.deepEqual(paths(await refused(() => new PostgresCluster("orders-db", args))), ["bucket"]);
  });
});
