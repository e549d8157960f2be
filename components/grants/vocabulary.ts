import { defaults } from "../args/defaults";
import type { GrantArgs } from "../args/grants";

/** Kinds of objects that privileges are granted on. */
export type GrantKind = "database" | "schema" | "table" | "sequence" | "routine";

/** One privilege of one role, on a database or on all objects of a kind in a schema. */
export interface Privilege {
  readonly kind: GrantKind;
  /** Schema of the objects, or the schema itself; absent for the database. */
  readonly schema?: string;
  readonly role: string;
  /** Postgres' word for it. */
  readonly privilege: string;
  /** Whether objects that are created later get it too. */
  readonly future?: boolean;
}

/** All schemas in place of their names. */
export const allSchemas = "*";

/** Flags that name schemas, with what each of them grants there beside `USAGE` on the schema. */
export const schemaFlags = {
  read: [
    ["table", "SELECT"],
    ["sequence", "SELECT"],
  ],
  write: [
    ["table", "INSERT"],
    ["table", "UPDATE"],
    ["table", "DELETE"],
    ["sequence", "USAGE"],
  ],
  createTables: [["schema", "CREATE"]],
  executeFunctions: [["routine", "EXECUTE"]],
} as const satisfies { [flag in keyof GrantArgs]?: readonly (readonly [GrantKind, string])[] };

/** A flag that names schemas. */
export type SchemaFlag = keyof typeof schemaFlags;

/** What a flag's list of schemas means in a database that has these. */
export function schemasOf(named: readonly string[] | undefined, all: readonly string[]): readonly string[] {
  if (named === undefined) return [];
  return named.includes(allSchemas) ? all : named;
}

/**
 * Every privilege that a role's flags mean in a database, each once, and no other.
 *
 * @param schemas all schemas of the database that are declared, `public` among them
 */
export function privilegesOf(role: string, args: GrantArgs, schemas: readonly string[]): Privilege[] {
  const found = new Map<string, Privilege>();
  const add = (privilege: Privilege) => {
    const { kind, schema, privilege: word } = privilege;
    found.set(JSON.stringify([kind, schema, word]), privilege);
  };
  const future = args.defaultPrivileges ?? defaults.GrantArgs.defaultPrivileges;
  if (args.connect ?? defaults.GrantArgs.connect) add({ kind: "database", role, privilege: "CONNECT" });
  if (args.createSchema === true) add({ kind: "database", role, privilege: "CREATE" });
  // A temporary table is a table: who may create these may create those, and PUBLIC no longer may.
  if ((args.createTables ?? []).length > 0) add({ kind: "database", role, privilege: "TEMPORARY" });
  if (args.metadataAccess === true)
    for (const schema of schemas) add({ kind: "schema", schema, role, privilege: "USAGE" });
  for (const [flag, grants] of Object.entries(schemaFlags))
    for (const schema of schemasOf(args[flag as SchemaFlag], schemas)) {
      add({ kind: "schema", schema, role, privilege: "USAGE" });
      for (const [kind, privilege] of grants)
        add({ kind, schema, role, privilege, ...(kind !== "schema" && future && { future }) });
    }
  return [...found.values()];
}
