import type { Check } from "../check";
import { quoteIdentifier } from "../database/sql";
import { roleName } from "../units";

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
  if (everybody !== undefined) check.fail("allowRoles", roles, `left out ${everybody}`);
  for (const [i, role] of roles.entries()) {
    at.parse(i, role, roleName);
    at.require(roles.indexOf(role) === i, i, role, "named once");
    at.require(
      !declared.has(role),
      i,
      role,
      "left out: this stack declares the role, and so says itself whether and how it logs in",
    );
  }
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
  const roles = [...new Set([...users, ...allowed])].filter((role) => roleName(role).ok);
  return [...roles.map((role) => `host all ${quoteIdentifier(role)} all scram-sha-256`), everybodyElse];
}
