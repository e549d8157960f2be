/**
 * Reads Postgres' parameters off running servers, one of every major that CNPG supports, and writes the two catalogues of
 * them: one for the components and one for the policies, which share no code. Not a part of `npm run generate`, as it needs
 * the servers:
 *
 *     node --import tsx tools/generate/parameters.ts "host=/run/pg14 user=postgres" "host=/run/pg15 user=postgres" ...
 *
 * Every argument is a connection string for `psql`. The servers are new, empty ones of the newest minor version, that can be
 * thrown away: their ALTER SYSTEM is used to ask which values they take. Of extensions those are listed that are in
 * `shared_preload_libraries` then: auto_explain, auth_delay, passwordcheck, pg_prewarm, pg_stat_statements, pg_trgm,
 * postgres_fdw and plpgsql, and from 15 on basic_archive and basebackup_to_shell.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A parameter as one server has it, in the words of the catalogue: all but the name and the majors. */
type Facts = string;

/** Values that a build with these libraries takes besides; CNPG's images have them, other servers may not. */
const libraries: Readonly<Record<string, readonly [number, ...string[]]>> = {
  wal_compression: [15, "lz4", "zstd"],
  default_toast_compression: [14, "lz4"],
  io_method: [18, "io_uring"],
};

/** Parameters that Postgres takes and shows nowhere, kept for old configurations. */
const hidden: Readonly<Record<string, Facts>> = { default_with_oids: "bool" };

/** Former names that Postgres still takes (`map_old_guc_names` in guc.c). */
const formerNames: readonly [was: string, is: string][] = [
  ["sort_mem", "work_mem"],
  ["vacuum_mem", "maintenance_work_mem"],
  ["ssl_ecdh_curve", "ssl_groups"],
];

/** Values of enumerations that `pg_settings` does not list: they are kept for old configurations too. */
const unlisted = [
  "on",
  "off",
  "true",
  "false",
  "yes",
  "no",
  "1",
  "0",
  "debug",
  "info",
  "archive",
  "hot_standby",
];

/** Asks a server for a table. */
export function ask(server: string, sql: string): string[][] {
  const text = execFileSync("psql", ["-XAt", "-F", "\t", "-d", server, "-c", sql], { encoding: "utf8" });
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t"));
}

/** Which of these a server takes for its configuration: of a refused one the SQLSTATE, else an empty text. */
export function tried(
  server: string,
  settings: readonly (readonly [name: string, value: string])[],
): string[] {
  const script = settings.map(([name, value]) => {
    const literal = `'${value.replaceAll("'", "''")}'`;
    return `ALTER SYSTEM SET ${name} = ${literal};\n\\echo :SQLSTATE`;
  });
  const input = [...script, "ALTER SYSTEM RESET ALL;"].join("\n");
  const told = execFileSync("psql", ["-XAtq", "-d", server], {
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
  const states = told.split("\n").slice(0, -1);
  if (states.length !== settings.length) throw new Error(`${states.length} answers to ${settings.length}`);
  return states.map((state) => (state === "00000" ? "" : state));
}

/** A server's major version. */
export function majorOf(server: string): number {
  return Math.trunc(Number(ask(server, "SHOW server_version_num")[0]?.[0]) / 10_000);
}

function factsOf(server: string, major: number): Map<string, Facts> {
  const rows = ask(
    server,
    `SELECT name, vartype, coalesce(unit, ''), coalesce(min_val, ''), coalesce(max_val, ''), context, category,
       coalesce(array_to_json(enumvals)::text, '[]'), coalesce(boot_val, '') FROM pg_settings`,
  );
  const old = formerNames.filter(([name]) => !rows.some(([there]) => there === name));
  const states = tried(server, [
    ...rows.map(([name = ""]): [string, string] => [name, "on"]),
    ...Object.keys(hidden).map((name): [string, string] => [name, "off"]),
    ...old.map(([name]): [string, string] => [name, "1MB"]),
  ]);
  const facts = new Map<string, Facts>();
  for (const [
    i,
    [name = "", type, unit, min, max, context, category = "", values = "[]", boot = ""],
  ] of rows.entries()) {
    // These are not taken by ALTER SYSTEM alone.
    const inFileOnly = category === "File Locations" || name === "allow_alter_system";
    const fixed = context === "internal" || (states[i] === "55P02" && !inFileOnly);
    const short = { integer: "int" }[type ?? ""] ?? type;
    const range = short === "int" || short === "real" ? `|${unit}|${min}|${max}` : "";
    const listed = short === "enum" ? `|${valuesOf(server, major, name, JSON.parse(values)).join(",")}` : "";
    const developer = category === "Developer Options" ? ` dev ${boot}` : "";
    facts.set(name, fixed ? "preset" : `${short}${developer}${range}${listed}`);
  }
  for (const [i, [name, type]] of Object.entries(hidden).entries())
    if (states[rows.length + i] === "") facts.set(name, type);
  for (const [i, [name, is]] of old.entries())
    if (states[rows.length + Object.keys(hidden).length + i] === "" && facts.has(is))
      facts.set(name, `is|${is}`);
  return facts;
}

/** What an enumeration may be: as listed, and after a minus sign what is taken and not listed. */
function valuesOf(server: string, major: number, name: string, listed: readonly string[]): string[] {
  const others = unlisted.filter((value) => !listed.includes(value));
  const states = tried(
    server,
    others.map((value) => [name, value]),
  );
  const [since = major + 1, ...built] = libraries[name] ?? [];
  return [
    ...listed,
    ...(major >= since ? built.filter((value) => !listed.includes(value)) : []),
    ...others.filter((_, i) => states[i] === "").map((value) => `-${value}`),
  ];
}

function lines(servers: readonly string[]): string[] {
  const byMajor = servers.map((server): [number, Map<string, Facts>] => {
    const major = majorOf(server);
    return [major, factsOf(server, major)];
  });
  const names = new Set(byMajor.flatMap(([, facts]) => [...facts.keys()]));
  return [...names].sort().flatMap((name) => {
    const spans: { from: number; to: number; facts: Facts }[] = [];
    for (const [major, facts] of byMajor.sort(([a], [b]) => a - b)) {
      const here = facts.get(name);
      const last = spans.at(-1);
      if (here === undefined) continue;
      if (last?.facts === here && last.to === major - 1) last.to = major;
      else spans.push({ from: major, to: major, facts: here });
    }
    return spans.map(({ from, to, facts }) => `${name}|${from}${to > from ? `-${to}` : ""}|${facts}`);
  });
}

const targets = ["components/cluster/postgresParameters.ts", "policies/core/postgresParameters.ts"];

function main(servers: readonly string[]): void {
  const text = [
    "// Written by tools/generate/parameters.ts from servers of every major; do not edit.",
    "",
    "/**",
    " * Every parameter of Postgres, `name|majors|type|...`: for numbers the unit, the least and the most; for enumerations the values,",
    " * after a minus sign those that are taken and not listed; for a former name the present one. `dev` is a developer option,",
    " * with its default after it, and a `preset` can't be set in a configuration.",
    " */",
    "export const postgresParameters = `",
    ...lines(servers),
    "`;",
    "",
  ].join("\n");
  for (const target of targets) writeFileSync(join(__dirname, "../..", target), text);
}

if (require.main === module) main(process.argv.slice(2));
