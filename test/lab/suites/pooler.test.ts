import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import type { Connection } from "./application";
import { StandInIssuer } from "./certManager";
import { bothReady, primaryOf } from "./operations";
import { Pooled } from "./pooled";
import { eventually } from "./postgres";

describe("Poolers and certificates in the lab", function () {
  this.timeout(900_000);

  let used: Used;
  let pooled: Pooled;
  const sql = (connection: Connection, ...statements: string[]) =>
    pooled.application.sql(connection, ...statements);

  before(async function () {
    used = await useLab(this, "node");
    pooled = await Pooled.of(used.cluster);
    await pooled.create();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed")
      console.error(await pooled.postgres.explain().catch((error: unknown) => error));
  });

  after(async () => {
    if (used === undefined) return;
    await pooled.remove();
    used.cluster.close();
  });

  describe("an application in another namespace", () => {
    it("has the CA's certificate, and nothing of its key", async () => {
      const ca = await pooled.secret("d-orders-ca", "ca.crt");
      assert.match(ca, /^-----BEGIN CERTIFICATE-----/);
      assert.match(await pooled.secret("d-orders-ca", "ca.key"), /PRIVATE KEY/);
      assert.deepEqual(await pooled.configMap(), { "ca.crt": ca });
    });

    it("verifies the name of Postgres and of each pooler, and is encrypted all the way", async () => {
      const encrypted = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
      for (const connection of [pooled.direct, pooled.through("rw"), pooled.through("ro")])
        assert.equal(await sql(connection, encrypted), "t|TLSv1.3", connection.host);
      for (const key of ["rw", "ro"])
        for (const rest of ["", ".svc.cluster.local"]) {
          const host = `d-orders-pooler-${key}.${pooled.namespace}${rest}`;
          assert.equal(await sql({ host }, "SELECT 1"), "1", host);
        }
    });

    it("needs nothing but its Secret to be led through the pooler, with the server verified", async () => {
      const shell = (command: string) => pooled.application.shell(command, { container: "client" });
      const { host } = pooled.through("rw");
      assert.equal((await shell("echo $PGHOST $PGSSLMODE")).trim(), `${host} verify-full`);
      const query = "SELECT current_user || ' ' || current_database()";
      for (const given of ["", '"$DATABASE_URL"'])
        assert.equal((await shell(`psql ${given} -XAtc "${query}"`)).trim(), "orders orders", given);
      // It is looked at: without the CA nobody is let through.
      await assert.rejects(shell(`PGSSLROOTCERT=/nowhere psql -XAtc "${query}"`), /root certificate file/);
    });

    it("is refused by a name that is not in the certificate, and with a CA that did not sign it", async () => {
      const service = await used.cluster.get(pooled.ref("v1", "Service", "d-orders-pooler-rw"));
      assert(service !== undefined);
      const { clusterIP: host } = service.spec as { readonly clusterIP: string };
      await assert.rejects(sql({ host }, "SELECT 1"), /does not match host name/);
      assert.equal(await sql({ host, sslmode: "verify-ca" }, "SELECT 1"), "1");
      const other = await StandInIssuer.of("another");
      await pooled.application.keep("/tmp/other.crt", other.ca);
      other.remove();
      const wrong = { ...pooled.through("rw"), sslrootcert: "/tmp/other.crt" };
      await assert.rejects(sql(wrong, "SELECT 1"), /certificate verify failed/);
    });

    it("writes through rw and reads through ro", async () => {
      await sql(pooled.through("rw"), "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (1)");
      await eventually("the row at the replica", 60, async () => {
        const found = await sql(pooled.through("ro"), "SELECT pg_is_in_recovery(), n FROM kept");
        return found === "t|1" ? undefined : found;
      });
      const write = sql(pooled.through("ro"), "INSERT INTO kept VALUES (2)");
      await assert.rejects(write, /read-only transaction/);
    });
  });

  describe("the pod that copies the CA", () => {
    const may = async (...what: string[]) => {
      const who = `--as=system:serviceaccount:${pooled.namespace}:d-orders-ca-copy`;
      return (await used.cluster.kubectl(["auth", "can-i", ...what, who]).catch(() => "no")).trim();
    };

    it("may change its ConfigMap, and read no Secret", async () => {
      const { namespace, shop } = pooled;
      assert.equal(await may("patch", "configmap/d-orders-ca", "-n", shop), "yes");
      for (const refused of [
        ["get", "secret/d-orders-ca", "-n", namespace],
        ["list", "secrets", "-n", namespace],
        ["create", "configmaps", "-n", shop],
        ["patch", "configmap/another", "-n", shop],
        ["patch", "configmap/d-orders-ca", "-n", namespace],
      ])
        assert.equal(await may(...refused), "no", refused.join(" "));
    });
  });

  describe("pooling by transaction", () => {
    it("serves many clients that are there at once with a few server connections", async () => {
      const clients = 24;
      const through = pooled.through("rw");
      const client = pooled.application.psql(through);
      // Two dozen at once would ask a busy machine's DNS for too much.
      const script = `
        until PGHOSTADDR=$(getent hosts ${through.host} | cut -d' ' -f1) && [ -n "$PGHOSTADDR" ]; do sleep 1; done
        export PGHOSTADDR
        for i in $(seq ${clients}); do
          { echo 'SELECT pg_backend_pid();'; while [ ! -e /tmp/enough ]; do sleep 1; done; echo 'SELECT pg_backend_pid();'; } |
            ${client} >/tmp/client.$i 2>&1 &
        done; wait; cat /tmp/client.*`;
      const all = pooled.application.shell(script);
      all.catch(() => {}); // It is awaited below.
      const query =
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'orders' AND backend_type = 'client backend'";
      let servers = 0;
      const look = async () => {
        servers = Math.max(servers, Number(await pooled.postgres.sql(query)));
      };
      await eventually(`${clients} clients`, 240, async () => {
        await look();
        const labels = 'database="orders",user="orders"';
        const there = await pooled.metric("rw", "cnpg_pgbouncer_pools_cl_active", labels);
        return there >= clients ? undefined : `there are ${there}`;
      }).finally(() => pooled.application.shell("touch /tmp/enough"));
      const answers = (await all).trim().split("\n");
      await look();
      const distinct = new Set(answers).size;
      console.log(`      ${clients} clients at once: ${servers} server connections at most`);
      assert.equal(answers.length, 2 * clients, answers.join());
      assert(
        answers.every((pid) => /^\d+$/.test(pid)),
        answers.join(),
      );
      assert(distinct <= Pooled.pool && servers <= Pooled.pool && servers > 0, `${distinct}, ${servers}`);
    });

    it("keeps prepared statements of the protocol, and leaves a client's settings to the next", async () => {
      await pooled.application.keep("/tmp/prepared.sql", "\\set n random(1, 9)\nSELECT :n + 1;\n");
      const bench = pooled.application.pgbench(pooled.through("rw"));
      const counts = await pooled.application.shell(
        `${bench} -n -M prepared -c 10 -t 20 -f /tmp/prepared.sql`,
      );
      assert.match(counts, /actually processed: 200\/200/);
      assert.match(counts, /failed transactions: 0 /);
      await sql(pooled.through("rw"), "SET statement_timeout = '7s'");
      const seen = new Set<string>();
      for (let i = 0; i < 6; i++) seen.add(await sql(pooled.through("rw"), "SHOW statement_timeout"));
      assert(seen.has("7s"), [...seen].join());
    });

    it("tells its metrics at port 9127", async () => {
      const orders = 'database="orders"';
      assert.equal(await pooled.metric("rw", "cnpg_pgbouncer_pools_pool_mode", orders), 2);
      assert.equal(await pooled.metric("ro", "cnpg_pgbouncer_pools_pool_mode", orders), 1);
      assert((await pooled.metric("rw", "cnpg_pgbouncer_stats_total_xact_count", orders)) > 24);
    });
  });

  describe("a password that is changed in its Secret", () => {
    it("is taken at once, and the old one no more", async () => {
      const old = await pooled.secret(pooled.login, "password");
      const password = `${old.slice(0, 20)}New`;
      const ref = pooled.ref("v1", "Secret", pooled.login);
      await used.cluster.patch(ref, { stringData: { password } });
      await pooled.application.remember(password);
      const started = Date.now();
      for (const connection of [pooled.direct, pooled.through("rw")]) await pooled.answers(connection);
      console.log(`      after ${Math.round((Date.now() - started) / 1000)} s`);
      await pooled.application.remember(old);
      for (const connection of [pooled.direct, pooled.through("rw")])
        await assert.rejects(sql(connection, "SELECT 1"), /authentication failed/, connection.host);
      await pooled.application.remember(password);
    });
  });

  describe("a primary that is lost", () => {
    it("is followed to the new one", async () => {
      const { postgres } = pooled;
      const former = (await primaryOf(used.cluster, postgres)).metadata.name;
      const started = Date.now();
      await used.cluster.kubectl([
        ...["delete", "pod", former, "-n", pooled.namespace],
        ...["--force", "--grace-period=0", "--wait=false"],
      ]);
      await postgres.until(postgres.ref, (object) => {
        const now = (object?.status as { currentPrimary?: string } | undefined)?.currentPrimary ?? "";
        return now !== "" && now !== former ? [] : [`a primary other than ${now}`];
      });
      await eventually("a row through the pooler", 300, async () => {
        await sql(pooled.through("rw"), "INSERT INTO kept VALUES (2)");
        return undefined;
      });
      console.log(`      after ${Math.round((Date.now() - started) / 1000)} s`);
      await bothReady(postgres);
    });
  });

  describe("certificates that cert-manager would make, on the live cluster", () => {
    let issuer: StandInIssuer;
    const sslrootcert = "/tmp/company.crt";
    const issuerOf = async ({ host }: Connection) => {
      const command = `openssl s_client -starttls postgres -connect ${host}:5432 </dev/null 2>/dev/null | openssl x509 -noout -issuer`;
      return (await pooled.application.shell(command)).trim();
    };

    before(async () => {
      issuer = await StandInIssuer.of("d-company");
      const certificates = {
        server: { issuer: { name: "d-company" } },
        client: { issuer: { name: "d-company" } },
      };
      await pooled.postgres.change({ certificates }, []);
      // cert-manager takes over a Secret that is there: CNPG's own for PgBouncer.
      for (const object of pooled.objects("Certificate"))
        await used.cluster.apply(await issuer.secretFor(object), { force: true });
      // The operator may see the two in either order; this is the worse one.
      await pooled.apply("Pooler", "Cluster");
      await pooled.copyAnew();
      assert.deepEqual(await pooled.configMap(), { "ca.crt": issuer.ca });
      await pooled.application.keep(sslrootcert, issuer.ca);
    });
    after(() => issuer?.remove());

    it("are shown by Postgres and by each pooler, without a restart", async () => {
      const before = (await pooled.postgres.pods()).map(({ metadata }) => metadata.uid);
      for (const connection of [pooled.direct, pooled.through("rw"), pooled.through("ro")]) {
        await eventually(`the certificate of ${connection.host}`, 300, async () => {
          const found = await issuerOf(connection);
          return /d-company/.test(found) ? undefined : found;
        });
        await pooled.answers({ ...connection, sslrootcert });
      }
      assert.deepEqual(
        (await pooled.postgres.pods()).map(({ metadata }) => metadata.uid),
        before,
      );
    });

    it("are what a replica streams with", async () => {
      const query =
        "SELECT r.state, s.client_dn, s.issuer_dn FROM pg_stat_replication r JOIN pg_stat_ssl s USING (pid)";
      // A connection that stands is not asked again.
      await pooled.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
      await eventually("a replica", 180, async () => {
        const found = await pooled.postgres.sql(query);
        return found === "streaming|/CN=streaming_replica|/CN=d-company" ? undefined : found;
      });
    });

    it("are what PgBouncer looks passwords up with, and CNPG leaves them as they are", async () => {
      assert.equal(await pooled.secret("d-orders-pooler", "ca.crt"), issuer.ca);
      for (const key of ["rw", "ro"]) {
        // Nothing that PgBouncer remembers: it starts anew.
        const pods = [
          "delete",
          "pod",
          "-n",
          pooled.namespace,
          "-l",
          `cnpg.io/poolerName=d-orders-pooler-${key}`,
        ];
        await used.cluster.kubectl([...pods, "--wait=true"]);
        await pooled.answers({ ...pooled.through(key), sslrootcert });
      }
      const query =
        "SELECT DISTINCT s.client_dn, s.issuer_dn FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid) WHERE a.usename = 'cnpg_pooler_pgbouncer'";
      assert.equal(await pooled.postgres.sql(query), "/CN=cnpg_pooler_pgbouncer|/CN=d-company");
      await pooled.postgres.has("condition=Ready");
    });
  });

  // Last: what is written here is what applications have mounted.
  describe("a copy of the CA that somebody has changed", () => {
    it("is put right within the hour", async () => {
      const data = await pooled.configMap();
      const ref = { apiVersion: "v1", kind: "ConfigMap", name: "d-orders-ca", namespace: pooled.shop };
      await used.cluster.patch(ref, { data: { "ca.crt": "gone" } });
      // The hour is over now.
      const hourly = ["create", "job", "d-hourly", "--from=cronjob/d-orders-ca-copy", "-n", pooled.namespace];
      await used.cluster.kubectl(hourly);
      await pooled.copied("d-hourly");
      assert.deepEqual(await pooled.configMap(), data);
    });
  });
});
