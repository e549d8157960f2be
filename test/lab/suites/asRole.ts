import { Buffer } from "node:buffer";
import type { Cluster } from "../../../lab/cluster";

/** A user of a Postgres in the lab, who logs in with a password over TCP. */
export interface LabUser {
  readonly name: string;
  readonly password: string;
}

/** Where its database is. */
export interface LabDatabase {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Name of the Cluster. */
  readonly name: string;
  readonly database: string;
}

/** The user of a Secret as CNPG wants it. */
export async function userOf(cluster: Cluster, namespace: string, secret: string): Promise<LabUser> {
  const object = await cluster.get({ apiVersion: "v1", kind: "Secret", name: secret, namespace });
  const data = (object?.data ?? {}) as Record<string, string>;
  const text = (key: string) => Buffer.from(data[key] ?? "", "base64").toString();
  return { name: text("username"), password: text("password") };
}

/** Runs a script of psql as a user, and returns what it prints, errors too; a login that is refused is one. */
export async function psqlAs(user: LabUser, where: LabDatabase, script: string): Promise<string> {
  const { cluster, namespace, name, database } = where;
  const ref = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", name, namespace };
  const status = (await cluster.get(ref))?.status as { currentPrimary?: string } | undefined;
  const shell =
    'read -r PGPASSWORD; export PGPASSWORD PGCLIENTENCODING=UTF8; psql -X -q -A -t -h 127.0.0.1 -U "$1" -d "$2" 2>&1 || true';
  const args = ["exec", "-i", "-n", namespace, status?.currentPrimary ?? "", "-c", "postgres", "--"];
  return cluster
    .kubectl([...args, "sh", "-c", shell, "sh", user.name, database], {
      input: `${user.password}\n${script}\n`,
    })
    .then((output) => output.trim());
}

/**
 * The SQLSTATE of each statement, run as a user, each undone afterwards: `00000` for one that was allowed, `42501` for one
 * that the user lacks the privilege for.
 */
export async function outcomes(
  user: LabUser,
  where: LabDatabase,
  statements: readonly string[],
): Promise<readonly string[]> {
  const script = statements.map((each) => `BEGIN;\n${each};\n\\echo => :SQLSTATE\nROLLBACK;`).join("\n");
  const output = await psqlAs(user, where, script);
  const found = [...output.matchAll(/^=> (\w{5})$/gm)].map(([, state = ""]) => state);
  if (found.length !== statements.length) throw new Error(`as ${user.name}: ${output.slice(-600)}`);
  return found;
}
