/**
 * What a role may do in one database, in the words of the generator document. Everything not named is not allowed: what was
 * granted before and is named no longer is revoked. Schemas are `public`, those of the database's `schemas`, or `"*"` for
 * all of these. See docs/grants.md for the SQL of each.
 */
export interface GrantArgs {
  /** Whether it may connect: `CONNECT`, which nobody else has any more. @default `true` */
  connect?: boolean;
  /** Schemas in which it may read: `SELECT` on tables, views and sequences. @default none */
  read?: string[];
  /**
   * Schemas in which it may write: `INSERT`, `UPDATE` and `DELETE` on tables, `USAGE` on sequences. A `WHERE` reads: it needs
   * `read` too.
   * @default none
   */
  write?: string[];
  /** Schemas in which it may create tables, and all else that is created in one; and temporary tables. @default none */
  createTables?: string[];
  /** Whether it may create schemas, which it then owns: `CREATE` on the database. @default `false` */
  createSchema?: boolean;
  /** Schemas whose functions and procedures it may call: `EXECUTE`, which nobody else has any more. @default none */
  executeFunctions?: string[];
  /**
   * Whether `read`, `write` and `executeFunctions` also hold for what is created later: `ALTER DEFAULT PRIVILEGES` of all
   * roles of the file that can create there.
   * @default `true`
   */
  defaultPrivileges?: boolean;
  /**
   * Whether names in all schemas resolve for it, as `\d` and `'sales.orders'::regclass` need: `USAGE` on them, and nothing
   * inside. The catalogs themselves are readable for everybody.
   * @default `false`
   */
  metadataAccess?: boolean;
  /**
   * Whether it may create roles, and change those that it created: the attribute `CREATEROLE`, which holds in the whole
   * cluster. Refused on Postgres 15, where it reaches every role that is no superuser.
   * @default `false`
   */
  manageRoles?: boolean;
}
