import { connectionUri, postgresPort } from "../database/sql";
import type { Workload } from "../identity/workload";
import type { ApplicationPlan, LoginPlan } from "./plan";

/** A password as it is, and as it stands in a URI: in a template, what will become of it. */
export interface PasswordText {
  readonly raw: string;
  readonly encoded: string;
}

/** What stands under a key of a Secret: a text, or what is made of the password. */
export type SecretValue = string | ((password: PasswordText) => string);

/** The values of a Secret by key. */
export type SecretContent = Readonly<Record<string, SecretValue>>;

/**
 * How applications ask for encryption. `require` takes any certificate: to check it as well (`verify-full`) a client needs the
 * cluster's CA.
 */
export const sslMode = "require";

/**
 * What the Secret that CNPG reads a role's password from says: `username` and `password`, as CNPG needs them, and how to
 * connect to the primary.
 */
export function roleContent(
  workload: Workload,
  { role: user, database }: LoginPlan,
): SecretContent & Record<"username" | "password", SecretValue> {
  const host = workload.host("rw");
  return {
    username: user,
    password: ({ raw }) => raw,
    host,
    port: String(postgresPort),
    dbname: database,
    uri: ({ encoded }) =>
      connectionUri({
        user,
        encodedPassword: encoded,
        host,
        port: postgresPort,
        database,
        parameters: { sslmode: sslMode },
      }),
  };
}

/** What the Secret of an application says: all that a client needs, for the Service that it uses and for each other. */
export function applicationContent(workload: Workload, { login, service }: ApplicationPlan): SecretContent {
  const { role: user, database } = login;
  const uri =
    (of: "rw" | "ro" | "r"): SecretValue =>
    ({ encoded }) =>
      connectionUri({
        user,
        encodedPassword: encoded,
        host: workload.host(of),
        port: postgresPort,
        database,
        parameters: { sslmode: sslMode },
      });
  return {
    username: user,
    password: ({ raw }) => raw,
    host: workload.host(service),
    port: String(postgresPort),
    database,
    dbname: database,
    sslmode: sslMode,
    uri: uri(service),
    ...Object.fromEntries(
      (["rw", "ro", "r"] as const).flatMap((of) => [
        [`host-${of}`, workload.host(of)],
        [`uri-${of}`, uri(of)],
      ]),
    ),
  };
}
