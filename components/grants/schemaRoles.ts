import type { GrantArgs } from "../args/grants";
import { schemaRoleNames } from "../units/schemaRoles";

/** A role that `schemaRoles` asks for: that of `RoleArgs` which it sets. */
export interface SchemaRole {
  readonly login: boolean;
  readonly database: string;
  readonly comment: string;
  readonly grants: { [database: string]: GrantArgs };
}

/** The roles of a database's `schemaRoles`, as they would stand under `roles`. */
export function rolesOfSchemas(database: string, schemas: readonly string[]): Record<string, SchemaRole> {
  return Object.fromEntries(
    schemas.flatMap((schema): [string, SchemaRole][] => {
      const { owner, writer, reader } = schemaRoleNames(database, schema);
      const role = (login: boolean, does: string, grants: GrantArgs): SchemaRole => ({
        login,
        database,
        comment: `${does} schema ${schema} of database ${database}`,
        grants: { [database]: grants },
      });
      return [
        [owner, role(true, "owns", { createTables: [schema] })],
        [writer, role(false, "writes", { read: [schema], write: [schema], executeFunctions: [schema] })],
        [reader, role(false, "reads", { read: [schema] })],
      ];
    }),
  );
}
