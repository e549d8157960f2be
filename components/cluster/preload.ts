import type { ClusterArgs } from "../args/cluster";
import type { Check } from "../check";
import { nearest } from "../nearest";
import type { PostgresImage } from "../units";
import { contrib, inImage } from "./contrib";
import { extensionOf, libraryOf, plainLibrary } from "./extensions";
import { officialImage } from "./image";

/** Libraries that CNPG preloads by itself where one of their parameters is set. */
const managed = new Set(["auto_explain", "pg_failover_slots", "pg_stat_statements", "pgaudit"]);

/** Names that people write for another one. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["pgvector", "vector"],
  ["pgaudit_log", "pgaudit"],
  ["uuid_ossp", "uuid-ossp"],
  ["timescale", "timescaledb"],
]);

/**
 * What Postgres has to preload (`shared_preload_libraries`): what is asked for, and what the extensions of the databases can't
 * work without. On images of CNPG's own, whose content is known, an extension or a library that is not in them is a problem:
 * a library that is missing keeps Postgres from starting.
 *
 * @param check of the cluster
 */
export function decideLibraries(check: Check, args: ClusterArgs, major: number | undefined): string[] {
  const image = officialImage(args.image);
  const needed = checkExtensions(check, args, image);
  const asked = args.sharedPreloadLibraries ?? [];
  const plain = asked.map(plainLibrary);
  const at = check.at("sharedPreloadLibraries");
  asked.forEach((library, i) => {
    at.require(/^[A-Za-z0-9_$/.-]+$/.test(library), i, library, "the name of a library, such as pg_cron");
    at.require(plain.indexOf(plainLibrary(library)) === i, i, library, "there once");
    if (image === undefined) return;
    at.require(
      inImage(image.flavour, plainLibrary(library), image.major) !== false,
      i,
      library,
      `a library of this image${meant(library, image)}: with one that it lacks Postgres does not start`,
    );
  });
  const more = [...new Set(needed.filter((library) => !plain.includes(library)))];
  const libraries = more.includes(first)
    ? [first, ...asked, ...more.filter((library) => library !== first)]
    : [...asked, ...more];
  const firstAt = plain.indexOf(first);
  at.require(
    firstAt <= 0,
    Math.max(0, firstAt),
    asked[firstAt],
    "the first of them: Citus does not let Postgres start behind another one",
  );
  // Of one that the image lacks, that was said.
  if (image === undefined || inImage(image.flavour, "pg_cron", image.major) !== false) checkCron(check, args);
  checkParameters(check, args, libraries, major);
  return libraries;
}

/** The library that has to be loaded before all others ("Citus has to be loaded first" in its `_PG_init`). */
const first = "citus";

/** pg_cron can be in one database of a server: the one that `cron.database_name` names, `postgres` if none is named. */
function checkCron(check: Check, { databases = {}, parameters = {} }: ClusterArgs): void {
  const named = Object.entries(parameters).find(([name]) => name.toLowerCase() === "cron.database_name")?.[1];
  for (const [database, { extensions = [] }] of Object.entries(databases))
    check
      .at("databases")
      .at(database)
      .require(
        !extensions.includes("pg_cron") || named === database,
        "extensions",
        "pg_cron",
        `remove it in all databases but the one of parameters: { cron.database_name: ${database} }, which is ${named ?? "postgres"} now: ` +
          "Postgres refuses to create it elsewhere, and jobs of other databases are scheduled from there (cron.schedule_in_database)",
      );
}

function checkExtensions(check: Check, args: ClusterArgs, image: PostgresImage | undefined): string[] {
  const needed: string[] = [];
  for (const [database, { extensions = [] }] of Object.entries(args.databases ?? {}))
    for (const extension of extensions) {
      if (typeof extension !== "string") continue;
      if (image !== undefined && inImage(image.flavour, extension, image.major) === false) {
        check
          .at("databases")
          .at(database)
          .fail(
            "extensions",
            extension,
            inImage("standard", extension, image.major)
              ? "remove it, or a standard image: the minimal one does not carry it"
              : `an extension that this image carries${meant(extension, image)}; for another one an image of your own, or one such as ghcr.io/cloudnative-pg/postgis`,
          );
        continue;
      }
      const library = libraryOf(extension);
      if (library !== undefined) needed.push(library);
    }
  return needed;
}

function checkParameters(
  check: Check,
  { parameters = {} }: ClusterArgs,
  libraries: readonly string[],
  major: number | undefined,
): void {
  if (major === undefined) return;
  const loaded = new Set(libraries.map(plainLibrary));
  for (const [name, value] of Object.entries(parameters)) {
    const [prefix = "", rest] = name.toLowerCase().split(".");
    const library = rest === undefined ? undefined : libraryOf(extensionOf(prefix) ?? "");
    if (library === undefined || managed.has(library) || loaded.has(library)) continue;
    check
      .at("parameters")
      .fail(
        name,
        value,
        `remove it without ${library}: nobody reads it. To do: sharedPreloadLibraries: [${library}], or the extension in one of the databases`,
      );
  }
}

function meant(name: string, { flavour, major }: PostgresImage): string {
  const near = aliases.get(name) ?? nearest(name, contrib(flavour, major));
  return near === undefined || inImage(flavour, near, major) === false ? "" : `; did you mean ${near}?`;
}
