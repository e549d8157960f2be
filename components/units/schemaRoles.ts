/** Names of a schema's roles: `<database>_<schema>_owner`, `…_writer`, `…_reader`. */
export function schemaRoleNames(database: string, schema: string): SchemaRoles {
  const base = `${database}_${schema}`;
  return { owner: `${base}_owner`, writer: `${base}_writer`, reader: `${base}_reader` };
}

/** The three roles of a schema. */
export interface SchemaRoles {
  /** Owns the schema; logs in, to run migrations. */
  readonly owner: string;
  /** Reads, writes and calls functions; a group to be a member of. */
  readonly writer: string;
  /** Reads; a group to be a member of. */
  readonly reader: string;
}
