import assert from "node:assert/strict";
import { awaitedOf, type KubernetesObject, ownJudgeOf } from "../../../lab/cluster";
import { Store } from "../../../lab/stack/store";
import { type Used, useLab } from "../use";
import { completedBackups } from "./archiving";
import { Bucket } from "./bucket";
import { cnpg, LabStack } from "./labStack";
import { eventually, explained, Postgres, removeAll, small } from "./postgres";
import { removeNamespace } from "./removeNamespace";

const namespace = "m-clone";
const sourceBucket = "m-source";
const application = "db-orders-credentials";

/** What an owner may well write, and what has to work within the one transaction. */
const harmless = [
  "SET LOCAL lock_timeout = '10s'",
  "CREATE FUNCTION masked() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'masked'; END $$",
  "ALTER TABLE customers DISABLE TRIGGER USER",
  "UPDATE customers SET email = masked() -- 'nobody' sees them",
  "ALTER TABLE customers ENABLE TRIGGER USER; DROP FUNCTION masked();",
  "SELECT email, '\\g :email' FROM customers",
  "CREATE TABLE note AS SELECT count(*) FROM customers; TRUNCATE note; DROP TABLE note; ANALYZE customers",
];

describe("A clone with masking and a time to live, in the lab", function () {
  this.timeout(1_200_000);

  let used: Used;
  let bucket: Bucket;
  let source: Postgres;
  let clone: LabStack;
  let last: { readonly code: number | null; readonly output: string };

  /** Writes the clone's stack file with this SQL, and brings it up. */
  async function up(sql: readonly string[], more: Readonly<Record<string, unknown>> = {}) {
    const { location } = source;
    clone.write({
      timeToLive: "1h",
      recoverFrom: {
        bucket: location.bucket,
        objectPrefix: location.prefix,
        serverName: location.serverName,
        postgresMajor: 17,
      },
      // Pulumi's provider waits on for a Job that failed by its pod failure policy, so this is how long a failure takes.
      masking: { orders: { sql, timeout: "1m" } },
      ...more,
    });
    last = await clone.start();
    return last;
  }

  const there = (apiVersion: string, kind: string, name: string) =>
    used.cluster.get({ apiVersion, kind, name, namespace });
  const jobs = async () =>
    (await used.cluster.list("batch/v1", "Job", { namespace })).filter(({ metadata }) =>
      metadata.name.startsWith("db-masking-"),
    );
  const logOf = (job: KubernetesObject) =>
    used.cluster.kubectl(["logs", "-n", namespace, `job/${job.metadata.name}`]);
  const emails = () =>
    used.cluster.sql(namespace, "db", "SELECT string_agg(email, ',') FROM customers", "orders");

  /** What a client is told that comes over the network. */
  async function login(role: string, password: string): Promise<string> {
    const { status } = (await there(cnpg, "Cluster", "db")) as { status?: { currentPrimary?: string } };
    const address = `postgresql://${role}:${password}@db-rw.${namespace}.svc/orders`;
    const psql = ["psql", "-X", "-A", "-t", address, "-c", "SELECT current_user"];
    const pod = ["exec", "-n", namespace, status?.currentPrimary ?? "", "-c", "postgres", "--"];
    return used.cluster.kubectl([...pod, ...psql]).then(
      (text) => text.trim(),
      (error: Error) => error.message,
    );
  }

  before(async function () {
    used = await useLab(this, "node");
    clone = await LabStack.fresh(used.cluster, new Store(used.cluster, used.stores), namespace);
    for (const each of ["m-source", namespace]) await removeNamespace(used.cluster, each);
    bucket = new Bucket(used.cluster, sourceBucket);
    await bucket.create();
    const env = { STORAGE_EMULATOR_HOST: used.stores.gcs };
    const databases = { orders: { owner: "orders" } };
    source = await Postgres.of(used.cluster, "m-source", {
      backups: { bucket: sourceBucket, identity: "perCluster", env, sidecar: { cpu: "50m" } },
      clusters: { db: { ...small, namespace: "m-source", databases } },
    });
    await explained([source], async () => {
      await source.create();
      await source.ready();
      await source.sql(
        "CREATE TABLE customers (email text); ALTER TABLE customers OWNER TO orders; " +
          "INSERT INTO customers VALUES ('ann@example.com'), ('bob@example.com'); " +
          "CREATE ROLE reporting LOGIN PASSWORD 'of-prod'; CREATE ROLE trusted LOGIN PASSWORD 'of-prod'",
        "orders",
      );
      await source.complete();
      await eventually("a base backup", 300, async () => {
        const done = await completedBackups(used.cluster, source);
        return done.length > 0 ? undefined : "none is completed";
      });
      await source.switchWal();
    });
  });

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.error(last?.output);
  });

  after(async () => {
    if (used === undefined) return;
    await clone.remove();
    await removeAll(used.cluster, [source]);
    await bucket.remove();
    used.cluster.close();
  });

  it("fails with SQL that fails, says where to look, and leaves no Secret and nothing half done", async () => {
    const { code, output } = await up([
      "UPDATE customers SET email = 'masked'",
      "SELECT relname::int FROM pg_class, customers WHERE email LIKE '%@%' OR email = 'masked'",
    ]);
    assert.notEqual(code, 0, output);
    const [job, ...more] = await jobs();
    assert(job !== undefined && more.length === 0);
    assert(output.includes(`kubectl logs -n ${namespace} job/${job.metadata.name}`), output);
    assert.match(output, new RegExp(`'${job.metadata.name}' timed out waiting to be Ready`));
    assert.equal(await there("v1", "Secret", application), undefined);
    assert.equal(await there(cnpg, "ScheduledBackup", "db-backup"), undefined);
    assert.equal(await emails(), "ann@example.com,bob@example.com");
  });

  it("tells in the Job's log the code of an error, and not the message, which may hold data", async () => {
    const [job] = await jobs();
    assert(job !== undefined);
    const log = await logOf(job);
    assert.match(log, /^sql\[1\]: ERROR: 22P02, invalid_text_representation$/m);
    assert.doesNotMatch(log, /invalid input|pg_|LINE|CONTEXT/);
  });

  it("doesn't show a row either that stands in SQL which was made of it", async () => {
    const { code } = await up([
      "DO $$ DECLARE v text; BEGIN SELECT email INTO v FROM customers LIMIT 1; EXECUTE format('ANALYZE %I', v); END $$",
    ]);
    assert.notEqual(code, 0);
    const [job] = await jobs();
    assert(job !== undefined);
    const log = await logOf(job);
    assert.match(log, /^sql\[0\]: ERROR: 42P01, undefined_table$/m);
    assert.doesNotMatch(log, /example\.com/);
    assert.equal(await there("v1", "Secret", application), undefined);
  });

  for (const [what, entry, why] of [
    ["a COMMIT", "UPDATE customers SET email = 'half'; COMMIT; SELECT 1", /0A000, feature_not_supported/],
    ["a ROLLBACK", "SELECT 1; ROLLBACK", /0A000, feature_not_supported/],
    ["a command of psql", "SELECT 1 \\; COMMIT \\g /tmp/out", /42601, syntax_error/],
  ] as const)
    it(`refuses ${what} in the middle of a statement, and undoes what was before it`, async () => {
      const { code, output } = await up(["UPDATE customers SET email = 'half'", entry]);
      assert.notEqual(code, 0, output);
      const [job] = await jobs();
      assert(job !== undefined);
      const log = await logOf(job);
      assert.match(log, /^sql\[1\]: ERROR: /m);
      assert.match(log, why);
      assert.equal(await emails(), "ann@example.com,bob@example.com");
      assert.equal(await there("v1", "Secret", application), undefined);
    });

  it("has every row masked before the application's Secret is there, and a base backup only after that", async () => {
    const { code, output } = await up(harmless);
    assert.equal(code, 0, output);
    assert.equal(await emails(), "masked,masked");
    const [job, ...more] = await jobs();
    assert(job !== undefined && more.length === 0);
    assert.equal((await logOf(job)).replaceAll(/^waiting for .*\n/gm, ""), "masked orders\n");
    const done = (job.status as { completionTime?: string }).completionTime ?? "";
    for (const [version, kind, name] of [
      ["v1", "Secret", application],
      [cnpg, "ScheduledBackup", "db-backup"],
    ] as const) {
      const created = String((await there(version, kind, name))?.metadata.creationTimestamp ?? "");
      assert(created >= done && done !== "", `${kind} ${created}, masked ${done}`);
    }
  });

  it("lets the application in with the Secret's password, and nobody with one of the source's", async () => {
    const secret = (await there("v1", "Secret", application)) as { data?: Record<string, string> };
    const password = Buffer.from(secret.data?.password ?? "", "base64").toString();
    assert.equal(await login("orders", password), "orders");
    assert.match(await login("reporting", "of-prod"), /pg_hba\.conf rejects connection/);
  });

  it("changes nothing when it is brought up again", async () => {
    assert.match((await up(harmless)).output, /Nothing changed/);
  });

  it("refuses to let a role of the source in, which would come in before the data are masked in its next generation", async () => {
    const { location } = source;
    const recoverFrom = {
      bucket: location.bucket,
      objectPrefix: location.prefix,
      serverName: location.serverName,
      postgresMajor: 17,
      allowRoles: ["trusted"],
    };
    const { code, output } = await up(harmless, { recoverFrom });
    assert.notEqual(code, 0, output);
    assert.match(output, /recoverFrom\.allowRoles: got \["trusted"\]. Remove it with masking/);
    assert.match(await login("trusted", "of-prod"), /pg_hba\.conf rejects connection/);
  });

  describe("whose time to live", () => {
    /** Starts the CronJob now, waits for its end, and returns what it said. */
    async function look(job: string): Promise<string> {
      await used.cluster.kubectl(["create", "job", job, "-n", namespace, "--from=cronjob/db-time-to-live"]);
      const ref = { apiVersion: "batch/v1", kind: "Job", name: job, namespace };
      const object = await used.cluster.get(ref);
      assert(object !== undefined);
      const judge = ownJudgeOf(object);
      assert(judge !== undefined);
      await used.cluster.waitFor(ref, judge, awaitedOf({}));
      return used.cluster.kubectl(["logs", "-n", namespace, `job/${job}`, "-c", "time-to-live"]);
    }

    it("is told in every update", async () => {
      const { output } = await up(harmless);
      assert.match(output, /its Cluster and all its data are deleted after 20\d\d-.*timeToLive 1h/);
    });

    it("is not over stays", async () => {
      assert.match(await look("fresh"), /^db, created \S+, is deleted in \d+ s or up to an hour later/m);
      assert((await there(cnpg, "Cluster", "db"))?.metadata.deletionTimestamp === undefined);
    });

    it("may not be used against any other cluster", async () => {
      const as = [`--as=system:serviceaccount:${namespace}:db-time-to-live`, "-n", namespace];
      const may = (verb: string, what: string) =>
        used.cluster.kubectl(["auth", "can-i", verb, what, ...as]).then(
          (text) => text.trim(),
          () => "no",
        );
      assert.equal(await may("delete", "clusters.postgresql.cnpg.io/db"), "yes");
      assert.equal(await may("delete", "clusters.postgresql.cnpg.io/other"), "no");
      assert.equal(await may("patch", "clusters.postgresql.cnpg.io/db"), "no");
      assert.equal(await may("get", "secrets"), "no");
    });

    it("is over is deleted, with its volumes and its schedule", async () => {
      const env = ["set", "env", "cronjob/db-time-to-live", "SECONDS_TO_LIVE=1", "-n", namespace];
      await used.cluster.kubectl(env);
      const said = await look("expired");
      assert.match(said, /clusters\/db: HTTP\/1\.\d 200/);
      await used.cluster.gone({ apiVersion: cnpg, kind: "Cluster", name: "db", namespace });
      assert.equal(await there(cnpg, "ScheduledBackup", "db-backup"), undefined);
      assert.match(await look("again"), /there is no Cluster db/);
    });

    it("is over comes again with the next generation, masked anew and with another password", async () => {
      const before = (await there("v1", "Secret", application)) as { data?: Record<string, string> };
      const { code, output } = await up(["UPDATE customers SET email = 'masked anew'"], { generation: 2 });
      assert.equal(code, 0, output);
      assert.equal(await emails(), "masked anew,masked anew");
      const after = (await there("v1", "Secret", application)) as { data?: Record<string, string> };
      assert.notEqual(after.data?.password, before.data?.password);
    });
  });
});
