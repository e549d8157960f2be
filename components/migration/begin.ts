import { type BaseBackupFromArgs, type ImportFromArgs, ImportType } from "../args/migration";
import type { RecoverFromArgs } from "../args/recovery";
import type { Check } from "../check";
import type { ClusterSpec } from "../crds/types";
import type { DatabasesPlan, Origin } from "../plan/database";
import type { Servers } from "../plan/migration";
import { postgresIdentifier } from "../units";
import { requireServer } from "./servers";

/** The settings of which at most one says how a cluster begins. */
export interface BeginningArgs {
  readonly recoverFrom?: RecoverFromArgs;
  readonly importFrom?: ImportFromArgs;
  readonly baseBackupFrom?: BaseBackupFromArgs;
}

const ways = ["recoverFrom", "baseBackupFrom", "importFrom"] as const;

/** What the databases of a cluster begin with; undefined for one that begins empty. Reports more than one beginning. */
export function decideOrigin(check: Check, args: BeginningArgs): Origin | undefined {
  const given = ways.filter((way) => args[way] !== undefined);
  for (const way of given.slice(1))
    check.fail(
      way,
      args[way],
      `remove it with ${given[0]}: a cluster begins in one way, empty or by one of ${ways.join(", ")}`,
    );
  const [way] = given;
  if (way === undefined) return undefined;
  const { importFrom } = args;
  return {
    setting: way,
    brings:
      way !== "importFrom" ? "files" : importFrom?.type === ImportType.Monolith ? "databases" : "content",
    database: args[way]?.database,
  };
}

/** What an import and a base backup are checked against. */
export interface BeginningBasis {
  readonly servers: Servers;
  /** Major of the cluster's own image; undefined if that is not known. */
  readonly major: number | undefined;
  readonly databases: DatabasesPlan;
  /** The databases that the settings name, with their owners. */
  readonly declared: ReadonlyMap<string, string>;
}

/** Checks a base backup of a running server and renders `bootstrap`. */
export function decideBaseBackup(
  check: Check,
  args: BaseBackupFromArgs,
  { servers, major, databases: { first } }: BeginningBasis,
): NonNullable<ClusterSpec["bootstrap"]> {
  requireServer(check, "server", args.server, servers);
  const source = check.integer("postgresMajor", args.postgresMajor, 14, 18);
  if (source !== undefined && major !== undefined)
    check.require(
      source === major,
      "postgresMajor",
      source,
      `${major}, as the cluster's own image has it: Postgres can't read the files of another major; take an image of the server's, or importFrom or a subscription, which cross majors`,
    );
  const { database, owner, secret } = first;
  return { pg_basebackup: { source: args.server, database, owner, secret: { name: secret } } };
}

/** Options that CNPG gives itself, in their long and short forms: given twice, they lead the data elsewhere. */
const ownOptions: Readonly<Record<string, readonly string[]>> = {
  pg_dump: ["file", "format", "dbname", "section", "host", "port", "username", "f", "F", "d", "h", "p", "U"],
  pg_restore: [
    "dbname",
    "section",
    "create",
    "role",
    "username",
    "host",
    "port",
    "file",
    "d",
    "C",
    "U",
    "h",
    "p",
    "f",
  ],
};

const optionLists = {
  pgDumpExtraOptions: "pg_dump",
  pgRestoreExtraOptions: "pg_restore",
  pgRestorePredataOptions: "pg_restore",
  pgRestoreDataOptions: "pg_restore",
  pgRestorePostdataOptions: "pg_restore",
} as const;

const optionKeys = Object.keys(optionLists) as (keyof typeof optionLists)[];

/** Checks an import and renders `bootstrap.initdb`, which goes before it. */
export function decideImport(
  check: Check,
  args: ImportFromArgs,
  basis: BeginningBasis,
): NonNullable<ClusterSpec["bootstrap"]> {
  requireServer(check, "server", args.server, basis.servers);
  const source = check.integer("postgresMajor", args.postgresMajor, 9, 18);
  if (source !== undefined && basis.major !== undefined)
    check.require(
      source <= basis.major,
      "postgresMajor",
      source,
      `at most ${basis.major}, as the cluster's own image has it: its pg_dump can't read a newer server`,
    );
  const type = check.oneOf("type", args.type, ImportType);
  if (type === ImportType.Microservice) checkMicroservice(check, args);
  if (type === ImportType.Monolith) checkMonolith(check, args, basis);
  args.databases.forEach((name, i) => {
    if (name !== "*") check.at("databases").parse(i, name, postgresIdentifier);
    check.at("databases").require(args.databases.indexOf(name) === i, i, name, "named once");
  });
  checkOptions(check, args);
  const schemaOnly = args.schemaOnly ?? false;
  check.require(
    !schemaOnly || args.pgRestoreDataOptions === undefined,
    "pgRestoreDataOptions",
    args.pgRestoreDataOptions,
    "remove it with schemaOnly: no rows are restored",
  );
  return {
    initdb: {
      ...basis.databases.initdb,
      import: {
        type: args.type,
        source: { externalCluster: args.server },
        databases: [...args.databases],
        ...(args.roles !== undefined && { roles: [...args.roles] }),
        ...(schemaOnly && { schemaOnly }),
        ...Object.fromEntries(
          optionKeys.flatMap((key) => (args[key] === undefined ? [] : [[key, [...args[key]]]])),
        ),
        ...(args.postImportApplicationSQL !== undefined && {
          postImportApplicationSQL: [...args.postImportApplicationSQL],
        }),
      },
    },
  };
}

function checkMicroservice(check: Check, { databases, roles, ...args }: ImportFromArgs): void {
  check.require(
    databases.length === 1 && databases[0] !== "*",
    "databases",
    databases,
    "the one database that is imported, such as [orders]; type monolith takes several, or * for all",
  );
  check.require(
    roles === undefined || roles.length === 0,
    "roles",
    roles,
    "remove it with type microservice: its one owner owns all that is imported; type monolith takes roles along",
  );
  args.postImportApplicationSQL?.forEach((statement, i) => {
    check.at("postImportApplicationSQL").require(statement.trim() !== "", i, statement, "an SQL statement");
  });
}

function checkMonolith(check: Check, args: ImportFromArgs, basis: BeginningBasis): void {
  const { databases, roles = [] } = args;
  check.require(
    databases.length > 0,
    "databases",
    databases,
    'the databases that are imported, such as [orders, billing], or ["*"] for all',
  );
  for (const [key, names] of [
    ["databases", databases],
    ["roles", roles],
  ] as const)
    check.require(
      names.length < 2 || !names.includes("*"),
      key,
      names,
      'names, or ["*"] alone: it stands for all of them',
    );
  roles.forEach((role, i) => {
    if (role !== "*") check.at("roles").parse(i, role, postgresIdentifier);
    check.at("roles").require(roles.indexOf(role) === i, i, role, "named once");
  });
  check.require(
    args.postImportApplicationSQL === undefined,
    "postImportApplicationSQL",
    args.postImportApplicationSQL,
    "remove it with type monolith: CNPG does not know in which of the databases to run it",
  );
  checkBrought(check, args, basis);
}

/** Checks that a monolith brings the application's database, and the owners before what they own. */
function checkBrought(check: Check, { databases, roles = [] }: ImportFromArgs, basis: BeginningBasis): void {
  const { database } = basis.databases.first;
  const everything = databases.includes("*");
  check.require(
    everything || databases.includes(database),
    "databases",
    databases,
    `${database} among them, as databases and importFrom.database have it: it would be made empty beside what is imported`,
  );
  for (const [name, owner] of basis.declared) {
    if (!everything && !databases.includes(name)) continue;
    check.require(
      roles.includes("*") || roles.includes(owner),
      "roles",
      roles.length === 0 ? undefined : roles,
      `${owner} among them, the owner of database ${name}: pg_restore gives it what it owns, and fails without it`,
    );
  }
}

function checkOptions(check: Check, args: ImportFromArgs): void {
  for (const key of optionKeys) {
    const tool = optionLists[key];
    args[key]?.forEach((option, i) => {
      const at = check.at(key);
      const [, long, short] = /^(?:--([a-z-]+)|-([A-Za-z0-9]))/.exec(option) ?? [];
      const name = long ?? short;
      if (!at.require(name !== undefined, i, option, `one option of ${tool}, such as --jobs=4`)) return;
      at.require(
        !ownOptions[tool]?.includes(name ?? ""),
        i,
        option,
        `an option that CNPG does not give ${tool} itself; where from, where to and what is in the other settings`,
      );
    });
  }
}
