import type { GrantArgs } from "../../../components/index";

/** The roles of the table, each with one flag; `connect` stands for none. */
export const flags: Readonly<Record<string, GrantArgs>> = {
  connect: {},
  read: { read: ["public", "sales"] },
  write: { write: ["public"] },
  both: { read: ["*"], write: ["*"] },
  tables: { createTables: ["public"] },
  schemas: { createSchema: true },
  calls: { executeFunctions: ["public"] },
  metadata: { metadataAccess: true },
  roles: { manageRoles: true },
  now: { read: ["public"], defaultPrivileges: false },
};

/** What the owner makes: with `old` before the grants, with `new` after them. */
export const objectsOf = (age: "old" | "new") => `
CREATE TABLE public.${age}_items (id serial PRIMARY KEY, v int);
INSERT INTO public.${age}_items (v) VALUES (1);
CREATE VIEW public.${age}_view AS SELECT v FROM public.${age}_items;
CREATE TABLE sales.${age}_orders (v int);
CREATE FUNCTION public.${age}_f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE public.${age}_p() LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION sales.${age}_f() RETURNS int LANGUAGE sql AS 'SELECT 1';`;

/** Who may run a statement; all others lack the privilege. `now` may only on what is old. */
export interface Row {
  readonly sql: string;
  readonly allowed: readonly string[];
}

const everybody = Object.keys(flags);
const ofAge = (age: "old" | "new", reads: readonly string[]): readonly Row[] => [
  { sql: `SELECT * FROM public.${age}_items`, allowed: reads },
  { sql: `SELECT * FROM public.${age}_view`, allowed: reads },
  { sql: `SELECT v FROM public.${age}_items FOR UPDATE`, allowed: ["both"] },
  { sql: `SELECT last_value FROM public.${age}_items_id_seq`, allowed: reads },
  { sql: `SELECT * FROM sales.${age}_orders`, allowed: ["read", "both"] },
  { sql: `INSERT INTO public.${age}_items (v) VALUES (2)`, allowed: ["write", "both"] },
  { sql: `INSERT INTO public.${age}_items (v) VALUES (2) RETURNING v`, allowed: ["both"] },
  { sql: `UPDATE public.${age}_items SET v = 3`, allowed: ["write", "both"] },
  { sql: `UPDATE public.${age}_items SET v = 3 WHERE id = 1`, allowed: ["both"] },
  { sql: `DELETE FROM public.${age}_items`, allowed: ["write", "both"] },
  { sql: `INSERT INTO sales.${age}_orders VALUES (2)`, allowed: ["both"] },
  { sql: `SELECT nextval('public.${age}_items_id_seq')`, allowed: ["write", "both"] },
  { sql: `SELECT setval('public.${age}_items_id_seq', 9)`, allowed: [] },
  { sql: `TRUNCATE public.${age}_items`, allowed: [] },
  { sql: `ALTER TABLE public.${age}_items ADD w int`, allowed: [] },
  { sql: `DROP TABLE public.${age}_items`, allowed: [] },
  { sql: `CREATE INDEX ON public.${age}_items (v)`, allowed: [] },
  {
    sql: `CREATE TRIGGER t BEFORE INSERT ON public.${age}_items EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    allowed: [],
  },
  { sql: `SELECT public.${age}_f()`, allowed: ["calls"] },
  { sql: `CALL public.${age}_p()`, allowed: ["calls"] },
  { sql: `SELECT sales.${age}_f()`, allowed: [] },
  { sql: `SELECT 'sales.${age}_orders'::regclass`, allowed: ["read", "both", "metadata"] },
];

/** The table of allowed and refused statements. */
export const table: readonly Row[] = [
  ...ofAge("old", ["read", "both", "now"]),
  ...ofAge("new", ["read", "both"]),
  { sql: "CREATE TABLE public.own (v int)", allowed: ["tables"] },
  { sql: "CREATE VIEW public.own AS SELECT 1 AS v", allowed: ["tables"] },
  { sql: "CREATE FUNCTION public.own() RETURNS int LANGUAGE sql AS 'SELECT 1'", allowed: ["tables"] },
  { sql: "CREATE TABLE sales.own (v int)", allowed: [] },
  { sql: "CREATE TEMPORARY TABLE own (v int)", allowed: ["tables"] },
  { sql: "CREATE SCHEMA own", allowed: ["schemas"] },
  // It is marked as trusted: who may create in the database may have it.
  { sql: "CREATE EXTENSION citext SCHEMA public", allowed: ["schemas"] },
  { sql: "CREATE EXTENSION pageinspect SCHEMA public", allowed: [] },
  { sql: "CREATE ROLE own", allowed: ["roles"] },
  { sql: "ALTER ROLE orders PASSWORD 'x'", allowed: [] },
  { sql: "GRANT orders TO CURRENT_USER", allowed: [] },
  { sql: "SET ROLE orders", allowed: [] },
  { sql: "ALTER DATABASE orders SET work_mem = '1GB'", allowed: [] },
  { sql: "ALTER DEFAULT PRIVILEGES FOR ROLE orders GRANT SELECT ON TABLES TO PUBLIC", allowed: [] },
  { sql: "SELECT passwd FROM pg_shadow", allowed: [] },
  { sql: "COPY (SELECT 1) TO PROGRAM 'true'", allowed: [] },
  { sql: "SELECT count(*) FROM pg_class", allowed: everybody },
  { sql: "SELECT count(*) FROM information_schema.tables", allowed: everybody },
];
