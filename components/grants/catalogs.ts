/*
 * How the catalogs are read: the parts of the queries that grant and of those that report. Every text here is
 * constant. What a stack file says comes in as one JSON value, which Postgres parses, and names go into statements through
 * format('%I') and Postgres' own regclass and regprocedure alone.
 */

/** Setting of the transaction that carries the declaration, a JSON text. */
export const declarationSetting = "pulumi_cnpg.declared";

/** Schema, empty and the owner's, whose comment tells which roles had rights when the job last ran. */
export const memorySchema = "pulumi_cnpg";

/**
 * Roles of CNPG that connect to databases of applications and are no superusers. Since 1.29.1 the metrics are read by one
 * (`MetricsExporterUserName` in api/v1/cluster_types.go): by default in the cluster's first database, custom queries also in
 * others (pkg/management/postgres/metrics/collector.go). `streaming_replica` and `cnpg_pooler_pgbouncer` connect to
 * database `postgres` alone (pkg/postgres/configuration.go, `PoolerAuthDBName`), whose rights no job changes.
 */
const operatorRoles = ["cnpg_metrics_exporter"] as const;

/**
 * Common table expressions of what there is and what is asked for. They expect the variables `declared` (jsonb) and
 * `remembered` (text[]).
 *
 * `objects` are those of the database that rights are granted on: not Postgres' own, and not those of extensions, which
 * extensions look after themselves. `holder` owns an object in the end: schema public belongs to whoever owns the database.
 */
export const rights = `
  here AS (SELECT * FROM pg_database WHERE datname = current_database()),
  spaces AS (
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
  ),
  found (kind, schema, target, owner, acl, class, oid) AS (
    SELECT 'database', NULL::name, format('DATABASE %I', datname), datdba, coalesce(datacl, acldefault('d', datdba)),
      'pg_database'::regclass, oid
    FROM here
    UNION ALL
    SELECT 'schema', nspname, format('SCHEMA %I', nspname), nspowner, coalesce(nspacl, acldefault('n', nspowner)),
      'pg_namespace'::regclass, oid
    FROM spaces
    UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, nspname,
      format('%s %s', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass), relowner,
      coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner)),
      'pg_class'::regclass, c.oid
    FROM pg_class c JOIN spaces s ON s.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 'routine', nspname, format('ROUTINE %s', p.oid::regprocedure), proowner,
      coalesce(proacl, acldefault('f', proowner)), 'pg_proc'::regclass, p.oid
    FROM pg_proc p JOIN spaces s ON s.oid = pronamespace
  ),
  objects AS (
    SELECT f.*, CASE f.owner WHEN 'pg_database_owner'::regrole THEN datdba ELSE f.owner END AS holder
    FROM found f, here
    WHERE NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = f.class AND d.objid = f.oid AND d.objsubid = 0 AND d.deptype = 'e')
  ),
  wanted AS (
    SELECT w.kind, w.schema::name AS schema, r.oid AS grantee, w.privilege, coalesce(w.future, false) AS future
    FROM jsonb_to_recordset(declared -> 'wanted')
      AS w (kind text, schema text, role text, privilege text, future boolean)
    JOIN pg_roles r ON r.rolname = w.role
    UNION ALL
    -- What the operator needs once PUBLIC may no longer connect. An older one does not have the role.
    SELECT 'database', NULL, r.oid, 'CONNECT', false
    FROM pg_roles r, here
    WHERE r.rolname IN (${operatorRoles.map((role) => `'${role}'`).join(", ")}) AND ((declared ->> 'exclusive')::boolean
      OR NOT EXISTS (
        SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))
        WHERE grantee = 0 AND privilege_type = 'CONNECT'))
  ),
  grantees AS (
    SELECT oid FROM pg_roles WHERE declared -> 'roles' ? rolname OR rolname = ANY (remembered)
  ),
  standing AS (
    SELECT o.*, a.grantor, a.grantee, a.privilege_type AS privilege, a.is_grantable
    FROM objects o CROSS JOIN aclexplode(o.acl) a
    WHERE a.grantee NOT IN (o.owner, o.holder)
  ),
  excess AS (
    SELECT s.* FROM standing s
    WHERE s.grantee IN (SELECT oid FROM grantees)
      AND (s.is_grantable OR NOT EXISTS (
        SELECT FROM wanted w
        WHERE (w.kind, w.grantee, w.privilege) = (s.kind, s.grantee, s.privilege)
          AND w.schema IS NOT DISTINCT FROM s.schema))
    UNION ALL
    -- What everybody may do needs no grant, so a grant would mean nothing.
    SELECT s.* FROM standing s
    WHERE s.grantee = 0 AND (declared ->> 'exclusive')::boolean
      AND (s.kind IN ('database', 'routine') OR (s.kind, s.privilege) = ('schema', 'CREATE'))
  ),
  lacking AS (
    SELECT o.*, w.grantee, w.privilege
    FROM objects o JOIN wanted w ON w.kind = o.kind AND w.schema IS NOT DISTINCT FROM o.schema
    WHERE w.grantee <> o.holder AND NOT EXISTS (
      SELECT FROM standing s
      WHERE (s.class, s.oid, s.grantee, s.privilege) = (o.class, o.oid, w.grantee, w.privilege) AND NOT s.is_grantable)
  ),
  columns AS (
    SELECT f.target, f.owner, t.attname, a.grantor, a.grantee, a.privilege_type AS privilege
    FROM objects f
      JOIN pg_attribute t ON f.kind = 'table' AND t.attrelid = f.oid AND t.attacl IS NOT NULL AND NOT t.attisdropped
      CROSS JOIN aclexplode(t.attacl) a
    WHERE a.grantee IN (SELECT oid FROM grantees) AND a.grantee <> f.owner
  )`;

/** A role's name for a statement: `PUBLIC`, or quoted where it needs that. */
export const nameOf = (oid: string) =>
  `CASE ${oid} WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(${oid})) END`;

/**
 * Common table expressions of default privileges: those that stand for objects of the current role, and those asked
 * for. A role is asked for them where it may create: in schemas of its own and where it is granted `CREATE`.
 */
export const defaults = `
  me AS (SELECT oid FROM pg_roles WHERE rolname = current_user),
  creates AS (
    SELECT nspname AS schema FROM spaces WHERE pg_has_role(nspowner, 'USAGE')
    UNION
    SELECT schema FROM wanted WHERE kind IN ('schema', 'database') AND privilege = 'CREATE' AND pg_has_role(grantee, 'USAGE')
  ),
  default_standing AS (
    SELECT nspname AS schema, defaclobjtype AS type, a.grantee, a.privilege_type AS privilege, a.is_grantable
    FROM me JOIN pg_default_acl ON defaclrole = me.oid
      LEFT JOIN pg_namespace n ON n.oid = defaclnamespace
      CROSS JOIN aclexplode(defaclacl) a
    WHERE a.grantee <> me.oid
  ),
  default_wanted AS (
    SELECT w.schema, w.type, w.grantee, w.privilege
    FROM (
      SELECT *, (CASE kind WHEN 'table' THEN 'r' WHEN 'sequence' THEN 'S' ELSE 'f' END)::"char" AS type
      FROM wanted WHERE future
    ) w, me
    WHERE w.grantee <> me.oid AND w.schema IN (SELECT schema FROM creates) AND w.schema IN (SELECT nspname FROM spaces)
  ),
  default_excess AS (
    SELECT s.* FROM default_standing s
    WHERE s.grantee IN (SELECT oid FROM grantees)
      AND (s.is_grantable OR NOT EXISTS (
        SELECT FROM default_wanted w
        WHERE (w.schema, w.type, w.grantee, w.privilege) = (s.schema, s.type, s.grantee, s.privilege)))
  ),
  default_lacking AS (
    SELECT w.* FROM default_wanted w
    WHERE NOT EXISTS (
      SELECT FROM default_standing s
      WHERE (s.schema, s.type, s.grantee, s.privilege) = (w.schema, w.type, w.grantee, w.privilege) AND NOT s.is_grantable)
  ),
  -- Only the defaults of all schemas can take from PUBLIC what it has by default.
  public_calls AS (
    SELECT EXISTS (SELECT FROM creates) AS creator, EXISTS (
      SELECT FROM pg_default_acl, me
      WHERE defaclrole = me.oid AND defaclnamespace = 0 AND defaclobjtype = 'f'
        AND NOT EXISTS (SELECT FROM aclexplode(defaclacl) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')) AS revoked
  )`;

/** `IN SCHEMA …` where a default belongs to one. */
export const inSchema = `CASE WHEN schema IS NULL THEN '' ELSE format('IN SCHEMA %I ', schema) END`;

/** Kind of object of a default privilege, as a statement names it. */
export const plural = `CASE type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END`;
