import { ReclaimPolicy } from "../args/database";
import { Profile } from "../args/profiles";
import { type RoleArgs, RolesAs, RotationMode } from "../args/roles";
import type { Check } from "../check";
import type { RolesContext } from "../plan/roles";
import { parseInstant, roleName } from "../units";

/** Settings that say how a role logs in with a password. */
const ofPasswords = ["credentials", "applications", "rotationMode"] as const;

/** Checks one role, but for whom it is a member of. */
export function checkRole(check: Check, name: string, args: RoleArgs, context: RolesContext): void {
  const at = check.at(name);
  check.parse(name, name, roleName);
  const owned = context.owners.find((owner) => owner.role === name)?.database;
  check.require(
    owned === undefined,
    name,
    name,
    `another role: this one owns databases.${owned} and is declared with it; its password and applications stand there, ` +
      "as ownerCredentials and applications",
  );
  at.integer("connectionLimit", args.connectionLimit, -1, 262_143);
  const until = at.parse("validUntil", args.validUntil, parseInstant);
  if (until !== undefined)
    at.require(
      !until.text.includes("."),
      "validUntil",
      args.validUntil,
      "a time in whole seconds, as Kubernetes keeps it",
    );
  at.require(!args.comment?.includes("\0"), "comment", args.comment, "a text without NUL");
  at.require(
    args.database === undefined || context.databases.includes(args.database),
    "database",
    args.database,
    `one of the databases: ${context.databases.join(", ")}`,
  );
  at.oneOf("rotationMode", args.rotationMode, RotationMode);
  checkReclaim(at, args, context);
  checkWithoutPassword(at, args);
  checkCertificate(at, name, args, context);
  checkTwoUsers(at, args);
}

function checkReclaim(at: Check, args: RoleArgs, context: RolesContext): void {
  if (at.oneOf("reclaimPolicy", args.reclaimPolicy, ReclaimPolicy) !== ReclaimPolicy.Delete) return;
  at.require(
    context.profile !== Profile.Prod,
    "reclaimPolicy",
    args.reclaimPolicy,
    "retain with profile prod: a line that is taken out by mistake would lock out whoever uses the role",
  );
  at.require(
    context.rolesAs === RolesAs.DatabaseRole,
    "reclaimPolicy",
    args.reclaimPolicy,
    "retain with rolesAs managed: CNPG leaves a role that is taken out of managed.roles in Postgres",
  );
}

/** Without a password, nothing can be said about it. */
function checkWithoutPassword(at: Check, args: RoleArgs): void {
  const why =
    args.login === false
      ? "login: false, as nobody logs in"
      : args.disablePassword === true
        ? "disablePassword, as there is no password"
        : args.clientCertificate === true
          ? "clientCertificate, as the role logs in with that, and only with that"
          : undefined;
  if (why === undefined) return;
  for (const key of ofPasswords) at.require(args[key] === undefined, key, args[key], `remove it with ${why}`);
  if (args.login === false)
    for (const key of ["disablePassword", "clientCertificate"] as const)
      at.require(args[key] !== true, key, true, `remove it with ${why}`);
}

function checkCertificate(at: Check, name: string, args: RoleArgs, context: RolesContext): void {
  if (args.clientCertificate !== true) return;
  at.require(
    context.rolesAs === RolesAs.DatabaseRole,
    "clientCertificate",
    true,
    "remove it with rolesAs managed: only a DatabaseRole, which operator 1.30 brought, has one",
  );
  at.require(
    context.signsClients,
    "clientCertificate",
    true,
    "remove it with certificates.client.issuer or certificates.client.secret: CNPG signs a role's certificate with ca.key, which is in " +
      "the Secret of certificates.client.caSecret alone, or in its own",
  );
  at.require(
    /^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/.test(name),
    "clientCertificate",
    true,
    'remove it for a role of such a name: a line of pg_hba.conf and the certificate\'s name take letters, digits, "_", ".", "@" and "-"',
  );
}

function checkTwoUsers(at: Check, args: RoleArgs): void {
  if (args.rotationMode !== RotationMode.TwoUsers) return;
  const { credentials = {} } = args;
  for (const key of ["secret", "sops", "externalSecret", "generator"] as const)
    at.require(
      credentials[key] === undefined,
      `credentials.${key}`,
      credentials[key],
      "random, or left out, with rotationMode twoUsers: whose turn it is changes together with the password, and only here " +
        "is known when that is",
    );
  at.require(
    args.inherit !== false,
    "inherit",
    args.inherit,
    "true with rotationMode twoUsers: the two users have the role's rights by inheriting them",
  );
}
