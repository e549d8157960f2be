import { again, jobName, jobOnce, jobSpec } from "../jobs/job";
import { type Connection, caMount, caVolume, connectionEnv } from "../jobs/psql";
import type { EnvVar, PodParts } from "../plan/job";
import type { PlannedObject } from "../plan/object";
import { objectNamePart } from "../units";
import { folder, script } from "./script";
import {
  type Declaration,
  grantsSql,
  leftoversSql,
  missingSql,
  refusalsSql,
  rememberSql,
  reportSql,
} from "./sql";

/** What the Job of one database is made of. */
export interface GrantsJob {
  /** As the database's owner. */
  readonly connection: Connection;
  /** Whether CNPG takes blanks and line breaks off the ends of the owner's password. */
  readonly ownerTrimmed: boolean;
  readonly declaration: Declaration;
  readonly image: string;
  /** Secret with the server's CA. */
  readonly caSecret: string;
  /** Users that may connect to it: each is tested, and shares what it owns. */
  readonly users: readonly GrantsUser[];
  /** Users that may not connect to it, or no longer. */
  readonly strangers: readonly GrantsUser[];
  readonly after: readonly string[];
}

/**
 * What users can't change for themselves by `ALTER ROLE … SET`. Whoever holds a lock that the grants need, as on a table of its own,
 * holds them up no longer than that: then the statement fails, with all others of that user.
 */
const sessionOptions =
  "-c lock_timeout=30s -c statement_timeout=300s -c default_transaction_read_only=off -c search_path=pg_catalog";

/** Who logs in. */
export interface GrantsUser {
  readonly role: string;
  /** Secret in the cluster's namespace with `username` and `password`. */
  readonly secretName: string;
}

/** The ConfigMap with the SQL of one database's grants, and the Job that runs it. */
export function grantsObjects(job: GrantsJob): PlannedObject[] {
  const { connection, declaration, image, caSecret, users, strangers } = job;
  const { workload, database } = connection;
  const data = {
    "missing.sql": missingSql(declaration),
    "remember.sql": rememberSql(declaration),
    "grants.sql": grantsSql(declaration),
    "leftovers.sql": leftoversSql(strangers.map(({ role }) => role)),
    "refusals.sql": refusalsSql(users.map(({ role }) => role)),
    "report.sql": reportSql(declaration),
  };
  const parts = (configMap: string): PodParts => ({
    containers: [
      {
        name: "grants",
        image,
        command: ["/bin/sh", "-ceu"],
        args: [script({ users: users.length, strangers: strangers.length, ownerTrimmed: job.ownerTrimmed })],
        env: [
          ...connectionEnv(connection),
          // The files are UTF-8, whatever the database's encoding is.
          { name: "PGCLIENTENCODING", value: "UTF8" },
          { name: "PGOPTIONS", value: sessionOptions },
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
  // It waits by itself for what may come. A failure that no other try follows is one that Pulumi's provider sees at once: of a Job
  // that its podFailurePolicy ends it does not notice the end.
  const specWith = (configMap: string) =>
    jobSpec(parts(configMap), { backoffLimit: 0, ignoresDisruption: true });
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
      formerFirst: true,
    },
    jobOnce({ key, name, after: [`database/${database}`, ...job.after, `${key}/sql`] }, specWith(name), {
      annotations: again,
    }),
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
