import type { Check } from "../check";
import { roleName } from "../units";
import { quoteIdentifier } from "../units/sql";

/** Stands in `allowRoles` for every role of the source. */
export const everyRole = "*";

/**
 * Checks the roles of the source that may log in to a clone.
 *
 * @param everybody why all roles of the source come in anyway; undefined if they don't
 * @param declared roles of the source that the stack declares, so that it says itself how they log in
 */
export function checkAllowedRoles(
  check: Check,
  roles: readonly string[] | undefined,
  everybody: string | undefined,
  declared: ReadonlySet<string>,
): void {
  if (roles === undefined) return;
  const at = check.at("allowRoles");
  if (everybody !== undefined) check.fail("allowRoles", roles, `remove it ${everybody}`);
  if (roles.length === 1 && roles[0] === everyRole) return;
  for (const [i, role] of roles.entries()) {
    if (role === everyRole) {
      at.fail(i, role, "alone, for every role of the source; or the names of some");
      continue;
    }
    if (at.parse(i, role, roleName) !== undefined) at.require(onOneLine(role), i, role, oneLine);
    at.require(roles.indexOf(role) === i, i, role, "named once");
    at.require(
      !declared.has(role),
      i,
      role,
      "remove it: this stack declares the role, and so says itself whether and how it logs in",
    );
  }
}

const oneLine =
  "a name without line breaks: a line of pg_hba.conf can't hold another, and nobody else comes into a clone";
const onOneLine = (role: string) => !/[\r\n]/.test(role);

/** Checks the users that a clone lets in besides: those whose password the stack sets. */
export function checkLogins(check: Check, users: readonly string[]): void {
  for (const role of new Set(users)) check.require(onOneLine(role), "recoverFrom", role, oneLine);
}

/**
 * A role in a line of `pg_hba`. Quotes take their meaning from `all`, `+…`, `@…` and the like, but since Postgres 16 not from a
 * slash: what follows it is a regular expression that is looked for anywhere in a name (tried on 17). So such a name is
 * written as the expression for itself alone; up to 15, where it would be another name, it lets nobody in.
 */
function hbaUser(role: string): string {
  return quoteIdentifier(role.startsWith("/") ? `/^${role.replace(/[\\^$.[\]|()*+?{}]/g, "\\$&")}$` : role);
}

/** The line of `pg_hba` that shuts the door. */
export const everybodyElse = "host all all all reject";

/**
 * Lines of `pg_hba` that let nobody in with a password of the source.
 *
 * A recovery brings every role with its password, and only a superuser could take it away. So the door is shut
 * instead: those whose password this stack sets come in, and roles that are named, and nobody else does. CNPG puts these
 * lines after its own for replication and poolers, and before the one that lets everybody in. Of all lines Postgres takes the
 * first that fits, so that nothing may come after these.
 *
 * @param users whose password this stack sets
 */
export function cloneLogins(users: readonly string[], allowed: readonly string[]): string[] {
  // What is no role was reported, and can't be written down either.
  const roles = [...new Set([...users, ...allowed])].filter((role) => roleName(role).ok && onOneLine(role));
  return [...roles.map((role) => `host all ${hbaUser(role)} all scram-sha-256`), everybodyElse];
}
