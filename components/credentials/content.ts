import { ApplicationSslMode } from "../args/credentials";
import { pick } from "../pick";
import type { ApplicationPlan, LoginPlan } from "../plan/logins";
import { connectionUri, postgresPort } from "../units/sql";
import type { Workload } from "../units/workload";

/** A password as it is, and as it stands in a URI: in a template, what will become of it. */
export interface PasswordText {
  readonly raw: string;
  readonly encoded: string;
}

/** What stands under a key of a Secret: a text, or what is made of the password. */
export type SecretValue = string | ((password: PasswordText) => string);

/** The values of a Secret by key. */
export type SecretContent = Readonly<Record<string, SecretValue>>;

/** The URI by which a login gets to a host. */
const uriOf =
  (
    { role: user, database }: LoginPlan,
    host: string,
    parameters: Readonly<Record<string, string>>,
  ): SecretValue =>
  ({ encoded }) =>
    connectionUri({ user, encodedPassword: encoded, host, port: postgresPort, database, parameters });

/**
 * What the Secret that CNPG reads a role's password from says: `username` and `password`, as CNPG needs them, and how to
 * connect to the primary.
 */
export function roleContent(
  workload: Workload,
  login: LoginPlan,
): SecretContent & Record<"username" | "password", SecretValue> {
  const host = workload.host("rw");
  return {
    username: login.role,
    password: ({ raw }) => raw,
    host,
    port: String(postgresPort),
    dbname: login.database,
    uri: uriOf(login, host, { sslmode: ApplicationSslMode.Require }),
  };
}

/**
 * What the Secret of an application says: all that a client needs, for where it connects to and for each Service. The ways past
 * a pooler are for what needs a connection of its own, such as migrations.
 */
export function applicationContent(workload: Workload, { login, target }: ApplicationPlan): SecretContent {
  const { role, database } = login;
  const { sslmode } = target;
  const tls = { sslmode, ...pick(target.verified, ["sslrootcert"]) };
  const uri = (host: string) => uriOf(login, host, tls);
  return {
    username: role,
    password: ({ raw }) => raw,
    host: target.host,
    port: String(postgresPort),
    database,
    dbname: database,
    ...tls,
    uri: uri(target.host),
    ...Object.fromEntries(
      (["rw", "ro", "r"] as const).flatMap((of) => [
        [`host-${of}`, workload.host(of)],
        [`uri-${of}`, uri(workload.host(of))],
      ]),
    ),
  };
}
