import type { DatabaseArgs, InitdbArgs } from "../args/database";
import { defaults } from "../args/defaults";
import type { Check } from "../check";
import { own } from "../own";
import { pick } from "../pick";
import type { DatabasesPlan, Initdb } from "../plan/database";
import { quoteIdentifier, quoteLiteral } from "../units/sql";

/** Providers of locales, and the major version of Postgres whose `initdb` was the first to take each as `--locale-provider`. */
const localeProviders: ReadonlyMap<string, number> = new Map([
  ["icu", 15],
  ["libc", 15],
  ["builtin", 17],
]);

/** Checks how the first database is to come into being. */
export function checkInitdb(check: Check, args: InitdbArgs | undefined, major: number | undefined): void {
  if (args === undefined) return;
  const { walSegmentSize, localeProvider } = args;
  if (walSegmentSize !== undefined) {
    const powerOfTwo =
      Number.isInteger(walSegmentSize) && walSegmentSize > 0 && (walSegmentSize & (walSegmentSize - 1)) === 0;
    check.require(
      powerOfTwo && walSegmentSize <= 1024,
      "walSegmentSize",
      walSegmentSize,
      "a power of two from 1 to 1024 (MB)",
    );
  }
  if (localeProvider !== undefined) {
    const since = localeProviders.get(localeProvider);
    check.require(
      since !== undefined,
      "localeProvider",
      localeProvider,
      `one of ${[...localeProviders.keys()].join(", ")}`,
    );
    check.require(
      since === undefined || major === undefined || major >= since,
      "localeProvider",
      localeProvider,
      `remove it with Postgres ${major}, whose initdb does not know it: ${localeProvider} came with ${since}`,
    );
  }
  // initdb asks for a provider's locale, and the Cluster's schema refuses it under any other provider.
  for (const [provider, key, example] of [
    ["icu", "icuLocale", "en-US"],
    ["builtin", "builtinLocale", "C.UTF-8"],
  ] as const) {
    if (localeProvider === provider) {
      const needed = `a locale such as ${example}, which localeProvider ${provider} needs`;
      check.require(args[key] !== undefined, key, args[key], needed);
    } else
      check.require(args[key] === undefined, key, args[key], `remove it without localeProvider: ${provider}`);
  }
  for (const key of ["postInitSQL", "postInitApplicationSQL", "postInitTemplateSQL"] as const) {
    args[key]?.forEach((statement, i) => {
      check.at(key).require(statement.trim() !== "", i, statement, "an SQL statement");
    });
  }
}

/**
 * Renders `bootstrap.initdb`: schemas and extensions of the first database come before SQL that may need them.
 *
 * What an import brings is not made before it, because `pg_restore` fails over a schema that is there: the Database
 * resource makes afterwards what is missing. If it brings databases as they are, initdb makes none (CNPG, "The `monolith`
 * type"): made before, they would keep initdb's encoding and locale.
 */
export function renderInitdb(
  { database, owner, secret }: DatabasesPlan["first"],
  args: DatabaseArgs,
  initdb: InitdbArgs | undefined,
  imports?: "files" | "databases" | "content",
): Initdb {
  const applicationSQL = imports === undefined ? initialSQL(owner, args, initdb) : [];
  return {
    ...(imports !== "databases" && { database, owner, secret: { name: secret } }),
    dataChecksums: initdb?.dataChecksums ?? defaults.InitdbArgs.dataChecksums,
    ...pick(initdb, [
      "encoding",
      "localeCollate",
      "localeCType",
      "localeProvider",
      "icuLocale",
      "builtinLocale",
      "walSegmentSize",
    ]),
    ...pick(initdb, ["postInitSQL", "postInitTemplateSQL"]),
    ...(applicationSQL.length > 0 && { postInitApplicationSQL: applicationSQL }),
  };
}

function initialSQL(owner: string, args: DatabaseArgs, initdb: InitdbArgs | undefined): string[] {
  return [
    ...quotable(args.schemas).map(
      (s) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(s)} AUTHORIZATION ${quoteIdentifier(owner)}`,
    ),
    ...quotable(args.extensions).map((extension) => createExtension(extension, args)),
    ...(initdb?.postInitApplicationSQL ?? []),
  ];
}

/** Without what can be no name, which was reported. */
const quotable = (names: readonly string[] = []) =>
  names.filter((name) => name !== "" && !name.includes("\0"));

function createExtension(extension: string, args: DatabaseArgs): string {
  const options = own(args.extensionOptions, extension);
  const schema =
    quotable([options?.schema ?? ""]).length === 0 ? "" : ` SCHEMA ${quoteIdentifier(options?.schema ?? "")}`;
  const version = options?.version === undefined ? "" : ` VERSION ${quoteLiteral(options.version)}`;
  return `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(extension)}${schema}${version}`;
}
