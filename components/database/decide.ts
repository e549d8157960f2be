import type { DatabaseArgs, InitdbArgs } from "../args/database";
import { defaults } from "../args/defaults";
import type { Check } from "../check";
import type { DatabaseSpec } from "../crds/types";
import { own } from "../own";
import type { DatabasesPlan, Origin } from "../plan/database";
import { databaseName, derivedName, objectNamePart, postgresIdentifier, roleName } from "../units";
import { schemaRoleNames } from "../units/schemaRoles";
import { checkInitdb, renderInitdb } from "./initdb";
import { decideOwners, ownerOf } from "./owners";

/**
 * Which databases, owners, secrets and init SQL a cluster gets.
 *
 * The first database is created by initdb with its owner; the others are Database resources whose owners are
 * managed roles. Every database has a Database resource, so that its extensions and schemas are kept
 * true for the cluster's whole life; the first one's are also created by initdb, before an
 * application can connect. Both run as superuser, which the owner is not.
 */
export function decideDatabases(
  check: Check,
  cluster: string,
  databases: Readonly<Record<string, DatabaseArgs>> | undefined,
  initdb: InitdbArgs | undefined,
  { origin, major }: { readonly origin?: Origin | undefined; readonly major?: number | undefined } = {},
): DatabasesPlan {
  const all: Record<string, DatabaseArgs> =
    databases === undefined || Object.keys(databases).length === 0 ? { app: {} } : { ...databases };
  const names = Object.keys(all).sort();
  for (const name of names) checkDatabase(check.at("databases"), name, own(all, name) ?? {});

  if (origin !== undefined) checkBrought(check, databases, initdb, origin);
  const first = firstDatabase(check, names, initdb, origin);
  const owners = decideOwners(check, cluster, first, names, all);
  const firstOwner = ownerOf(first, all);
  const firstSecret = owners.find((o) => o.role === firstOwner)?.secretName ?? "";
  if (origin?.brings !== "files") checkInitdb(check.at("initdb"), initdb, major);
  const created = { database: first, owner: firstOwner, secret: firstSecret };
  // Roles of a whole server come by themselves, so initdb makes none of them, and sets no password.
  const bootstrapped = origin?.brings === "databases" ? undefined : firstOwner;
  return {
    owners: owners.map((owner) => (owner.role === bootstrapped ? { ...owner, verbatim: true } : owner)),
    first: created,
    databases: names.map((name) => ({
      database: name,
      objectName: databaseObjectName(cluster, name),
      spec: databaseSpec(cluster, name, own(all, name) ?? {}, name === first ? undefined : (initdb ?? {})),
    })),
    initdb: renderInitdb(created, own(all, first) ?? {}, initdb, origin?.brings),
    managedRoles: owners
      .filter((o) => o.role !== bootstrapped)
      .map((o) => ({ name: o.role, ensure: "present", login: true, passwordSecret: { name: o.secretName } })),
  };
}

/** What is brought is not made anew: databases have to be named as the source has them, and of files nothing is initialized. */
function checkBrought(
  check: Check,
  databases: Readonly<Record<string, DatabaseArgs>> | undefined,
  initdb: InitdbArgs | undefined,
  { setting, brings }: Origin,
): void {
  if (brings === "files")
    check.require(
      initdb === undefined,
      "initdb",
      initdb,
      `remove it with ${setting}: nothing is initialized, and no SQL of it is run; what it says came with the source`,
    );
  else {
    const at = check.at("initdb");
    const { database, postInitApplicationSQL } = initdb ?? {};
    at.require(database === undefined, "database", database, "called importFrom.database with an import");
    at.require(
      postInitApplicationSQL === undefined,
      "postInitApplicationSQL",
      postInitApplicationSQL,
      "remove it with importFrom: it would be run before the import, which fails over what is there already; importFrom.postImportApplicationSQL is run after it",
    );
  }
  if (brings !== "content" && (databases === undefined || Object.keys(databases).length === 0))
    check.fail(
      "databases",
      undefined,
      "the databases of the source with their owners, such as { orders: { owner: orders } }; a database app would be made beside them",
    );
}

function firstDatabase(
  check: Check,
  names: readonly string[],
  initdb: InitdbArgs | undefined,
  origin: Origin | undefined,
): string {
  const choice = names.join(", ");
  const [key, named] =
    origin === undefined
      ? (["initdb.database", initdb?.database] as const)
      : ([`${origin.setting}.database`, origin.database] as const);
  if (named !== undefined) {
    check.require(names.includes(named), key, named, `one of the databases: ${choice}`);
    return named;
  }
  // The order of a map's keys is not kept on its way through the engine, and neither method can be told again.
  const what =
    origin === undefined
      ? "initdb creates"
      : origin.brings === "content"
        ? "is imported into"
        : "the application uses";
  check.require(
    names.length === 1,
    key,
    undefined,
    `with several databases, the one that ${what}: ${choice}`,
  );
  return names[0] ?? "app";
}

function checkDatabase(check: Check, name: string, args: DatabaseArgs): void {
  const at = check.at(name);
  check.parse(name, name, databaseName);
  at.parse("owner", args.owner ?? name, roleName);
  at.require(
    args.ownerSecret === undefined || args.ownerCredentials === undefined,
    "ownerSecret",
    args.ownerSecret,
    "remove it with ownerCredentials, which has it as secret",
  );
  at.integer("connectionLimit", args.connectionLimit, -1, 262_143);
  const extensions = args.extensions ?? [];
  extensions.forEach((extension, i) => {
    at.at("extensions").parse(i, extension, postgresIdentifier);
    at.at("extensions").require(extensions.indexOf(extension) === i, i, extension, "named once");
  });
  for (const [extension, options] of Object.entries(args.extensionOptions ?? {})) {
    at.require(
      extensions.includes(extension),
      `extensionOptions.${extension}`,
      extension,
      "an extension that extensions names",
    );
    const known =
      options.schema === undefined ||
      options.schema === "public" ||
      (args.schemas ?? []).includes(options.schema);
    at.require(
      known,
      `extensionOptions.${extension}.schema`,
      options.schema,
      "public or one of schemas: it has to be there before the extension",
    );
  }
  const schemas = args.schemas ?? [];
  schemas.forEach((schema, i) => {
    at.at("schemas").parse(i, schema, postgresIdentifier);
    at.at("schemas").require(
      !schema.startsWith("pg_") && schema !== "information_schema",
      i,
      schema,
      "a name that Postgres does not keep for itself, as it does information_schema and what begins with pg_",
    );
    at.at("schemas").require(schemas.indexOf(schema) === i, i, schema, "named once");
  });
}

/** Whether a database is not as template1 is: only of template0 does Postgres make one with another encoding or locale. */
function isForeign({ encoding, locale }: DatabaseArgs, server: InitdbArgs): boolean {
  const { encoding: usual = "UTF8", localeCollate = "C", localeCType = "C" } = server;
  const same = (one: string, other: string) =>
    one.replace("-", "").toLowerCase() === other.replace("-", "").toLowerCase();
  return (
    (encoding !== undefined && !same(encoding, usual)) ||
    (locale !== undefined && !(locale === localeCollate && locale === localeCType))
  );
}

function databaseObjectName(cluster: string, database: string): string {
  return derivedName([cluster, objectNamePart(database)], 63);
}

/** @param server how the server was initialized; undefined for the database that is made with it */
function databaseSpec(
  cluster: string,
  name: string,
  args: DatabaseArgs,
  server: InitdbArgs | undefined,
): DatabaseSpec {
  const owner = args.owner ?? name;
  return {
    cluster: { name: cluster },
    name,
    owner,
    ensure: "present",
    databaseReclaimPolicy: args.reclaimPolicy ?? defaults.DatabaseArgs.reclaimPolicy,
    ...(args.connectionLimit !== undefined && { connectionLimit: args.connectionLimit }),
    ...(server !== undefined && isForeign(args, server) && { template: "template0" }),
    ...(args.encoding !== undefined && { encoding: args.encoding }),
    ...(args.locale !== undefined && { locale: args.locale }),
    ...(args.schemas?.length && {
      schemas: args.schemas.map((schema) => ({
        name: schema,
        owner: args.schemaRoles?.includes(schema) ? schemaRoleNames(name, schema).owner : owner,
        ensure: "present" as const,
      })),
    }),
    ...(args.extensions?.length && {
      extensions: args.extensions.map((extension) => ({
        name: extension,
        ensure: "present" as const,
        ...own(args.extensionOptions, extension),
      })),
    }),
  };
}
