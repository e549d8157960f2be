import type { ImageFlavour } from "../units";

/** Extensions of Postgres' contrib, in all majors from 14 to 18 but for those below. Read off servers of each. */
const extensions = `
  amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch
  hstore insert_username intagg intarray isn lo ltree moddatetime pageinspect pg_buffercache pg_freespacemap pg_prewarm
  pg_stat_statements pg_surgery pg_trgm pg_visibility pgcrypto pgrowlocks pgstattuple plpgsql postgres_fdw refint seg
  sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp xml2`;

/** Extensions that came or went: first and last major. */
const inSome: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["adminpack", [14, 16]],
  ["old_snapshot", [14, 16]],
  ["pg_logicalinspect", [18, 18]],
  ["pg_overexplain", [18, 18]],
  ["pg_walinspect", [15, 18]],
]);

/** Libraries of contrib that no extension belongs to. */
const libraries =
  "auth_delay auto_explain basic_archive basebackup_to_shell passwordcheck sepgsql test_decoding";

/** What CNPG's standard and system images add to Postgres (postgres-containers README). */
const added = "pg_failover_slots pgaudit vector";

/** What may be in some builds, and is not in others: languages, which are packages of their own. */
const unknown = /^(pl|.*_pl)(perl|python|tcl|v8)|^plr$/;

const words = (text: string) => text.trim().split(/\s+/);

const all: ReadonlyMap<ImageFlavour, ReadonlySet<string>> = new Map([
  ["minimal", new Set(words(`${extensions} ${libraries}`))],
  ["standard", new Set(words(`${extensions} ${libraries} ${added}`))],
  ["system", new Set(words(`${extensions} ${libraries} ${added}`))],
]);

/** Whether an image of CNPG's own has an extension or a library; undefined where nobody knows. */
export function inImage(flavour: ImageFlavour | undefined, name: string, major: number): boolean | undefined {
  if (flavour === undefined || unknown.test(name)) return undefined;
  const [first, last] = inSome.get(name) ?? [];
  if (first !== undefined && last !== undefined) return major >= first && major <= last;
  return all.get(flavour)?.has(name) === true;
}

/** All names that an image of CNPG's own has. */
export function contrib(flavour: ImageFlavour | undefined, major: number): readonly string[] {
  const some = [...inSome]
    .filter(([, [first, last]]) => major >= first && major <= last)
    .map(([name]) => name);
  return flavour === undefined ? [] : [...(all.get(flavour) ?? []), ...some];
}
