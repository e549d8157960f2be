import type { Resource } from "./resource";
import type { View } from "./view";

/** Where `bootstrap.initdb` has SQL. */
export const initdbStatements: readonly (readonly string[])[] = [
  ["postInitSQL"],
  ["postInitApplicationSQL"],
  ["postInitTemplateSQL"],
  ["import", "postImportApplicationSQL"],
];

/** A statement of SQL without its comments. */
export const sqlOf = (statement: View): string => (statement.text() ?? "").replaceAll(/--.*/g, "");

/** Extensions that a statement creates. */
export function extensionsOf(statement: View): string[] {
  const sql = sqlOf(statement);
  return [...sql.matchAll(/\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w-]+)"?/gi)].map(
    ([, name = ""]) => name.toLowerCase(),
  );
}

/** Extensions that a statement creates whatever is there: a block of code may look first which ones there are. */
export function createdIn(statement: View): string[] {
  const isCode = /\bDO\b|\/\*|\$\w*\$/i.test(sqlOf(statement));
  return isCode ? [] : extensionsOf(statement);
}

/**
 * Libraries that a Cluster's Postgres preloads, without their folder and ending, and where they are said. CNPG joins the items with
 * commas, so that one may name several.
 */
export function librariesOf(cluster: Resource): { readonly name: string; readonly at: View }[] {
  return cluster.view.list("spec", "postgresql", "shared_preload_libraries").flatMap((at) =>
    (at.text() ?? "").split(",").map((name) => ({
      name: name.trim().replace(/^.*\//, "").replace(/\.so$/, ""),
      at,
    })),
  );
}

/** Extensions that do nothing unless their library, which has the same name, is preloaded; prefix of their parameters. */
export const preloaded: ReadonlyMap<string, string> = new Map([
  ["citus", "citus"],
  ["credcheck", "credcheck"],
  ["pg_cron", "cron"],
  ["pg_net", "pg_net"],
  ["pg_qualstats", "pg_qualstats"],
  ["pg_squeeze", "squeeze"],
  ["pg_stat_kcache", "pg_stat_kcache"],
  ["pg_stat_monitor", "pg_stat_monitor"],
  ["pg_stat_statements", "pg_stat_statements"],
  ["pg_wait_sampling", "pg_wait_sampling"],
  ["pgaudit", "pgaudit"],
  ["timescaledb", "timescaledb"],
]);

/** Those whose library CNPG preloads by itself where one of their parameters is set (`ManagedExtensions`, operator 1.30). */
export const preloadedByParameter: ReadonlySet<string> = new Set(["pg_stat_statements", "pgaudit"]);
