import type { GrantArgs } from "../args/grants";
import type { Check } from "../check";
import { allSchemas, type SchemaFlag, schemaFlags } from "./vocabulary";

/** What grants are judged by. */
export interface GrantsCheckContext {
  readonly databases: readonly string[];
  readonly schemasOf: (database: string) => readonly string[];
  /** Postgres' major version; undefined if it is not known. */
  readonly major: number | undefined;
}

/** Flags that `defaultPrivileges` extends to what is created later. */
const lasting = ["read", "write", "executeFunctions"] as const satisfies readonly SchemaFlag[];

/** Checks what a role is granted, by database. */
export function checkGrants(
  check: Check,
  grants: Readonly<Record<string, GrantArgs>>,
  context: GrantsCheckContext,
): void {
  const { databases, major } = context;
  if (Object.keys(grants).length > 0 && major !== undefined && major < 15)
    check.fail(
      Object.keys(grants)[0] ?? "",
      `Postgres ${major}`,
      "remove it before Postgres 15: everybody may create in schema public there, and the owner can't revoke that",
    );
  for (const [database, args] of Object.entries(grants)) {
    const known = check.require(
      databases.includes(database),
      database,
      database,
      `one of the databases: ${databases.join(", ")}`,
    );
    if (known) checkOne(check.at(database), database, args, context);
  }
}

function checkOne(check: Check, database: string, args: GrantArgs, context: GrantsCheckContext): void {
  for (const flag of Object.keys(schemaFlags) as SchemaFlag[])
    checkSchemas(check.at(flag), database, args[flag] ?? [], context.schemasOf(database));
  check.require(
    args.defaultPrivileges === undefined || lasting.some((flag) => (args[flag] ?? []).length > 0),
    "defaultPrivileges",
    args.defaultPrivileges,
    `remove it without ${lasting.join(", ")}: it says whether these hold for what is created later`,
  );
  check.require(
    args.manageRoles !== true || context.major === undefined || context.major >= 16,
    "manageRoles",
    true,
    `remove it with Postgres ${context.major}: before 16, who may create roles may also change all others and join them`,
  );
}

function checkSchemas(
  check: Check,
  database: string,
  schemas: readonly string[],
  known: readonly string[],
): void {
  schemas.forEach((schema, i) => {
    if (!check.require(schemas.indexOf(schema) === i, i, schema, "named once")) return;
    if (schema === allSchemas)
      check.require(schemas.length === 1, i, schema, `alone in the list: ${allSchemas} is all schemas`);
    else
      check.require(
        known.includes(schema),
        i,
        schema,
        `${known.join(", ")} or ${JSON.stringify(allSchemas)} for all of them; others have to stand in databases.${database}.schemas`,
      );
  });
}
