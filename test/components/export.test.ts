import assert from "node:assert/strict";
import {
  BackupIdentity,
  PostgresCluster,
  type PostgresClusterArgs,
  PostgresEnvironment,
} from "../../components/index";
import { record, settled } from "../helpers/mocks";

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
const orders = {
  namespace: "orders",
  image,
  databases: { orders: {} },
  exports: { nightly: { schedule: "@daily" }, once: { run: "a" } },
  backup: { manual: { now: {} } },
};
const args = {
  project: "acme-dev",
  region: "europe-west1",
  profile: "dev",
  clusters: { db: orders },
} as const;
const cron = "kubernetes:batch/v1:CronJob";
const grant = "gcp:storage/bucketIAMMember:BucketIAMMember";
const member = "gcp:serviceaccount/iAMMember:IAMMember";

describe("what is declared for exports", () => {
  it("comes after its own grants, which are given time, and after the database and its owner's Secret", async () => {
    const { one } = await record(() => new PostgresEnvironment("dev", args));
    for (const job of [one(cron), one("kubernetes:batch/v1:Job")]) {
      for (const before of [
        `${grant}::dev/exports/acme-dev-dev-postgres-backups/exports`,
        `${member}::dev/orders/db-export`,
        "kubernetes:core/v1:ServiceAccount::dev/db/export",
        "kubernetes:postgresql.cnpg.io/v1:Database::dev/db/orders",
        "kubernetes:core/v1:Secret::dev/db/orders",
      ])
        assert(job.options.dependsOn.includes(before), `${before} of ${job.options.dependsOn.join("\n")}`);
      assert(job.options.hooks.beforeCreate?.includes("pulumi-cnpg-await-iam-grants-120s"));
    }
  });

  it("keeps a cluster's own start free of them", async () => {
    const { one } = await record(() => new PostgresEnvironment("dev", args));
    const { dependsOn } = one("kubernetes:postgresql.cnpg.io/v1:Cluster").options;
    assert.deepEqual(
      dependsOn.filter((name) => name.includes("export")),
      [],
    );
  });

  it("has Pulumi's type for an object of the core group", async () => {
    const { one } = await record(() => new PostgresEnvironment("dev", args));
    const account = one("kubernetes:core/v1:ServiceAccount");
    assert.deepEqual(account.inputs.metadata, {
      name: "db-export",
      namespace: "orders",
      labels: {
        "app.kubernetes.io/name": "db",
        "app.kubernetes.io/component": "export",
        "app.kubernetes.io/part-of": "databases",
      },
      annotations: { "iam.gke.io/gcp-service-account": "cnpg-dev-exports@acme-dev.iam.gserviceaccount.com" },
    });
    assert.equal(account.inputs.apiVersion, "v1");
  });

  it("waits with an update for as long as a Job or a backup may take", async () => {
    const { one } = await record(() => new PostgresEnvironment("dev", args));
    assert.equal(one("kubernetes:batch/v1:Job").options.timeouts.create, "3660s");
    assert.equal(one("kubernetes:postgresql.cnpg.io/v1:Backup").options.timeouts.create, "3600s");
  });

  it("makes nothing for clusters that have none", async () => {
    const { exports: _, ...without } = orders;
    const { list } = await record(
      () => new PostgresEnvironment("dev", { ...args, clusters: { db: without } }),
    );
    assert.deepEqual(
      list.filter((line) => /export|import/i.test(line)),
      [],
    );
  });

  it("tells the folders of dumps, and the ids of backups when there are some", async () => {
    const { value } = await record(() => new PostgresEnvironment("dev", args));
    const { db } = await settled(value.clusters);
    const folder = "gs://acme-dev-dev-postgres-backups/exports/db/orders";
    assert.deepEqual(db?.exports, { nightly: folder, once: folder });
    // Mocks have no operator, that would say one.
    assert.deepEqual(db?.backups, { now: "" });
  });

  it("stands alone too, with accounts that the program made", async () => {
    const alone: PostgresClusterArgs = {
      ...orders,
      profile: "dev",
      bucket: "acme-backups",
      exportSettings: { prefix: "dumps" },
      exportServiceAccount: "pg-exports@acme-dev.iam.gserviceaccount.com",
    };
    const { value, one } = await record(() => {
      const access = new BackupIdentity("access", {
        project: "acme-dev",
        bucket: "acme-backups",
        tenants: [{ namespace: "orders", cluster: "db" }],
        jobs: [
          {
            namespace: "orders",
            cluster: "db",
            purpose: "export",
            bucket: "acme-backups",
            prefix: "dumps/db",
          },
        ],
      });
      return new PostgresCluster("db", alone, { dependsOn: [access] });
    });
    assert.equal(
      one(grant, "access/exports/acme-backups/dumps/db").inputs.role,
      "roles/storage.objectCreator",
    );
    assert(JSON.stringify(one(cron).inputs).includes('"gs://acme-backups/dumps/db/orders"'));
    assert.deepEqual(await settled(value.backupIds), { now: "" });
  });

  it("refuses what is wrong with jobs of an identity, all of it", async () => {
    const jobs = [
      { namespace: "Orders", cluster: "db_1", purpose: "dump" as "export", bucket: "B", prefix: "/" },
    ];
    await assert.rejects(
      record(
        () =>
          new BackupIdentity("access", { project: "acme-dev", bucket: "acme-backups", tenants: [], jobs }),
      ),
      (error: Error) =>
        ["namespace", "cluster", "purpose", "bucket", "prefix"].every((key) =>
          error.message.includes(`jobs[0].${key}: `),
        ),
    );
  });
});
