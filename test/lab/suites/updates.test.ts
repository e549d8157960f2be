import assert from "node:assert/strict";
import { type Cluster, openCluster } from "../../../lab/cluster";
import { type ObjectStores, readLab } from "../../../lab/description";
import { Store } from "../../../lab/stack/store";
import { LabStack } from "./labStack";

type Settings = { [key: string]: unknown };

/** WAL files that have arrived. */
const wal = /\/wals\/[0-9A-F]{16}\/[0-9A-F]{24}(\.[a-z0-9]+)?$/;

describe("An update of a running cluster, on a real Kubernetes", function () {
  this.timeout(900_000);
  let cluster: Cluster;
  let stores: ObjectStores;
  let stack: LabStack;
  let own: Settings = {};
  let backups: Settings = {};

  before(async function () {
    const lab = readLab();
    if (lab?.stores === undefined) return this.skip();
    stores = lab.stores;
    cluster = await openCluster(lab);
    stack = await LabStack.fresh(cluster, new Store(cluster, lab.stores), "a-updates");
    stack.write();
    const { code, output } = await stack.start("--no-policies");
    assert.equal(code, 0, output);
  });
  after(async () => {
    await stack?.remove();
    cluster?.close();
  });

  const archived = async () =>
    (await stack.store.list("a-updates", "cnpg/")).filter((name) => wal.test(name)).length;
  const running = async () => {
    const pods = await cluster.list("v1", "Pod", {
      namespace: "a-updates",
      labelSelector: "cnpg.io/podRole=instance",
    });
    return pods.map(
      (pod) => pod.spec as { containers: { name: string; image: string; resources: unknown }[] },
    );
  };

  const names = async () =>
    (await stack.objects()).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

  /** Updates with more settings of the cluster; they stay. */
  async function update(more: Settings, moreBackups: Settings = {}) {
    own = { ...own, ...more };
    backups = { ...backups, ...moreBackups };
    stack.write(own, backups);
    const began = Date.now();
    const ended = await stack.start("--no-policies");
    return { ...ended, seconds: (Date.now() - began) / 1000 };
  }

  /** That a good change is green, and not before one more WAL file has arrived. */
  async function good(more: Settings, moreBackups: Settings = {}): Promise<void> {
    const before = await archived();
    const { code, output } = await update(more, moreBackups);
    assert.equal(code, 0, output);
    assert(output.includes("updated"), output);
    assert((await archived()) > before, `${before} WAL files before and after\n${output}`);
  }

  it("is green for a parameter when Postgres runs with it and one more WAL file has arrived", async () => {
    await good({ parameters: { random_page_cost: "1.5" } });
    assert.equal(await cluster.sql("a-updates", "db", "show random_page_cost"), "1.5");
  });

  it("is red for a value that Postgres refuses, with Postgres' own words, and green again without", async () => {
    const { code, output } = await update({
      parameters: { random_page_cost: "1.5", timezone: "Mars/Phobos" },
    });
    assert.equal(code, 1, output);
    assert.match(
      output,
      /Cluster a-updates\/db: pod a-updates\/db-1, container postgres: .*invalid value for parameter "TimeZone": "Mars\/Phobos"/,
    );
    await good({ parameters: { random_page_cost: "1.5" } });
  });

  it("is green for a parameter that needs a restart after that restart", async () => {
    await good({ parameters: { random_page_cost: "1.5", max_connections: "90" } });
    assert.equal(await cluster.sql("a-updates", "db", "show max_connections"), "90");
  });

  it("is green for other resources when the pod has them", async () => {
    await good({ resources: { cpu: "150m", memory: "512Mi" } });
    const [pod] = await running();
    const { resources } = pod?.containers.find(({ name }) => name === "postgres") ?? {};
    assert.match(JSON.stringify(resources), /"cpu":"150m"/);
  });

  it("is red for resources that no node has, with the scheduler's reason, and green again by itself", async () => {
    const before = await names();
    const { code, output } = await update({ resources: { cpu: "600", memory: "512Mi" } });
    assert.equal(code, 1, output);
    // What comes after the Cluster waits for it, and is not taken for something that the program has no more.
    assert.deepEqual(await names(), before);
    assert.doesNotMatch(output, /deleted/);
    assert.match(output, /pod a-updates\/db-1: Unschedulable: .*Insufficient cpu/);
    await good({ resources: { cpu: "150m", memory: "512Mi" } });
  });

  it("is green for a bigger volume when that has grown", async () => {
    await good({ storage: { size: "2Gi" } });
  });

  it("is red for an archive that can't be reached, with Barman's words, and green again when it can", async () => {
    const { code, output } = await update(
      {},
      { env: { STORAGE_EMULATOR_HOST: `${stores.gcs}/nothing-is-here` } },
    );
    assert.equal(code, 1, output);
    assert.match(output, /container plugin-barman-cloud: WAL is not archived: /);
    backups = {};
    const back = await update({});
    assert.equal(back.code, 0, back.output);
  });

  it("is red for a version of an extension that the image lacks, says how CNPG forgets it, and is green again so", async () => {
    const { code, output } = await update({
      databases: {
        orders: { owner: "orders", extensions: ["vector"], extensionOptions: { vector: { version: "99" } } },
      },
    });
    assert.equal(code, 1, output);
    assert.match(
      output,
      /Database a-updates\/db-orders: .*extension "vector" has no installation script .*version "99"/,
    );
    const back = await update({ databases: { orders: { owner: "orders" } } });
    assert.equal(back.code, 1, back.output);
    const [, patch = ""] =
      /To do: kubectl (patch database -n a-updates db-orders \S+ \S+ -p '[^']+')/.exec(back.output) ?? [];
    assert.notEqual(patch, "", back.output);
    await cluster.kubectl(patch.replaceAll("'", "").split(" "));
    const after = await update({});
    assert.equal(after.code, 0, after.output);
  });

  it("is red for a rotation whose password can't be set, with Postgres' own words, and green when it can", async () => {
    const rotation = (number: number) => ({
      roles: { batch: { credentials: { random: { rotation: number } } } },
    });
    const sql = (statement: string) => cluster.sql("a-updates", "db", statement);
    const password = () => sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'batch'");
    const made = await update(rotation(1));
    assert.equal(made.code, 0, made.output);
    const first = await password();
    assert.match(first, /^SCRAM-SHA-256/);
    // From now on the instance manager, which logs in as postgres, can't write.
    await sql("ALTER ROLE postgres SET default_transaction_read_only = on");
    await sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()",
    );
    const { code, output, seconds } = await update(rotation(2));
    await sql("BEGIN READ WRITE; ALTER ROLE postgres RESET default_transaction_read_only; COMMIT");
    assert.equal(code, 1, output);
    assert.match(output, /DatabaseRole a-updates\/db-batch: .*read-only transaction/);
    assert(seconds < 150, `${seconds} s`);
    assert.equal(await password(), first);
    await sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()",
    );
    const back = await update({});
    assert.equal(back.code, 0, back.output);
    assert.notEqual(await password(), first);
  });

  it("is red for a pooler whose image does not exist, which CNPG calls active, and goes back by itself", async () => {
    const made = await update({ poolers: { rw: {} } });
    assert.equal(made.code, 0, made.output);
    const typo = "ghcr.io/cloudnative-pg/pgbouncer-typo:1.25.1";
    const { code, output } = await update({ poolers: { rw: { image: typo } } });
    assert.equal(code, 1, output);
    assert.match(
      output,
      /Pooler a-updates\/db-pooler-rw: pod \S+, container pgbouncer: (ErrImagePull|ImagePullBackOff): .*pgbouncer-typo/,
    );
    const back = await update({ poolers: { rw: {} } });
    assert.equal(back.code, 0, back.output);
    const without = await update({ poolers: {} });
    assert.equal(without.code, 0, without.output);
  });

  it("is red for an image that does not exist, at the next update too, says how to go back, and goes back so", async () => {
    const [before] = await running();
    const image = before?.containers.find(({ name }) => name === "postgres")?.image ?? "";
    const typo = image.replace("postgresql:", "postgres-typo:");
    const first = await update({ image: typo });
    assert.equal(first.code, 1, first.output);
    assert.match(
      first.output,
      /pod a-updates\/db-1, container postgres: (ErrImagePull|ImagePullBackOff): .*postgres-typo/,
    );
    const second = await update({});
    assert.equal(second.code, 1, second.output);
    assert.match(second.output, /(ErrImagePull|ImagePullBackOff): .*postgres-typo/);
    const back = await update({ image });
    assert.equal(back.code, 1, back.output);
    const [, command = ""] = /To do: kubectl (delete pod -n a-updates db-1);/.exec(back.output) ?? [];
    assert.notEqual(command, "", back.output);
    await cluster.kubectl(command.split(" "));
    const after = await update({});
    assert.equal(after.code, 0, after.output);
  });

  it("changes nothing the second time", async () => {
    const { code, output } = await update({});
    assert.equal(code, 0, output);
    assert.match(output, /Nothing changed/);
  });
});
