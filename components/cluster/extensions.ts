/** What is known of an extension, or of a library that works without one. */
interface Known {
  /** What its parameters begin with. */
  readonly prefixes: readonly string[];
  /** What has to be in `shared_preload_libraries` for it. */
  readonly library: string | undefined;
}

/** `name`, then the prefixes of its parameters; `+` before the name: it has to be preloaded. */
const knownExtensions = `
  +auto_explain auto_explain
  +citus citus
  +credcheck credcheck
  +pg_cron cron
  +pg_duckdb duckdb
  +pg_failover_slots pg_failover_slots
  +pg_net pg_net
  +pg_qualstats pg_qualstats
  +pg_show_plans pg_show_plans
  +pg_squeeze squeeze
  +pg_stat_kcache pg_stat_kcache
  +pg_stat_monitor pg_stat_monitor
  +pg_stat_statements pg_stat_statements
  +pg_tde pg_tde
  +pg_wait_sampling pg_wait_sampling
  +pgaudit pgaudit
  +pglogical pglogical
  +set_user set_user
  +timescaledb timescaledb
  +vchord vchordrq vchordg
  +vectors vectors
  age age
  anon anon
  auth_delay auth_delay
  basic_archive basic_archive
  basebackup_to_shell basebackup_to_shell
  passwordcheck passwordcheck
  pg_hint_plan pg_hint_plan
  pg_partman pg_partman_bgw
  pg_prewarm pg_prewarm
  pg_trgm pg_trgm
  pgsodium pgsodium
  plpgsql plpgsql plpgsql_check
  plperl plperl
  plv8 plv8
  postgis postgis
  postgres_fdw postgres_fdw
  pltcl pltcl pltclu
  rum rum
  vector hnsw ivfflat`;

const known = new Map<string, Known>(
  knownExtensions
    .trim()
    .split("\n")
    .map((line): [string, Known] => {
      const [name = "", ...prefixes] = line.trim().split(" ");
      const plain = name.replace("+", "");
      return [plain, { prefixes, library: name.startsWith("+") ? plain : undefined }];
    }),
);

const prefixes = new Set([...known.values()].flatMap((extension) => extension.prefixes));

/** What has to be preloaded for an extension; undefined if nothing has, or if it is not known. */
export function libraryOf(extension: string): string | undefined {
  return known.get(extension)?.library;
}

/** A library without its folder and ending: `$libdir/pg_cron.so` is `pg_cron`. */
export function plainLibrary(library: string): string {
  return library.replace(/^.*\//, "").replace(/\.so$/, "");
}

/** The extension that reads parameters with a prefix; undefined if none is known. */
export function extensionOf(prefix: string): string | undefined {
  for (const [name, extension] of known) if (extension.prefixes.includes(prefix)) return name;
  return undefined;
}

/** The prefix that somebody meant by one that no extension has: a slip in a longer one, or the extension's own name. */
export function extensionPrefix(prefix: string): string | undefined {
  if (prefixes.has(prefix)) return undefined;
  const own = known.get(prefix)?.prefixes[0] ?? (prefix === "pgvector" ? "hnsw" : undefined);
  return own ?? [...prefixes].find((other) => other.length >= 7 && oneSlip(prefix, other));
}

/** Whether one letter was added, left out, or written as another one, or two beside each other changed places. */
function oneSlip(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let i = 0;
  while (i < short.length && short[i] === long[i]) i++;
  const swapped =
    short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2);
  return short.length === long.length
    ? short.slice(i + 1) === long.slice(i + 1) || swapped
    : short.slice(i) === long.slice(i + 1);
}
