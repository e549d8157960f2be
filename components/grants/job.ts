import { jobName, jobSpec } from "../jobs/job";
import { type Connection, caMount, caVolume, connectionEnv } from "../jobs/psql";
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
  /** Secret with the server's CA. */
  readonly caSecret: string;
  /** Those that may connect to it: each is tested, and shares what it owns. */
  readonly users: readonly GrantsUser[];
  /** Those that may not, or no longer. */
  readonly strangers: readonly GrantsUser[];
  readonly after: readonly string[];
}

/** Who logs in. */
export interface GrantsUser {
  readonly role: string;
  /** Secret in the cluster's namespace with `username` and `password`. */
  readonly secretName: string;
}

const folder = "/sql";

/** The ConfigMap with the SQL of one database's grants, and the Job that runs it. */
export function grantsObjects(job: GrantsJob): PlannedObject[] {
  const { connection, declaration, image, caSecret, users, strangers } = job;
  const { workload, database } = connection;
  const data = {
    "missing.sql": missingSql(declaration),
    "grants.sql": grantsSql(declaration),
    "leftovers.sql": leftoversSql(strangers.map(({ role }) => role)),
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
            {
              name: "OWNER_PASSWORD",
              valueFrom: { secretKeyRef: { name: connection.secret, key: "password" } },
            },
            ...users.flatMap((user, i) => userEnv("USER", i, user)),
            ...strangers.flatMap((user, i) => userEnv("STRANGER", i, user)),
          ],
          volumeMounts: [{ name: "sql", mountPath: folder, readOnly: true }, caMount],
        },
      ],
      volumes: [{ name: "sql", configMap: { name: configMap } }, caVolume(caSecret)],
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
      after: ["cluster"],
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
function userEnv(prefix: string, i: number, { secretName: name }: GrantsUser): EnvVar[] {
  const from = (key: string) => ({ secretKeyRef: { name, key } });
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
  const enter = (prefix: string, i: number) => `PGUSER=$${prefix}_${i} PGPASSWORD=$${prefix}_${i}_PASSWORD`;
  const asOwner = "PGUSER=$OWNER PGPASSWORD=$OWNER_PASSWORD";
  return [
    // psql ends with 2 if there is no connection, and with 3 if a statement failed.
    `pause() {
if [ $((waited % 10)) -eq 0 ]; then echo "waiting for $1"; fi
sleep 2
waited=$((waited + 2))
}
once() {
code=0
psql -X -q -A -t -v ON_ERROR_STOP=1 --single-transaction -f "${folder}/$1.sql" >/tmp/answer 2>/tmp/why || code=$?
if [ $code -ne 2 ]; then sed 's/^psql:[^ ]*: //' /tmp/why >&2; fi
return $code
}
run() {
waited=0
until once "$1"; do
  if [ $code -ne 2 ]; then exit $code; fi
  pause "$PGHOST to let $PGUSER in: $(tail -n 1 /tmp/why)"
done
}
release() {
echo "$PGUSER takes back its default privileges"
if ! once grants; then echo "WARNING:  $PGUSER could not: $(tail -n 1 /tmp/why)"; fi
}
${asOwner}
run missing
waited=0
while [ -s /tmp/answer ]; do
  pause "$(cat /tmp/answer)"
  once missing || [ $code -eq 2 ]
done`,
    ...(strangers === 0
      ? []
      : [
          `run leftovers
for stranger in $(cat /tmp/answer); do
  case $stranger in
${numbers(strangers)
  .map((i) => `  ${i}) ${enter("STRANGER", i)} ;;`)
  .join("\n")}
  esac
  release
done
${asOwner}`,
        ]),
    "run grants",
    ...numbers(users).map((i) => `${enter("USER", i)}\nrun grants\necho "$PGUSER can connect"`),
    `${asOwner}
run report
echo "$PGDATABASE: done"`,
  ].join("\n");
}
