import { ApplicationSslMode } from "../args/credentials";
import { pick } from "../pick";
import type { ApplicationPlan, LoginPlan, SecretContent, SecretValue } from "../plan/logins";
import { connectionUri, postgresPort } from "../units/sql";
import type { Workload } from "../units/workload";

/** The password alone. */
const password: SecretValue = { before: "", password: "raw", after: "" };

/** The URI by which a login gets to a host. */
function uriOf(
  { role: user, database }: LoginPlan,
  host: string,
  parameters: Readonly<Record<string, string>>,
): SecretValue {
  // All else in it is encoded, so that nothing else is this one character.
  const encodedPassword = "\0";
  const uri = connectionUri({ user, encodedPassword, host, port: postgresPort, database, parameters });
  const [before = "", after = ""] = uri.split(encodedPassword);
  return { before, password: "encoded", after };
}

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
    password,
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
    password,
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

/** The values of a Secret with a password in its place: in a template, with what will become of it. */
export function filled(
  content: SecretContent,
  password: { readonly raw: string; readonly encoded: string },
  text: (text: string) => string = (text) => text,
): Record<string, string> {
  const values = Object.entries(content).map(([key, value]) => [
    key,
    typeof value === "string" ? text(value) : `${value.before}${password[value.password]}${value.after}`,
  ]);
  return Object.fromEntries(values);
}

/** A Secret's content with a password that is known. */
export const filledWith = (content: SecretContent, raw: string): Record<string, string> =>
  filled(content, { raw, encoded: encodeURIComponent(raw) });
