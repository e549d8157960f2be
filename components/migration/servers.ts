import { isIP } from "node:net";
import { defaults } from "../args/defaults";
import { type SecretKeyArgs, type ServerArgs, SslMode } from "../args/migration";
import type { Check } from "../check";
import type { ExternalCluster, Servers } from "../plan/migration";
import { notShown } from "../problems";
import { bad, good, matching, objectName, type Parsed, postgresIdentifier } from "../units";

/** Names that stand for something else among the external clusters: where a cluster is recovered from. */
const taken = ["source"];

/** It becomes part of a path in the pod, so CNPG refuses slashes and `..` in it. */
function serverKey(name: string): Parsed<string> {
  const allowed =
    'a name of at most 63 letters, digits, "-" and "_", starting with a letter or digit, such as "old"';
  if (taken.includes(name))
    return bad(`${allowed}; source is what a cluster calls the archive that it began from`);
  return name.length <= 63 ? matching(name, /^[A-Za-z0-9][A-Za-z0-9_-]*$/, allowed) : bad(allowed);
}

function hostName(text: string): Parsed<string> {
  const dns = /^[A-Za-z0-9_]([-A-Za-z0-9_]{0,62})(\.[A-Za-z0-9_][-A-Za-z0-9_]{0,62})*\.?$/;
  if (isIP(text) !== 0 || (text.length <= 253 && dns.test(text))) return good(text);
  return bad(
    'one host name or IP address, such as "old-db.example.com"; port, user and database stand in settings of their own',
  );
}

/** Key of a Secret: CNPG makes a file of that name. */
function secretKey(text: string): Parsed<string> {
  return text === "." || text === ".." || text.length > 253
    ? bad("")
    : matching(text, /^[-._A-Za-z0-9]+$/, "");
}

/**
 * Checks the servers elsewhere and renders them. Whether anything uses one is not asked: it may be there before
 * what it is for.
 *
 * @param own host names of the cluster itself, which can't be its own source
 */
export function decideServers(
  check: Check,
  servers: Readonly<Record<string, ServerArgs>> | undefined,
  own: readonly string[],
): Servers {
  const known = new Map<string, ExternalCluster>();
  for (const name of Object.keys(servers ?? {}).sort()) {
    const args = servers?.[name] as ServerArgs;
    const at = check.at(name);
    check.parse(name, name, serverKey);
    // A connection URI has the password in it.
    const host = hostName(args.host);
    if (!host.ok) at.fail("host", args.host.includes("@") ? notShown : args.host, host.allowed);
    at.require(
      !own.includes(args.host),
      "host",
      args.host,
      "another server: this is the host of the cluster itself",
    );
    at.integer("port", args.port, 1, 65_535);
    at.parse("user", args.user, postgresIdentifier);
    at.parse("database", args.database, postgresIdentifier);
    const sslMode = checkSsl(at, args);
    checkLogin(at, args);
    known.set(name, render(name, args, sslMode));
  }
  return known;
}

function checkSsl(at: Check, args: ServerArgs): SslMode {
  const { sslRootCert, sslCert, sslKey } = args;
  checkSecretKey(at.at("sslRootCert"), sslRootCert);
  checkSecretKey(at.at("sslCert"), sslCert);
  checkSecretKey(at.at("sslKey"), sslKey);
  const given = at.oneOf("sslMode", args.sslMode, SslMode);
  const mode = given ?? (sslRootCert === undefined ? SslMode.Require : SslMode.VerifyFull);
  if (sslRootCert === undefined && (mode === SslMode.VerifyCa || mode === SslMode.VerifyFull))
    at.fail("sslRootCert", undefined, `the authority that signed the server's certificate: ${mode} needs it`);
  if (mode === SslMode.Disable)
    for (const key of ["sslRootCert", "sslCert", "sslKey"] as const)
      at.require(
        args[key] === undefined,
        key,
        args[key],
        "remove it with sslMode disable: nothing is encrypted, and no certificate is looked at",
      );
  return mode;
}

function checkLogin(at: Check, args: ServerArgs): void {
  checkSecretKey(at.at("password"), args.password);
  for (const [key, other] of [
    ["sslCert", "sslKey"],
    ["sslKey", "sslCert"],
  ] as const)
    if (args[key] === undefined && args[other] !== undefined)
      at.fail(key, undefined, `given with ${other}: a client certificate and its key belong together`);
  if (args.password === undefined && args.sslCert === undefined && args.sslKey === undefined)
    at.fail(
      "password",
      undefined,
      "the Secret and its key with the password, such as { secret: old-db-login, key: password }; or sslCert and sslKey",
    );
}

function checkSecretKey(at: Check, args: SecretKeyArgs | undefined): void {
  if (args === undefined) return;
  // What is no name of a Secret may be the secret itself.
  for (const [key, { ok }, allowed] of [
    [
      "secret",
      objectName(args.secret),
      'the name of a Secret in the cluster\'s namespace, such as "old-db-login"',
    ],
    ["key", secretKey(args.key), 'a key of it: letters, digits, "-", "_" and ".", such as "password"'],
  ] as const)
    at.require(ok, key, notShown, allowed);
}

function render(name: string, args: ServerArgs, sslMode: SslMode): ExternalCluster {
  return {
    name,
    connectionParameters: {
      host: args.host,
      port: String(args.port ?? defaults.ServerArgs.port),
      user: args.user,
      ...(args.database !== undefined && { dbname: args.database }),
      sslmode: sslMode,
    },
    ...reference("password", args.password),
    ...reference("sslRootCert", args.sslRootCert),
    ...reference("sslCert", args.sslCert),
    ...reference("sslKey", args.sslKey),
  };
}

function reference(key: "password" | "sslRootCert" | "sslCert" | "sslKey", args: SecretKeyArgs | undefined) {
  return args === undefined ? {} : { [key]: { name: args.secret, key: args.key } };
}

/** Reports a server that there is not; returns whether there is. */
export function requireServer(check: Check, key: string, name: string, servers: Servers): boolean {
  const names = [...servers.keys()].join(", ");
  return check.require(
    servers.has(name),
    key,
    name,
    names === ""
      ? `the name of a server under servers, where there is none: write it there, with host, user and password`
      : `one of servers: ${names}`,
  );
}
