/**
 * What a role may do in one database, in the words of the generator document. Everything not named is not allowed: what was
 * granted before and is named no longer is revoked. Schemas are `public`, those of the database's `schemas`, or `"*"` for
 * all of these. See docs/grants.md for the SQL of each.
 */
export interface GrantArgs {
  /** Whether it may connect: `CONNECT`, which nobody else has any more. Default: `true`. */
  connect?: boolean;
  /** Schemas in which it may read: `SELECT` on tables, views and sequences. Default: none. */
  read?: string[];
  /**
   * Schemas in which it may write: `INSERT`, `UPDATE` and `DELETE` on tables, `USAGE` on sequences. A `WHERE` reads: it needs
   * `read` too. Default: none.
   */
  write?: string[];
  /** Schemas in which it may create tables, and all else that is created in one; and temporary tables. Default: none. */
  createTables?: string[];
  /** Whether it may create schemas, which it then owns: `CREATE` on the database. Default: `false`. */
  createSchema?: boolean;
  /** Schemas whose functions and procedures it may call: `EXECUTE`, which nobody else has any more. Default: none. */
  executeFunctions?: string[];
  /**
   * Whether `read`, `write` and `executeFunctions` also hold for what is created later: `ALTER DEFAULT PRIVILEGES` of all
   * roles of the file that can create there. Default: `true`.
   */
  defaultPrivileges?: boolean;
  /**
   * Whether names in all schemas resolve for it, as `\d` and `'sales.orders'::regclass` need: `USAGE` on them, and nothing
   * inside. The catalogs themselves are readable for everybody. Default: `false`.
   */
  metadataAccess?: boolean;
  /**
   * Whether it may create roles, and change those that it created: the attribute `CREATEROLE`, which holds in the whole
   * cluster. Refused on Postgres 15, where it reaches every role that is no superuser. Default: `false`.
   */
  manageRoles?: boolean;
}
