import type { Check } from "../check";
import type { DatabasesPlan } from "../database/decide";
import { quoteIdentifier } from "../database/sql";
import type { PlannedObject } from "../objects";
import { roleName } from "../units";

/** Checks the roles of the source that may log in to a clone. */
export function checkAllowedRoles(
  check: Check,
  roles: readonly string[] | undefined,
  inPlace: boolean,
): void {
  if (roles === undefined) return;
  const at = check.at("allowRoles");
  if (inPlace)
    check.fail("allowRoles", roles, "left out in place: all roles and their passwords are the cluster's own");
  for (const [i, role] of roles.entries()) {
    at.parse(i, role, roleName);
    at.require(roles.indexOf(role) === i, i, role, "named once");
  }
}

/**
 * Lines of `pg_hba` that let nobody in with a password of the source.
 *
 * A recovery brings every role with its password, and only a superuser could take it away. So the door is shut
 * instead: those whose password this stack sets come in, and roles that are named, and nobody else does. CNPG puts these
 * lines after its own for replication and poolers, and before the one that lets everybody in.
 */
export function cloneLogins(
  databases: DatabasesPlan,
  objects: readonly PlannedObject[],
  allowed: readonly string[],
): string[] {
  const declared = objects
    .filter(({ kind, body }) => kind === "DatabaseRole" && (body.spec as { login?: boolean }).login === true)
    .map(({ body }) => (body.spec as { name: string }).name);
  const named = [...databases.owners.map(({ role }) => role), ...declared, ...allowed];
  // What is no role was reported, and can't be written down either.
  const roles = [...new Set(named)].filter((role) => roleName(role).ok);
  return [
    ...roles.map((role) => `host all ${quoteIdentifier(role)} all scram-sha-256`),
    "host all all all reject",
  ];
}
