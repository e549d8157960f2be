import type { Check } from "../check";
import type { ClusterSpec, DatabaseSpec } from "../crds/types";
import { databaseName, derivedName, objectName, postgresIdentifier, roleName, shortHash } from "../units";
import type { DatabaseArgs, InitdbArgs } from "./args";
import { checkInitdb, type Initdb, renderInitdb } from "./initdb";

/** A role that owns databases, and the Secret that holds its password. */
export interface OwnerPlan {
  readonly role: string;
  /** Name of the Secret in the cluster's namespace. */
  readonly secretName: string;
  /** Whether the Secret is generated here; otherwise somebody else makes it. */
  readonly generated: boolean;
  /** The database that the Secret's `uri` leads to. */
  readonly database: string;
}

/** A Database resource. */
export interface DatabasePlan {
  /** Key in `databases`, which is the name in Postgres. */
  readonly database: string;
  /** Name of the Kubernetes object. */
  readonly objectName: string;
  readonly spec: DatabaseSpec;
}

/** Everything about the databases of one cluster. */
export interface DatabasesPlan {
  readonly owners: readonly OwnerPlan[];
  readonly databases: readonly DatabasePlan[];
  /** The database that initdb creates, or that a recovery finds; its owner, and the Secret of that. */
  readonly first: { readonly database: string; readonly owner: string; readonly secret: string };
  readonly initdb: Initdb;
  /** Owners that initdb does not create: `spec.managed.roles`. */
  readonly managedRoles: readonly ManagedRole[];
}

type ManagedRole = NonNullable<NonNullable<ClusterSpec["managed"]>["roles"]>[number];

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
  recovery?: { readonly database?: string },
): DatabasesPlan {
  const all: Record<string, DatabaseArgs> =
    databases === undefined || Object.keys(databases).length === 0 ? { app: {} } : { ...databases };
  const names = Object.keys(all).sort();
  for (const name of names) checkDatabase(check.at("databases"), name, all[name] ?? {});

  if (recovery !== undefined) checkRecovered(check, databases, initdb);
  const first = firstDatabase(check, names, initdb, recovery);
  const owners = decideOwners(check, cluster, first, names, all);
  const firstOwner = ownerOf(first, all);
  const firstSecret = owners.find((o) => o.role === firstOwner)?.secretName ?? "";
  if (recovery === undefined) checkInitdb(check.at("initdb"), initdb);
  return {
    owners,
    first: { database: first, owner: firstOwner, secret: firstSecret },
    databases: names.map((name) => ({
      database: name,
      objectName: databaseObjectName(cluster, name),
      spec: databaseSpec(cluster, name, all[name] ?? {}),
    })),
    initdb: renderInitdb(first, firstOwner, firstSecret, all[first] ?? {}, initdb),
    managedRoles: owners
      .filter((o) => o.role !== firstOwner)
      .map((o) => ({ name: o.role, ensure: "present", login: true, passwordSecret: { name: o.secretName } })),
  };
}

function ownerOf(name: string, all: Readonly<Record<string, DatabaseArgs>>): string {
  return all[name]?.owner ?? name;
}

/** What a recovery brings is not made anew: databases have to be named as the source has them, and nothing is initialized. */
function checkRecovered(
  check: Check,
  databases: Readonly<Record<string, DatabaseArgs>> | undefined,
  initdb: InitdbArgs | undefined,
): void {
  check.require(
    initdb === undefined,
    "initdb",
    initdb,
    "left out with recoverFrom: nothing is initialized, and no SQL of it is run; what it says came with the source",
  );
  if (databases === undefined || Object.keys(databases).length === 0)
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
  recovery: { readonly database?: string } | undefined,
): string {
  const choice = names.join(", ");
  const [key, named] =
    recovery === undefined
      ? (["initdb.database", initdb?.database] as const)
      : (["recoverFrom.database", recovery.database] as const);
  if (named !== undefined) {
    check.require(names.includes(named), key, named, `one of the databases: ${choice}`);
    return named;
  }
  // The order of a map's keys is not kept on its way through the engine, and neither method can be told again.
  check.require(
    names.length === 1,
    key,
    undefined,
    `with several databases, the one that ${recovery === undefined ? "initdb creates" : "the application uses"}: ${choice}`,
  );
  return names[0] ?? "app";
}

function checkDatabase(check: Check, name: string, args: DatabaseArgs): void {
  const at = check.at(name);
  check.parse(name, name, databaseName);
  at.parse("owner", args.owner ?? name, roleName);
  at.parse("ownerSecret", args.ownerSecret, objectName);
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
      !schema.startsWith("pg_"),
      i,
      schema,
      "a name that does not start with pg_, which Postgres keeps for itself",
    );
    at.at("schemas").require(schemas.indexOf(schema) === i, i, schema, "named once");
  });
}

function decideOwners(
  check: Check,
  cluster: string,
  first: string,
  names: readonly string[],
  all: Readonly<Record<string, DatabaseArgs>>,
): OwnerPlan[] {
  const owners = new Map<string, OwnerPlan>();
  const bySecret = new Map<string, string>();
  for (const name of [first, ...names.filter((n) => n !== first)]) {
    const role = ownerOf(name, all);
    const secret = all[name]?.ownerSecret;
    const known = owners.get(role);
    const holder = secret === undefined ? undefined : bySecret.get(secret);
    check.require(
      holder === undefined || holder === role,
      `databases.${name}.ownerSecret`,
      secret,
      `another Secret than that of role ${holder}: a Secret has one username`,
    );
    if (secret !== undefined) bySecret.set(secret, role);
    if (known === undefined) {
      owners.set(role, {
        role,
        secretName: secret ?? derivedName([cluster, objectNamePart(role), "credentials"], 63),
        generated: secret === undefined,
        database: name,
      });
    } else {
      check.require(
        secret === undefined || secret === known.secretName,
        `databases.${name}.ownerSecret`,
        secret,
        `the one Secret of role ${role}, as databases.${known.database} has it`,
      );
    }
  }
  return [...owners.values()];
}

/** What of a Postgres name can stand in a Kubernetes name; names that would meet (`a_b`, `a-b`) are kept apart by a hash. */
export function objectNamePart(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);
  return plain === name ? plain : [plain, shortHash(name)].filter((part) => part !== "").join("-");
}

function databaseObjectName(cluster: string, database: string): string {
  return derivedName([cluster, objectNamePart(database)], 63);
}

function databaseSpec(cluster: string, name: string, args: DatabaseArgs): DatabaseSpec {
  const owner = args.owner ?? name;
  return {
    cluster: { name: cluster },
    name,
    owner,
    ensure: "present",
    databaseReclaimPolicy: args.reclaimPolicy ?? "retain",
    ...(args.connectionLimit !== undefined && { connectionLimit: args.connectionLimit }),
    ...(args.encoding !== undefined && { encoding: args.encoding }),
    ...(args.locale !== undefined && { locale: args.locale }),
    ...(args.schemas?.length && {
      schemas: args.schemas.map((schema) => ({ name: schema, owner, ensure: "present" as const })),
    }),
    ...(args.extensions?.length && {
      extensions: args.extensions.map((extension) => ({
        name: extension,
        ensure: "present" as const,
        ...args.extensionOptions?.[extension],
      })),
    }),
  };
}
