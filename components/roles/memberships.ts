import type { RoleArgs } from "../args/roles";
import type { Check } from "../check";

/** Postgres' own roles that can be granted, and the major version that brought them (Postgres, "Predefined Roles"). */
const predefined: Readonly<Record<string, number>> = {
  pg_checkpoint: 15,
  pg_create_subscription: 16,
  pg_maintain: 17,
  pg_monitor: 10,
  pg_read_all_data: 14,
  pg_read_all_settings: 10,
  pg_read_all_stats: 10,
  pg_signal_autovacuum_worker: 18,
  pg_signal_backend: 10,
  pg_stat_scan_tables: 10,
  pg_use_reserved_connections: 16,
  pg_write_all_data: 14,
};

/** Memberships with which a role can make itself superuser, as Postgres' manual warns. */
const asGoodAsSuperuser = ["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"];

/** What memberships are judged by. */
export interface MembershipContext {
  readonly all: Readonly<Record<string, RoleArgs>>;
  readonly owners: readonly string[];
  /** Postgres' major version; undefined if it is not known. */
  readonly major: number | undefined;
}

/** Checks the roles that a role is to be a member of. */
export function checkMemberships(
  check: Check,
  name: string,
  args: RoleArgs,
  context: MembershipContext,
): void {
  const at = check.at("inRoles");
  const inRoles = args.inRoles ?? [];
  inRoles.forEach((role, i) => {
    if (!at.require(inRoles.indexOf(role) === i, i, role, "named once")) return;
    if (asGoodAsSuperuser.includes(role)) {
      at.fail(i, role, "remove it: it makes a superuser of whoever is in it, and no role is one here");
      return;
    }
    const since = Object.hasOwn(predefined, role) ? (predefined[role] ?? 0) : undefined;
    if (since !== undefined) {
      at.require(
        context.major === undefined || context.major >= since,
        i,
        role,
        `remove it: Postgres ${context.major} does not have it, ${since} is the first that does`,
      );
      return;
    }
    if (role.startsWith("pg_")) {
      at.fail(i, role, `one of Postgres' own roles: ${Object.keys(predefined).join(", ")}`);
      return;
    }
    at.require(role !== name, i, role, "another role: none is a member of itself");
    at.require(
      Object.hasOwn(context.all, role) || context.owners.includes(role),
      i,
      role,
      "a role that roles declares (a group with login: false), an owner of a database, or one of Postgres' own such as pg_read_all_data",
    );
  });
}

/**
 * Names of roles so that each comes after those that it is a member of. A circle is reported; Postgres refuses the last
 * membership of it.
 */
export function inOrder(check: Check, all: Readonly<Record<string, RoleArgs>>): string[] {
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    if (done.has(name)) return;
    open.add(name);
    (all[name]?.inRoles ?? []).forEach((parent, i) => {
      if (parent === name || !Object.hasOwn(all, parent)) return;
      if (open.has(parent)) {
        check
          .at(name)
          .at("inRoles")
          .fail(i, parent, `a role that is not itself a member of ${name}: memberships can't go in a circle`);
        return;
      }
      visit(parent);
    });
    open.delete(name);
    done.add(name);
  };
  for (const name of Object.keys(all).sort()) visit(name);
  return [...done];
}
