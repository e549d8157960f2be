import type { DatabaseArgs } from "../args/database";
import type { RoleArgs } from "../args/roles";
import type { Check } from "../check";
import { roleName } from "../units";
import { rolesOfSchemas } from "./schemaRoles";

/**
 * The roles of a cluster with what grants and schemas' roles make of them: `manageRoles` is an attribute, and
 * `schemaRoles` are roles like those that stand in the file.
 */
export function rolesWithGrants(
  check: Check,
  roles: Readonly<Record<string, RoleArgs>> | undefined,
  databases: Readonly<Record<string, DatabaseArgs>> | undefined,
): Record<string, RoleArgs> {
  const asked = Object.entries(roles ?? {}).map(([name, role]): [string, RoleArgs] => {
    const manages = Object.values(role.grants ?? {}).some(({ manageRoles }) => manageRoles === true);
    check.require(
      !(manages && role.createrole === false),
      `roles.${name}.createrole`,
      false,
      "remove it, or true: a grant of it has manageRoles, which is the same",
    );
    return [name, manages ? { ...role, createrole: true } : role];
  });
  // Not one by one: `all.__proto__ = …` would make no role of that name.
  const all = Object.fromEntries(asked);
  for (const [database, args] of Object.entries(databases ?? {}))
    addSchemaRoles(check.at("databases").at(database).at("schemaRoles"), all, database, args);
  return all;
}

function addSchemaRoles(
  check: Check,
  all: Record<string, RoleArgs>,
  database: string,
  { schemas = [], schemaRoles = [] }: DatabaseArgs,
): void {
  schemaRoles.forEach((schema, i) => {
    if (!check.require(schemaRoles.indexOf(schema) === i, i, schema, "named once")) return;
    if (
      !check.require(
        schemas.includes(schema),
        i,
        schema,
        "one of schemas; public belongs to the database's owner and can't be another's",
      )
    )
      return;
    const added = rolesOfSchemas(database, [schema]);
    const names = Object.keys(added);
    const bad = names.find((name) => !roleName(name).ok);
    check.require(
      bad === undefined,
      i,
      schema,
      `a name whose roles are roles: ${bad} has more than 63 bytes, or a beginning that is reserved`,
    );
    const taken = names.find((name) => Object.hasOwn(all, name));
    check.require(
      taken === undefined,
      i,
      schema,
      `remove it, or that role called otherwise: ${taken} stands in roles too`,
    );
    if (bad === undefined && taken === undefined) Object.assign(all, added);
  });
}
