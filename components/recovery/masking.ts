import { defaults } from "../args/defaults";
import type { MaskingArgs } from "../args/recovery";
import type { Check } from "../check";
import { again, jobName, jobOnce, jobSpec } from "../jobs/job";
import { caMount, caVolume, connectionEnv, waitForPostgres } from "../jobs/psql";
import type { DatabasesPlan } from "../plan/database";
import type { Container } from "../plan/job";
import type { PlannedObject } from "../plan/object";
import type { MaskingPlan } from "../plan/recovery";
import { parseWait, shortHash } from "../units";
import type { Workload } from "../units/workload";

/** What {@link decideMasking} starts from. */
export interface MaskingBasis {
  readonly args: Readonly<Record<string, MaskingArgs>> | undefined;
  readonly workload: Workload;
  /** Image that has psql. */
  readonly image: string;
  /** Secret with the server's CA. */
  readonly caSecret: string;
  /** As `heldBack` has them. */
  readonly databases: DatabasesPlan;
}

/** A ConfigMap holds a mebibyte, names and all (Kubernetes, "ConfigMaps"). */
const mostSql = 900_000;

/**
 * Checks masking, whether there is a plan or not.
 *
 * @param begins how the cluster begins; only a copy of another one has anything to mask
 */
export function checkMasking(
  check: Check,
  args: Readonly<Record<string, MaskingArgs>> | undefined,
  begins: "empty" | "inPlace" | "copy",
  names: readonly string[],
): void {
  if (args === undefined) return;
  const at = check.at("masking");
  if (begins === "empty")
    check.fail(
      "masking",
      args,
      "remove it without recoverFrom: only a copy that it makes is masked before anybody sees it",
    );
  if (begins === "inPlace")
    check.fail(
      "masking",
      args,
      "remove it for a former generation of this cluster: it would destroy its own data; a copy to work with is a clone, in a stack of its own",
    );
  check.require(
    Object.keys(args).length > 0,
    "masking",
    args,
    "SQL by database, such as { orders: { sql: […] } }",
  );
  for (const [name, { sql, timeout }] of Object.entries(args)) {
    at.require(names.includes(name), name, name, `one of the databases: ${names.join(", ")}`);
    const statements = at.at(name).at("sql");
    at.at(name).require(sql.length > 0, "sql", sql, "at least one SQL statement");
    for (const [i, statement] of sql.entries()) checkStatement(statements, i, statement);
    const bytes = Buffer.byteLength(maskingText(sql));
    // The SQL itself is not shown: there may be a lot of it.
    at.at(name).require(
      bytes <= mostSql,
      "sql",
      `${bytes} bytes with what runs it`,
      `at most ${mostSql} bytes, which a ConfigMap can hold`,
    );
    const seconds = at.at(name).parse("timeout", timeout, (text) => parseWait(text, 24 * 3600));
    at.at(name).require(seconds === undefined || seconds >= 60, "timeout", timeout, "at least 1m");
  }
}

/** Says early what Postgres would refuse in any case, see {@link maskingText}: as far as the first words tell it. */
function checkStatement(check: Check, i: number, statement: string): void {
  const bare = statement.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, " ").trim();
  if (!check.require(bare !== "", i, statement, "an SQL statement")) return;
  check.require(
    !/^\s*\\/m.test(bare),
    i,
    statement,
    "SQL alone: psql's own commands, which begin with a backslash, are none",
  );
  const [word = ""] = /^[a-z]+/i.exec(bare) ?? [];
  check.require(
    !/^(begin|start|commit|end|rollback|abort|prepare|savepoint|release)$/i.test(word),
    i,
    statement,
    "a statement that does not begin or end a transaction: all of them are one, so that half of them is never seen",
  );
}

/**
 * What psql runs: before each entry its path, for the log, then the entry as a text that PL/pgSQL executes. So Postgres
 * itself refuses what would end the transaction, wherever in the entry it stands (0A000); to psql it is a literal, of
 * which no backslash is a command; and a comment ends where the entry does.
 */
function maskingText(sql: readonly string[]): string {
  const entries = sql.map((entry, i) => {
    const [block, text] = [unusedTag("masking", entry), unusedTag("sql", entry)];
    const execute = `EXECUTE ${text}\n${entry.trim()}\n${text};`;
    return `\\warn sql[${i}]\nDO ${block} BEGIN\n${execute}\nEND ${block};\n`;
  });
  return `${entries.join("")}\\warn the end of the transaction\n`;
}

/** A dollar quote that a text can't end. */
function unusedTag(stem: string, text: string): string {
  for (let i = 0; ; i++) {
    const tag = `$${stem}${i || ""}$`;
    if (!text.includes(tag)) return tag;
  }
}

/**
 * Plans a Job for each database, as its owner and in one transaction: all of it or nothing. The owner is no superuser,
 * so the SQL can't reach further than the application's own.
 *
 * Each ConfigMap is called as its Job, which is called after its content: another text is another Job, and a Job always
 * runs the text that it was made for. A Job of this kind stays: one that is cleared away would be made, and run,
 * again by the next update that looks.
 */
export function decideMasking({
  args = {},
  workload,
  image,
  caSecret,
  databases,
}: MaskingBasis): MaskingPlan | undefined {
  const names = Object.keys(args).sort();
  if (names.length === 0) return undefined;
  const objects = names.flatMap((database): PlannedObject[] => {
    const { sql, timeout = defaults.MaskingArgs.timeout } = args[database] as MaskingArgs;
    const owner = databases.databases.find((each) => each.database === database)?.spec.owner;
    const secret = databases.owners.find(({ role }) => role === owner)?.secretName ?? "";
    const parsed = parseWait(timeout, 24 * 3600);
    const seconds = parsed.ok ? parsed.value : 3600;
    const text = maskingText(sql);
    const what = `masking-${shortHash(database)}`;
    const specOf = (configMap: string) =>
      jobSpec(
        {
          containers: [maskingContainer(image, { workload, database, secret })],
          volumes: [caVolume(caSecret), { name: "masking", configMap: { name: configMap } }],
          labels: { "app.kubernetes.io/component": "masking" },
        },
        {
          activeDeadlineSeconds: seconds,
          ttlSecondsAfterFinished: "never",
          // psql's code for an error in its script: another try would end the same.
          failAtOnceWith: { container: "masking", exitCodes: [3] },
        },
      );
    const name = jobName(workload.cluster, what, specOf(""), text);
    const key = `masking/${database}`;
    return [
      {
        key: `${key}/sql`,
        apiVersion: "v1",
        kind: "ConfigMap",
        name,
        body: { data: { "masking.sql": text } },
        after: [],
        formerFirst: true,
      },
      jobOnce(
        {
          key,
          name,
          after: [...databases.databases.map((each) => `database/${each.database}`), `${key}/sql`],
        },
        specOf(name),
        {
          // Pulumi would only wait on for a Job that failed; another try has to be another Job.
          annotations: again,
          waitSeconds: seconds + 60,
          announce:
            `masking ${database}; if it fails, its Secrets don't appear, and this says why: ` +
            `kubectl logs -n ${workload.namespace} job/${name}`,
        },
      ),
    ];
  });
  return { objects, jobs: names.map((database) => `masking/${database}`) };
}

/**
 * Names of codes that masking meets (Postgres, "Error Codes"); what is not among them is there as its code alone.
 */
const conditions = {
  "0A000": "feature_not_supported",
  "22001": "string_data_right_truncation",
  "22003": "numeric_value_out_of_range",
  "22012": "division_by_zero",
  "22P02": "invalid_text_representation",
  "23502": "not_null_violation",
  "23503": "foreign_key_violation",
  "23505": "unique_violation",
  "23514": "check_violation",
  "3F000": "invalid_schema_name",
  "40P01": "deadlock_detected",
  "42501": "insufficient_privilege",
  "42601": "syntax_error",
  "42703": "undefined_column",
  "42704": "undefined_object",
  "42804": "datatype_mismatch",
  "42883": "undefined_function",
  "42P01": "undefined_table",
  "42P07": "duplicate_table",
  "53100": "disk_full",
  "55P03": "lock_not_available",
  "57014": "query_canceled",
  P0001: "raise_exception",
} as const;

/**
 * Runs the SQL, and prints of what psql says only what can't hold a row: no results, no notices, and of an error the code.
 * Its message is never asked for: whatever runs SQL that it made itself, or casts a value to `regclass`, has a row in it, and no
 * code tells that. Before an error stands where it was: the entry's path, as the text has it.
 */
function maskingContainer(image: string, connection: Parameters<typeof connectionEnv>[0]): Container {
  const named = Object.entries(conditions).map(([code, name]) => `  -e 's/: ${code}$/&, ${name}/' \\`);
  const script = `${waitForPostgres}
code=0
psql -X -q -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate --single-transaction -f /masking/masking.sql >/dev/null 2>/tmp/said || code=$?
sed -n -E \\
  -e '/^(sql\\[[0-9]+\\]|the end of the transaction)$/{h;d;}' \\
  -e 's/^(psql:[^ ]+ )?(ERROR|FATAL|PANIC):  ([0-9A-Z]{5})$/: \\2: \\3/' \\
  -e 't said' \\
  -e '/^psql: error: /p' \\
  -e 'd' \\
  -e ':said' \\
${named.join("\n")}
  -e 'G;s/(.*)\\n(.*)/\\2\\1/p' /tmp/said
if [ "$code" -eq 0 ]; then echo "masked $PGDATABASE"; else echo "the message may hold data: it stands in the log of Postgres alone"; fi
exit "$code"`;
  return {
    name: "masking",
    image,
    command: ["/bin/sh", "-ceu"],
    args: [script],
    env: [
      ...connectionEnv(connection),
      // What RAISE NOTICE says can hold data.
      { name: "PGOPTIONS", value: "-c client_min_messages=error" },
    ],
    volumeMounts: [{ name: "masking", mountPath: "/masking", readOnly: true }, caMount],
  };
}
