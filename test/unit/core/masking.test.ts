import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decideEnvironment } from "../../../components/environment/decide";
import { type ClusterArgs, PostgresEnvironment } from "../../../components/index";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { manifestsOf } from "../../helpers/manifestsOf";
import { environmentArgs, image, recordValid } from "../../helpers/samples";

const recoverFrom = { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 };
const orders: ClusterArgs = {
  namespace: "orders",
  image,
  databases: { orders: { owner: "shop" }, invoices: {} },
  recoverFrom: { ...recoverFrom, database: "orders" },
  masking: { orders: { sql: ["UPDATE customers SET email = 'x';; ", "TRUNCATE sessions"] } },
};
const args = (changes: Partial<ClusterArgs> = {}, cluster = orders) =>
  environmentArgs({ "orders-db": { ...cluster, ...changes } });

function planOf(changes: Partial<ClusterArgs> = {}, cluster = orders) {
  const problems = new Problems();
  const environment = decideEnvironment(problems, "dev", args(changes, cluster));
  assert.deepEqual(problems.list, []);
  const [only] = environment.clusters;
  assert(only !== undefined);
  return { environment, plan: only.plan };
}

const jobOf = (changes?: Partial<ClusterArgs>) => {
  const job = planOf(changes).plan.masking?.objects.find(({ kind }) => kind === "Job");
  assert(job !== undefined);
  return job;
};

/** Runs the Job's script with a psql that lets it in at once, and then does this; `$verbosity` is what it was asked to say. */
function runMasking(psql: string) {
  const { spec } = jobOf().body as {
    spec: { template: { spec: { containers: { args: string[] }[] } } };
  };
  const [script = ""] = spec.template.spec.containers[0]?.args ?? [];
  const folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-masking-"));
  try {
    writeFileSync(
      join(folder, "psql"),
      `#!/bin/sh
case "$*" in *'select 1'*) exit 0 ;; esac
for word in "$@"; do case "$word" in VERBOSITY=*) verbosity=\${word#*=} ;; esac; done
${psql}
`,
    );
    chmodSync(join(folder, "psql"), 0o755);
    const { status, stdout, stderr } = spawnSync(
      "/bin/sh",
      ["-ceu", script.replaceAll("/tmp/", `${folder}/`)],
      {
        env: { PATH: `${folder}:${process.env.PATH}`, PGDATABASE: "orders", PGHOST: "db" },
        encoding: "utf8",
      },
    );
    return { code: status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("A clone with masking", () => {
  it("renders what Kubernetes takes", () => {
    for (const manifest of manifestsOf(planOf().environment))
      assert.deepEqual(validateManifest(manifest), [], String(manifest.kind));
  });

  it("has CNPG take every password from a Secret that no application knows of", () => {
    const { plan } = planOf();
    assert.equal(plan.spec.bootstrap?.recovery?.secret?.name, "orders-db-shop-credentials-internal");
    assert.deepEqual(
      plan.spec.managed?.roles?.map(({ name, passwordSecret }) => [name, passwordSecret?.name]),
      [["invoices", "orders-db-invoices-credentials-internal"]],
    );
  });

  it("runs all statements in one transaction, as the owner of the database", () => {
    const [sql, job] = planOf().plan.masking?.objects ?? [];
    assert.deepEqual(sql?.body.data, {
      "masking.sql": [
        "\\warn sql[0]",
        "DO $masking$ BEGIN",
        "EXECUTE $sql$",
        "UPDATE customers SET email = 'x';;",
        "$sql$;",
        "END $masking$;",
        "\\warn sql[1]",
        "DO $masking$ BEGIN",
        "EXECUTE $sql$",
        "TRUNCATE sessions",
        "$sql$;",
        "END $masking$;",
        "\\warn the end of the transaction",
        "",
      ].join("\n"),
    });
    const text = JSON.stringify(job?.body);
    assert.match(text, /--single-transaction/);
    assert.match(text, /"PGDATABASE","value":"orders"/);
    assert.match(text, /"name":"orders-db-shop-credentials-internal","key":"password"/);
  });

  it("has each statement between quotes that it can't end, whatever is in it", () => {
    const function_ =
      "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $sql$ SELECT '$masking$ $sql1$' $sql$";
    const [sql] = planOf({ masking: { orders: { sql: [function_] } } }).plan.masking?.objects ?? [];
    const { "masking.sql": text = "" } = (sql?.body.data ?? {}) as Record<string, string>;
    assert(
      text.includes(`DO $masking1$ BEGIN\nEXECUTE $sql2$\n${function_}\n$sql2$;\nEND $masking1$;\n`),
      text,
    );
  });

  it("does not try again what fails in the SQL, and is never cleared away and run once more", () => {
    const { spec } = jobOf().body as { spec: Record<string, unknown> };
    assert.equal(spec.ttlSecondsAfterFinished, undefined);
    assert.deepEqual(spec.podFailurePolicy, {
      rules: [{ action: "FailJob", onExitCodes: { containerName: "masking", operator: "In", values: [3] } }],
    });
  });

  it("prints of an error where it was and its code, and never the message, which can hold a row", () => {
    const { code, output } =
      runMasking(`if [ "$verbosity" = sqlstate ]; then said="42P01"; else said='42P01: relation "jane@example.com" does not exist'; fi
printf 'sql[0]\\nsql[1]\\npsql:/masking/masking.sql:8: ERROR:  %s\\n' "$said" >&2
exit 3`);
    assert.equal(code, 3);
    assert.equal(
      output,
      "sql[1]: ERROR: 42P01, undefined_table\nthe message may hold data: it stands in the log of Postgres alone\n",
    );
  });

  it("prints a code that has no name here too, and that there was no connection", () => {
    const lost = "psql: error: connection to server at db failed: Connection refused";
    assert.match(
      runMasking("printf 'the end of the transaction\\nERROR:  XX001\\n' >&2; exit 3").output,
      /^the end of the transaction: ERROR: XX001\n/,
    );
    assert.match(runMasking(`echo '${lost}' >&2; exit 2`).output, new RegExp(`^${lost}\n`));
  });

  it("says that it is done, and nothing of what the SQL printed", () => {
    assert.equal(runMasking("echo jane@example.com").output, "masked orders\n");
  });

  it("has as much time as it says, and Pulumi waits a minute longer", () => {
    const job = jobOf({ masking: { orders: { sql: ["SELECT 1"], timeout: "90m" } } });
    assert.equal((job.body.spec as { activeDeadlineSeconds: number }).activeDeadlineSeconds, 5400);
    assert.equal(job.waitSeconds, 5460);
  });

  it("is another Job with another text, or for another database, and the same with the same", () => {
    const other = jobOf({ masking: { orders: { sql: ["SELECT 2"] } } });
    const there = jobOf({ masking: { invoices: { sql: orders.masking?.orders?.sql ?? [] } } });
    assert.equal(jobOf().name, jobOf().name);
    assert.notEqual(jobOf().name, other.name);
    assert.notEqual(jobOf().name, there.name);
  });

  it("makes the application's Secrets and the first base backup after all of its Jobs, and anew in every generation", async () => {
    const masking = { orders: { sql: ["SELECT 1"] }, invoices: { sql: ["SELECT 2"] } };
    const recording = await recordValid(() => new PostgresEnvironment("dev", args({ masking })));
    const jobs = ["dev/orders-db/masking/invoices", "dev/orders-db/masking/orders"];
    for (const [type, name] of [
      ["kubernetes:core/v1:Secret", "dev/orders-db/shop"],
      ["kubernetes:core/v1:Secret", "dev/orders-db/invoices"],
      ["kubernetes:postgresql.cnpg.io/v1:ScheduledBackup", "dev/orders-db"],
    ] as const) {
      const { options } = recording.one(type, name);
      for (const job of jobs)
        assert(
          options.dependsOn.some((urn) => urn.endsWith(`::${job}`)),
          `${name}: ${options.dependsOn.join()}`,
        );
      assert.match(JSON.stringify(options), /replaceWith.*dev\/orders-db/);
    }
  });

  it("has another password in every generation: that of the one before would open this one too early", async () => {
    const keepers = async (generation: number) => {
      const recording = await recordValid(() => new PostgresEnvironment("dev", args({ generation })));
      return recording.one("random:index/randomPassword:RandomPassword", "dev/orders-db/shop").inputs.keepers;
    };
    assert.deepEqual([await keepers(1), await keepers(2)], [{ generation: "1" }, { generation: "2" }]);
  });
});

describe("The roles of a clone's source", () => {
  const { masking: _, ...unmasked } = orders;
  const hba = (changes: Partial<ClusterArgs>) => planOf(changes, unmasked).plan.spec.postgresql?.pg_hba;

  it("can't log in with the passwords that they have there, but for those that are named", () => {
    const allowRoles = ["reporting", 'it\'s "quoted"'];
    assert.deepEqual(hba({ recoverFrom: { ...orders.recoverFrom, allowRoles } }), [
      'host all "shop" all scram-sha-256',
      'host all "invoices" all scram-sha-256',
      'host all "reporting" all scram-sha-256',
      'host all "it\'s ""quoted""" all scram-sha-256',
      "host all all all reject",
    ]);
  });

  it("are a cluster's own when it is restored in place", () => {
    const inPlace = { recoverFrom: { generation: 1, database: "orders" }, generation: 2 };
    const { masking: _, ...rest } = orders;
    const problems = new Problems();
    const { clusters } = decideEnvironment(problems, "dev", environmentArgs({ a: { ...rest, ...inPlace } }));
    assert.deepEqual(problems.list, []);
    assert.equal(clusters[0]?.plan.spec.postgresql?.pg_hba, undefined);
  });
});
