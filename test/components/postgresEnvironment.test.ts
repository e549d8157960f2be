import assert from "node:assert/strict";
import { type ClusterArgs, type ClusterSummary, PostgresEnvironment } from "../../components/index";
import { type Recording, settled } from "../helpers/mocks";
import { children, environmentArgs, image, recordValid, spec, types } from "../helpers/samples";

const orders: ClusterArgs = { namespace: "orders", image, databases: { orders: {} } };
const billing: ClusterArgs = { namespace: "billing", image, databases: { billing: {} } };
const declare = (
  clusters: Record<string, ClusterArgs>,
  more: Parameters<typeof environmentArgs>[1] = {},
  name = "dev",
): Promise<Recording<PostgresEnvironment>> =>
  recordValid(() => new PostgresEnvironment(name, environmentArgs(clusters, more)));
const email = "cnpg-dev@acme-dev.iam.gserviceaccount.com";

describe("PostgresEnvironment", () => {
  it("declares both halves of a dev environment, and nothing else", async () => {
    assert.deepEqual(children(await declare({ "orders-db": orders })), [
      `${types.account} dev`,
      `${types.member} dev/orders/orders-db`,
      `${types.bucket} dev`,
      `${types.grant} dev/bucket`,
      `${types.grant} dev/objects`,
      `${types.store} dev/orders-db`,
      `${types.namespace} dev/orders`,
      `${types.secret} dev/orders-db/orders`,
      `${types.cluster} dev/orders-db`,
      `${types.database} dev/orders-db/orders`,
      `${types.schedule} dev/orders-db`,
      `${types.password} dev/orders-db/orders`,
    ]);
  });

  it("nests bucket, identity, namespaces and clusters below itself", async () => {
    const recording = await declare({ "orders-db": orders });
    for (const [type, parent] of [
      [types.bucketComponent, `${types.environment}::dev`],
      [types.identityComponent, `${types.environment}::dev`],
      [types.cluster, `${types.environment}::dev`],
      [types.namespace, `${types.environment}::dev`],
      [types.bucket, `${types.bucketComponent}::dev`],
      [types.account, `${types.identityComponent}::dev`],
    ] as const) {
      assert.equal(recording.one(type).options.parent, parent);
    }
  });

  it("agrees in both halves on account, workload, bucket, prefix and age", async () => {
    const recording = await declare({ "orders-db": orders, "billing-db": billing });
    const bucket = recording.one(types.bucket).inputs.name as string;
    const age = (recording.one(types.bucket).inputs.lifecycleRules as { condition: { age: number } }[])[0]
      ?.condition.age;
    for (const [cluster, namespace] of [
      ["orders-db", "orders"],
      ["billing-db", "billing"],
    ] as const) {
      const { serviceAccountTemplate } = spec(recording.one(types.cluster, `dev/${cluster}`));
      assert.deepEqual(serviceAccountTemplate, {
        metadata: { annotations: { "iam.gke.io/gcp-service-account": email } },
      });
      const member = recording.one(types.member, `dev/${namespace}/${cluster}`).inputs;
      assert.equal(member.member, `serviceAccount:acme-dev.svc.id.goog[${namespace}/${cluster}]`);
      assert.equal(member.serviceAccountId, `projects/acme-dev/serviceAccounts/${email}`);
      const store = spec(recording.one(types.store, `dev/${cluster}`)) as {
        configuration: { destinationPath: string };
        retentionPolicy: string;
      };
      assert.equal(store.configuration.destinationPath, `gs://${bucket}/cnpg/${cluster}`);
      assert((age ?? 0) > Number.parseInt(store.retentionPolicy, 10) + 1);
    }
    for (const { inputs } of recording.all(types.grant)) assert.equal(inputs.bucket, bucket);
  });

  it("lets a Cluster wait for its own grants and those that all share, and for no other cluster's", async () => {
    const recording = await declare({ "orders-db": orders, "billing-db": billing });
    assert.deepEqual(recording.one(types.cluster, "dev/orders-db").options.dependsOn, [
      `${types.member}::dev/orders/orders-db`,
      `${types.grant}::dev/bucket`,
      `${types.grant}::dev/objects`,
      `${types.store}::dev/orders-db`,
      `${types.namespace}::dev/orders`,
      `${types.secret}::dev/orders-db/orders`,
    ]);
    for (const grant of recording.all(types.grant))
      assert(grant.options.dependsOn.includes(`${types.bucket}::dev`), grant.name);
  });

  it("makes grants anew with the bucket that they are on: a new one of its name has none", async () => {
    const recording = await declare({ "orders-db": orders });
    const grants = recording.all(types.grant);
    assert.ok(grants.length > 0);
    for (const { options } of grants) {
      assert.deepEqual(options.replaceWith, [`${types.bucket}::dev`]);
      assert.equal(options.deleteBeforeReplace, true);
    }
  });

  it("protects what holds data in prod, and versions the bucket", async () => {
    const recording = await declare(
      { "orders-db": orders },
      { profile: "prod", project: "acme-prod" },
      "prod",
    );
    const kept = recording.resources.filter((r) => r.options.protect).map((r) => r.type);
    assert.deepEqual(
      kept.sort(),
      [types.bucket, types.namespace, types.store, types.cluster, types.schedule].sort(),
    );
    assert.deepEqual(recording.one(types.bucket).inputs.versioning, { enabled: true });
    assert.equal(recording.one(types.bucket).inputs.forceDestroy, false);
  });

  it("is protected whole by `protect: true` on the component, but for what a cluster says of itself", async () => {
    const clusters = { "orders-db": orders, scratch: { ...orders, namespace: "scratch", protect: false } };
    const make = () => new PostgresEnvironment("dev", environmentArgs(clusters), { protect: true });
    const recording = await recordValid(make);
    const open = recording.resources.filter((r) => !r.options.protect).map((r) => `${r.type} ${r.name}`);
    const holds = [types.bucket, types.cluster, types.store, types.schedule, types.namespace];
    for (const type of holds)
      assert.ok(
        recording.all(type).some(({ options }) => options.protect),
        type,
      );
    assert.deepEqual(
      open.sort(),
      [
        `${types.cluster} dev/scratch`,
        `${types.namespace} dev/scratch`,
        `${types.schedule} dev/scratch`,
        `${types.store} dev/scratch`,
      ].sort(),
    );
  });

  it("declares a namespace once for several clusters in it, protected if one of them is", async () => {
    const recording = await declare({ "orders-db": orders, reports: { ...orders, protect: true } });
    const namespace = recording.one(types.namespace);
    assert.equal(namespace.name, "dev/orders");
    assert.equal(namespace.options.protect, true);
    assert.equal(recording.all(types.cluster).length, 2);
    assert.equal(recording.one(types.cluster, "dev/orders-db").options.protect, false);
  });

  it("declares no namespace that is there already", async () => {
    const recording = await declare({ "orders-db": { ...orders, createNamespace: false } });
    assert.deepEqual(recording.all(types.namespace), []);
  });

  it("manages nothing of an existing bucket but the access to it", async () => {
    const recording = await declare(
      { "orders-db": orders },
      { backups: { bucket: "acme-shared", existingBucket: true, deleteAge: "60d" } },
    );
    assert.deepEqual(recording.all(types.bucket), []);
    assert.equal(recording.all(types.grant).length, 2);
    for (const { inputs, options } of recording.all(types.grant)) {
      assert.equal(inputs.bucket, "acme-shared");
      assert.deepEqual(options.dependsOn, [`${types.account}::dev`]);
    }
    assert.equal(await settled(recording.value.bucket), "acme-shared");
  });

  it("has neither bucket nor identity when no cluster is backed up", async () => {
    const recording = await declare({ "orders-db": { ...orders, backup: { enabled: false } } });
    const cloud = recording.list.filter((r) => r.startsWith("gcp:") || /Backup(Bucket|Identity)/.test(r));
    assert.deepEqual(cloud, []);
    assert.equal(await settled(recording.value.bucket), "");
  });

  it("gives access only to clusters that are backed up", async () => {
    const recording = await declare({
      "orders-db": orders,
      scratch: { namespace: "scratch", image, backup: { enabled: false } },
    });
    assert.deepEqual(
      recording.all(types.member).map((r) => r.name),
      ["dev/orders/orders-db"],
    );
    assert(!("serviceAccountTemplate" in spec(recording.one(types.cluster, "dev/scratch"))));
  });

  it("annotates nothing with direct identity", async () => {
    const recording = await declare(
      { "orders-db": orders },
      { backups: { identity: "direct", projectNumber: "123456789012" } },
    );
    assert.deepEqual(recording.all(types.account), []);
    assert.deepEqual(recording.all(types.member), []);
    assert.doesNotMatch(JSON.stringify(recording.one(types.cluster).inputs), /iam\.gke\.io/);
    const { "orders-db": summary } = await settled(recording.value.clusters);
    assert.equal(summary?.gcpServiceAccount, "");
    assert.match(
      summary?.iamMember ?? "",
      /^principal:.*projects\/123456789012\/.*\/ns\/orders\/sa\/orders-db$/,
    );
  });

  it("annotates each cluster with its own account with identity perCluster", async () => {
    const recording = await declare({ a: orders, b: billing }, { backups: { identity: "perCluster" } });
    for (const [cluster, id] of [
      ["a", "cnpg-dev-orders-a"],
      ["b", "cnpg-dev-billing-b"],
    ] as const) {
      assert.match(
        JSON.stringify(spec(recording.one(types.cluster, `dev/${cluster}`)).serviceAccountTemplate),
        new RegExp(`"${id}@`),
      );
      assert(recording.all(types.account).some((r) => r.inputs.accountId === id));
    }
  });

  it("hands the environment's backup settings to every cluster, and each cluster's own go before them", async () => {
    const recording = await declare(
      { a: orders, b: { ...billing, backup: { retention: "3d", prefix: "elsewhere/b" } } },
      { backups: { retention: "2w", prefix: "pg", walCompression: "lz4" } },
    );
    const store = (name: string) =>
      spec(recording.one(types.store, `dev/${name}`)) as { configuration: { destinationPath: string } };
    assert.deepEqual(
      ["a", "b"].map((name) => [
        spec(recording.one(types.store, `dev/${name}`)).retentionPolicy,
        store(name).configuration.destinationPath,
      ]),
      [
        ["2w", "gs://acme-dev-dev-postgres-backups/pg/a"],
        ["3d", "gs://acme-dev-dev-postgres-backups/elsewhere/b"],
      ],
    );
    assert.match(JSON.stringify(store("b")), /"lz4"/);
    const rules = recording.one(types.bucket).inputs.lifecycleRules as { condition: { age: number } }[];
    assert.equal(rules[0]?.condition.age, 14 + 1 + 1 + 7);
  });

  it("takes the retention of its clusters for its bucket, and not the profile's", async () => {
    for (const [profile, retention, age] of [
      ["prod", "7d", 9],
      ["dev", "2d", 4],
    ] as const) {
      const recording = await declare(
        { "orders-db": orders },
        { profile, backups: { retention, deleteMargin: "0d" } },
      );
      const rules = recording.one(types.bucket).inputs.lifecycleRules as { condition: { age: number } }[];
      assert.equal(rules[0]?.condition.age, age);
    }
  });

  it("answers with all that another stack has to know", async () => {
    const { value } = await declare({ "orders-db": { ...orders, generation: 3 } });
    const expected: ClusterSummary = {
      kubernetesServiceAccount: "orders/orders-db",
      iamMember: "serviceAccount:acme-dev.svc.id.goog[orders/orders-db]",
      gcpServiceAccount: email,
      hostRw: "orders-db-rw.orders.svc",
      hostRo: "orders-db-ro.orders.svc",
      hostR: "orders-db-r.orders.svc",
      applications: [],
      poolers: {},
      secretNames: { orders: "orders-db-orders-credentials" },
      databases: { orders: "orders" },
      database: "orders",
      scrapeTargets: {},
      destinationPath: "gs://acme-dev-dev-postgres-backups/cnpg/orders-db",
      serverName: "orders-db-g3",
      objectPrefix: "cnpg/orders-db/",
      image,
      retention: "7d",
      schedule: "0 0 3 * * *",
      deleteAgeDays: 16,
      generation: 3,
      bootstrap: "initdb",
      logins: "all",
      workers: "all",
      exports: {},
      backups: {},
    };
    assert.deepEqual(await settled(value.clusters), { "orders-db": expected });
    assert(Object.keys(value).includes("clusters"));
    assert.equal(value.clusters, value.clusters);
    assert.equal(await settled(value.bucket), "acme-dev-dev-postgres-backups");
  });
});
