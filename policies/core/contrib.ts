import { type Image, isOfficialPostgres } from "./image";

/** What CNPG puts into an image of Postgres. */
export type Flavor = "minimal" | "standard" | "system";

/** Majors whose contrib is known. */
const majors = [14, 15, 16, 17, 18];

/** Extensions of Postgres' contrib, in all of these majors. */
const extensions = `
  amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch
  hstore insert_username intagg intarray isn lo ltree moddatetime pageinspect pg_buffercache pg_freespacemap pg_prewarm
  pg_stat_statements pg_surgery pg_trgm pg_visibility pgcrypto pgrowlocks pgstattuple plpgsql postgres_fdw refint seg
  sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp xml2`;

/** Those that came or went: first and last major. */
const inSome: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["adminpack", [14, 16]],
  ["old_snapshot", [14, 16]],
  ["pg_logicalinspect", [18, 18]],
  ["pg_overexplain", [18, 18]],
  ["pg_walinspect", [15, 18]],
]);

/** Libraries without an extension, or of another name than theirs. */
const libraries =
  "_int auth_delay auto_explain basic_archive basebackup_to_shell passwordcheck pgoutput pgxml sepgsql test_decoding";

/** What the standard and system images add (postgres-containers, README); the oldest system images have less. */
const added = new Set(["pg_failover_slots", "pgaudit", "vector"]);

/** Languages, which are packages of their own: some builds have them. */
const languages = /^(pl|.*_pl)(perl|python|tcl|v8)|^plr$/;

const always = new Set(`${extensions} ${libraries}`.trim().split(/\s+/));

/** What is in an image of CNPG's own; undefined for any other. One whose tag names no flavor is of the old system kind. */
export function flavorOf(image: Image): Flavor | undefined {
  if (!isOfficialPostgres(image) || image.major === undefined) return undefined;
  return (/-(standard|minimal)(?=-|$)/.exec(image.tag)?.[1] as Flavor | undefined) ?? "system";
}

/** Whether an image of CNPG's own has an extension or a library; undefined where nobody knows. */
export function isInImage(flavor: Flavor, name: string, major: number): boolean | undefined {
  if (!majors.includes(major) || languages.test(name)) return undefined;
  const [first, last] = inSome.get(name) ?? [];
  if (first !== undefined && last !== undefined) return major >= first && major <= last;
  return always.has(name) || (added.has(name) && flavor !== "minimal");
}
