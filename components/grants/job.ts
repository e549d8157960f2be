import { jobName, jobSpec } from "../jobs/job";
import { caMount, caSecretOf, caVolume, type Connection, connectionEnv, waitForPostgres } from "../jobs/psql";
import type { EnvVar } from "../jobs/types";
import type { PlannedObject } from "../objects";
import { objectNamePart } from "../units";
import { type Declaration, grantsSql, leftoversSql, missingSql, reportSql } from "./sql";

/** What the Job of one database is made of. */
export interface GrantsJob {
  /** As the database's owner. */
  readonly connection: Connection;
  readonly declaration: Declaration;
  readonly image: string;
  /** Secrets of the users that may connect to it: each is tested, and shares what it owns. */
  readonly users: readonly string[];
  /** Secrets of users that may not, or no longer. */
  readonly strangers: readonly string[];
  readonly after: readonly string[];
}

const folder = "/sql";

/** The ConfigMap with the SQL of one database's grants, and the Job that runs it. */
export function grantsObjects(job: GrantsJob): PlannedObject[] {
  const { connection, declaration, image, users, strangers } = job;
  const { workload, database } = connection;
  const data = {
    "missing.sql": missingSql(declaration),
    "grants.sql": grantsSql(declaration),
    "leftovers.sql": leftoversSql,
    "report.sql": reportSql(declaration),
  };
  const specWith = (configMap: string) =>
    jobSpec({
      containers: [
        {
          name: "grants",
          image,
          command: ["/bin/sh", "-ceu"],
          args: [script(users.length, strangers.length)],
          env: [
            ...connectionEnv(connection),
            // The files are UTF-8, whatever the database's encoding is.
            { name: "PGCLIENTENCODING", value: "UTF8" },
            { name: "OWNER", valueFrom: { secretKeyRef: { name: connection.secret, key: "username" } } },
            { name: "OWNER_PASSWORD", valueFrom: { secretKeyRef: { name: connection.secret, key: "password" } } },
            ...users.flatMap((secret, i) => userEnv("USER", i, secret)),
            ...strangers.flatMap((secret, i) => userEnv("STRANGER", i, secret)),
          ],
          volumeMounts: [{ name: "sql", mountPath: folder, readOnly: true }, caMount],
        },
      ],
      volumes: [{ name: "sql", configMap: { name: configMap } }, caVolume(caSecretOf(workload))],
    });
  const name = jobName(workload.cluster, `grants-${objectNamePart(database)}`, specWith(""), data);
  const key = `grants/${database}`;
  return [
    {
      key: `${key}/sql`,
      apiVersion: "v1",
      kind: "ConfigMap",
      name,
      body: { data },
      after: [],
    },
    {
      key,
      apiVersion: "batch/v1",
      kind: "Job",
      name,
      body: { spec: specWith(name) },
      after: [...new Set(["cluster", `database/${database}`, ...job.after, `${key}/sql`])],
      // It acts on a cluster once.
      perLife: true,
      waitSeconds: 660,
    },
  ];
}

/** Name and password of a user. */
function userEnv(prefix: string, i: number, secret: string): EnvVar[] {
  const from = (key: string) => ({ secretKeyRef: { name: secret, key } });
  return [
    { name: `${prefix}_${i}`, valueFrom: from("username") },
    { name: `${prefix}_${i}_PASSWORD`, valueFrom: from("password") },
  ];
}

/**
 * What the Job does. No name of the stack file is in it: files and environment bring them.
 *
 * Who is no longer let in gives up first what only it can take back. Then the owner grants and revokes; then
 * every user does so for what it owns, which is at the same time the test that it can log in.
 */
function script(users: number, strangers: number): string {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const each = (prefix: string, i: number) => `"$${prefix}_${i}" "$${prefix}_${i}_PASSWORD"`;
  return [
    `enter() {
PGUSER=$1 PGPASSWORD=$2
${waitForPostgres}
}
run() {
psql -X -q -v ON_ERROR_STOP=1 -o /dev/null --single-transaction -f "${folder}/$1.sql"
}
release() {
enter "$OWNER" "$OWNER_PASSWORD"
left=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -v role="$1" -f ${folder}/leftovers.sql)
if [ -z "$left" ]; then return 0; fi
PGUSER=$1 PGPASSWORD=$2
if psql -X -q -A -t -c 'select 1' >/dev/null 2>/tmp/why; then
  echo "$1 takes back its default privileges"
  run grants
else
  echo "WARNING: $1 has default privileges that only it can take back, and can't connect: $(tail -n 1 /tmp/why)"
fi
}
enter "$OWNER" "$OWNER_PASSWORD"
waited=0
missing=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -f ${folder}/missing.sql)
while [ -n "$missing" ]; do
  if [ $((waited % 10)) -eq 0 ]; then printf 'waiting for %s\\n' "$missing"; fi
  sleep 2
  waited=$((waited + 2))
  missing=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -f ${folder}/missing.sql)
done`,
    ...numbers(strangers).map((i) => `release ${each("STRANGER", i)}`),
    `enter "$OWNER" "$OWNER_PASSWORD"
run grants`,
    ...numbers(users).map((i) => `enter ${each("USER", i)}\nrun grants\necho "$PGUSER can connect"`),
    `enter "$OWNER" "$OWNER_PASSWORD"
run report
echo "$PGDATABASE: done"`,
  ].join("\n");
}
