import type { DatabaseArgs } from "../args/database";
import { defaults } from "../args/defaults";
import type { GrantArgs } from "../args/grants";
import type { Check } from "../check";
import { own } from "../own";
import type { DatabasesPlan } from "../plan/database";
import type { PlannedObject } from "../plan/object";
import { schemaRoleNames } from "../units/schemaRoles";
import type { Workload } from "../units/workload";
import { memorySchema } from "./catalogs";
import { checkGrants } from "./checks";
import { type GrantsUser, grantsObjects } from "./job";
import type { Declaration } from "./sql";
import { privilegesOf } from "./vocabulary";

/** A declared role, as far as grants are concerned. */
export interface Grantee {
  readonly name: string;
  /** By database. */
  readonly grants: Readonly<Record<string, GrantArgs>> | undefined;
  readonly inRoles: readonly string[];
  /** Whether it has the rights of the roles that it is in without `SET ROLE`; to connect, it needs them so. */
  readonly inherits: boolean;
  /** Connections that each of its users takes at most; undefined and -1 are no limit. */
  readonly connectionLimit: number | undefined;
  /** Who logs in as it: itself, the users that take turns for it, or nobody. */
  readonly users: readonly GrantsUser[];
  /** What has to be there before it can be relied on, for `PlannedObject.after`. */
  readonly after: readonly string[];
}

/** What grants are decided with. */
export interface GrantsContext {
  readonly workload: Workload;
  readonly databases: DatabasesPlan;
  /** The stack file's, by name. */
  readonly args: Readonly<Record<string, DatabaseArgs>>;
  readonly image: string;
  /** Secret with the server's CA. */
  readonly caSecret: string;
  /** Postgres' major version; undefined if it is not known. */
  readonly major: number | undefined;
}

/** Schemas of a database that grants can name: those that are declared, and `public`. */
export function schemasOfDatabase(args: DatabaseArgs | undefined): string[] {
  return [...new Set(["public", ...(args?.schemas ?? [])])];
}

/**
 * The Jobs that make rights in the databases what they are declared to be.
 *
 * As soon as one role of the cluster has grants, every database has a Job: in one where no role has any, it revokes those of
 * former times.
 */
export function decideGrants(
  check: Check,
  grantees: readonly Grantee[],
  context: GrantsContext,
): PlannedObject[] {
  const managed = grantees.filter(({ grants }) => grants !== undefined);
  if (managed.length === 0) return [];
  const names = context.databases.databases.map(({ database }) => database);
  for (const { name, grants = {} } of managed)
    checkGrants(check.at("roles").at(name).at("grants"), grants, {
      databases: names,
      schemasOf: (database) => schemasOfDatabase(own(context.args, database)),
      major: context.major,
    });
  for (const name of names)
    check.require(
      !(own(context.args, name)?.schemas ?? []).includes(memorySchema),
      `databases.${name}.schemas`,
      memorySchema,
      "another name: with grants, it holds the list of who had rights when they were last made",
    );
  for (const name of names)
    check.require(
      own(context.args, name)?.connectionLimit !== 0,
      `databases.${name}.connectionLimit`,
      0,
      "1 or more, or -1, as roles have grants: their Job logs in to every database of the cluster as its owner",
    );
  return names.flatMap((database) => objectsOf(check, database, grantees, context));
}

function objectsOf(
  check: Check,
  database: string,
  grantees: readonly Grantee[],
  context: GrantsContext,
): PlannedObject[] {
  const owner = ownerOf(database, context);
  const declaration = declarationOf(database, grantees, context);
  const usersOf = (those: readonly Grantee[]) =>
    those.flatMap(({ users }) => users.map(({ role, secretName }) => ({ role, secretName })));
  const guests = grantees.filter((each) => mayConnect(each, { database, owner: owner.role, all: grantees }));
  for (const { name, connectionLimit } of guests.filter(({ users }) => users.length > 0))
    check.require(
      connectionLimit !== 0,
      `roles.${name}.connectionLimit`,
      0,
      `1 or more, or -1 for no limit, where grants let it into database ${database}: their Job logs in as it. One that nobody is to ` +
        "log in as has login: false",
    );
  return grantsObjects({
    connection: { workload: context.workload, database, secret: owner.secretName },
    ownerTrimmed: owner.verbatim !== true,
    declaration,
    image: context.image,
    caSecret: context.caSecret,
    users: usersOf(guests),
    strangers: usersOf(grantees.filter((each) => !guests.includes(each))),
    after: grantees.flatMap((each) => each.after),
  });
}

function ownerOf(database: string, { databases }: GrantsContext) {
  const role = databases.databases.find((each) => each.database === database)?.spec.owner;
  const owner = databases.owners.find((each) => each.role === role);
  if (owner === undefined) throw new Error(`database ${database} has no owner`);
  return owner;
}

/** All that is to hold in a database. */
export function declarationOf(
  database: string,
  grantees: readonly Grantee[],
  { args }: Pick<GrantsContext, "args">,
): Declaration {
  const schemas = schemasOfDatabase(own(args, database));
  const sets = own(args, database)?.schemaRoles ?? [];
  const wanted = grantees.flatMap(({ name, grants }) => {
    const here = own(grants, database);
    return here === undefined ? [] : privilegesOf(name, here, schemas);
  });
  return {
    exclusive: wanted.length > 0,
    roles: grantees.map(({ name }) => name),
    schemas: schemas.map((name) => ({
      name,
      ...(sets.includes(name) && { owner: schemaRoleNames(database, name).owner }),
    })),
    wanted,
  };
}

/**
 * Whether a role may connect: by its own grants, or by inheriting those of a role that it is in, or the right of the owner.
 * Memberships in a circle are reported elsewhere, and end here.
 */
function mayConnect(
  role: Grantee,
  where: { readonly database: string; readonly owner: string; readonly all: readonly Grantee[] },
  seen: readonly string[] = [],
): boolean {
  const here = own(role.grants, where.database);
  if (here !== undefined && (here.connect ?? defaults.GrantArgs.connect)) return true;
  if (!role.inherits) return false;
  if (role.inRoles.includes(where.owner)) return true;
  return where.all.some(
    (parent) =>
      role.inRoles.includes(parent.name) &&
      !seen.includes(parent.name) &&
      mayConnect(parent, where, [...seen, role.name]),
  );
}
