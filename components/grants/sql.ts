import { quoteLiteral } from "../units/sql";
import { declarationSetting, defaults, inSchema, memorySchema, nameOf, plural, rights } from "./catalogs";
import type { Privilege } from "./vocabulary";

/** What holds in one database: all that the SQL is told. */
export interface Declaration {
  /** Whether rights are declared here at all: only then does everybody lose `CONNECT` and the like. */
  readonly exclusive: boolean;
  /** Roles whose rights are declared: they have those below and no others. */
  readonly roles: readonly string[];
  /** Schemas that have to be there first, and their owners where these are declared. */
  readonly schemas: readonly { readonly name: string; readonly owner?: string }[];
  readonly wanted: readonly Privilege[];
}

/** Hands the declaration to the session: the one place where text of a stack file enters SQL, as one literal. */
function declare(declaration: Declaration): string {
  return `SELECT set_config('${declarationSetting}', ${quoteLiteral(JSON.stringify(declaration))}, false);`;
}

const readDeclaration = `  declared CONSTANT jsonb := current_setting('${declarationSetting}');
  remembered text[] := '{}';
  former record;`;

/**
 * Two of these jobs at a time would trip over each other's rows. Whoever may connect can hold an advisory lock for ever, so
 * that only sessions which act as the database's owner are waited for; a job that trips after all fails, and is tried again.
 */
const takeTurns = `DO $turns$
DECLARE
  others text;
  waited boolean;
  unknown integer := 0;
BEGIN
  WHILE NOT pg_try_advisory_xact_lock(720460237, hashtext(current_database())) LOOP
    SELECT string_agg(DISTINCT quote_ident(a.usename), ', '), bool_or(pg_has_role(a.usesysid, d.datdba, 'USAGE'))
    INTO others, waited
    FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_database d ON d.datname = current_database()
    WHERE l.locktype = 'advisory' AND l.granted AND l.database = d.oid
      AND (l.classid, l.objid, l.objsubid) = (720460237, (hashtext(current_database())::bigint & 4294967295)::oid, 2);
    IF others IS NULL AND unknown < 10 THEN
      unknown := unknown + 1;
    ELSIF waited IS NOT TRUE THEN
      IF others IS DISTINCT FROM quote_ident(current_user) THEN
        RAISE WARNING 'not waited for: % holds the lock by which these jobs take turns', coalesce(others, 'nobody');
      END IF;
      EXIT;
    END IF;
    PERFORM pg_sleep(0.5);
  END LOOP;
END
$turns$;`;

/** Says that the list is not the owner's to write or to obey, and what a superuser does about it. */
const notOurs = (detail: string) => `
      RAISE EXCEPTION 'schema ${memorySchema} belongs to %, and % makes the grants of this database', former.rolname, current_user
        USING ERRCODE = 'insufficient_privilege', DETAIL = ${detail}, HINT = CASE
          WHEN former.rolsuper THEN format('As a superuser, in this database: ALTER SCHEMA ${memorySchema} OWNER TO %I', current_user)
          ELSE format('As a superuser, in this database: if it had that owner before, REASSIGN OWNED BY %I TO %I; if never, DROP SCHEMA ${memorySchema}',
            former.rolname, current_user) END;`;

/**
 * Reads which roles had rights here. Whoever may create schemas could make this one and forge its comment, so that it
 * counts only where the schema is the database owner's, or a superuser's. A comment that is no list is not obeyed either.
 */
const readMemory = `
  SELECT r.rolname, r.rolsuper, r.rolsuper OR n.nspowner = d.datdba AS trusted INTO former
  FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner JOIN pg_database d ON d.datname = current_database()
  WHERE n.nspname = '${memorySchema}';
  IF former.trusted THEN
    BEGIN
      SELECT coalesce(array_agg(role), '{}') INTO remembered
      FROM jsonb_array_elements_text(obj_description(to_regnamespace('${memorySchema}'), 'pg_namespace')::jsonb) AS m (role);
    EXCEPTION WHEN data_exception THEN
      RAISE WARNING 'the comment of schema ${memorySchema} is not the one of this job; roles that left the file are not known';
    END;
  END IF;`;

/** For the database's owner: the same, and fails where the schema is somebody's whose list is not obeyed. */
const readOwnMemory = `${readMemory}
  IF NOT former.trusted THEN${notOurs("'what it says of who had rights is not obeyed'")}
  END IF;`;

/** Writes down a list of roles that have rights here, the variable `kept`. */
const writeMemory = `
  IF kept <> remembered THEN
    BEGIN
      IF to_regnamespace('${memorySchema}') IS NULL THEN
        CREATE SCHEMA ${memorySchema};
      END IF;
      EXECUTE format('COMMENT ON SCHEMA ${memorySchema} IS %L', to_jsonb(kept));
    EXCEPTION WHEN insufficient_privilege THEN${notOurs("SQLERRM")}
    END;
  END IF;`;

/** Query of the roles and schemas that are declared and not there. */
const missing = (declared: string) => `SELECT 'role ' || quote_ident(w.role)
FROM jsonb_to_recordset(${declared} -> 'wanted') AS w (role text)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = w.role)
UNION
SELECT 'schema ' || quote_ident(s.name) || coalesce(' of ' || quote_ident(s.owner), '')
FROM jsonb_to_recordset(${declared} -> 'schemas') AS s (name text, owner text)
WHERE NOT EXISTS (
  SELECT FROM pg_namespace WHERE nspname = s.name AND (s.owner IS NULL OR pg_get_userbyid(nspowner) = s.owner))`;

/** Prints the roles and schemas that are not there yet, one a line. */
export function missingSql(declaration: Declaration): string {
  return `SET search_path = pg_catalog;
\\o /dev/null
${declare(declaration)}
\\o
${missing(`current_setting('${declarationSetting}')::jsonb`)};
`;
}

/**
 * For the database's owner, in the transaction that grants: notes who is to have rights beside those who had some. Only the
 * report takes one out again, so that a Job that fails in between leaves nobody with rights that no later one knows of.
 */
export function rememberSql(declaration: Declaration): string {
  return `SET search_path = pg_catalog;
SET client_min_messages = notice;
${takeTurns}
${declare(declaration)}
DO $remember$
#variable_conflict use_variable
DECLARE
${readDeclaration}
  kept text[];
BEGIN${readOwnMemory}
  SELECT coalesce(array_agg(DISTINCT k.role ORDER BY k.role), '{}') INTO kept
  FROM (
    SELECT unnest(remembered)
    UNION ALL
    SELECT w.role FROM jsonb_to_recordset(declared -> 'wanted') AS w (role text)
  ) AS k (role);${writeMemory}
END
$remember$;
`;
}

/**
 * Makes the rights on everything that the current role owns what they are declared to be: revokes what is too much,
 * grants what is missing, says each statement, and does nothing where nothing is to be done. One transaction.
 */
export function grantsSql(declaration: Declaration): string {
  return `SET search_path = pg_catalog;
SET client_min_messages = notice;
${takeTurns}
${declare(declaration)}
DO $grants$
#variable_conflict use_variable
DECLARE
${readDeclaration}
  statements text[];
  statement text;
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RAISE EXCEPTION 'grants are not made as a superuser';
  ELSIF current_setting('server_version_num')::integer < 150000 THEN
    RAISE EXCEPTION 'grants need Postgres 15: before, everybody may create in schema public, and the owner can''t revoke that';
  END IF;${readMemory}
  WITH ${rights.trim()},
  ${defaults.trim()},
  steps (number, text) AS (
    SELECT 1, format('REVOKE %s ON %s FROM %s CASCADE', string_agg(privilege, ', ' ORDER BY privilege), target, ${nameOf("grantee")})
    FROM excess WHERE grantor = owner AND pg_has_role(owner, 'USAGE') GROUP BY target, grantee
    UNION ALL
    SELECT 2, format('REVOKE %s (%I) ON %s FROM %s CASCADE', string_agg(privilege, ', ' ORDER BY privilege), attname, target, ${nameOf("grantee")})
    FROM columns WHERE grantor = owner AND pg_has_role(owner, 'USAGE') GROUP BY target, attname, grantee
    UNION ALL
    SELECT 3, format('ALTER DEFAULT PRIVILEGES %sREVOKE %s ON %s FROM %s', ${inSchema},
      string_agg(privilege, ', ' ORDER BY privilege), ${plural}, ${nameOf("grantee")})
    FROM default_excess GROUP BY schema, type, grantee
    UNION ALL
    SELECT 4, CASE WHEN creator THEN 'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC'
      ELSE 'ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON ROUTINES TO PUBLIC' END
    FROM public_calls
    WHERE (creator AND NOT revoked AND (declared ->> 'exclusive')::boolean) OR (revoked AND NOT creator)
    UNION ALL
    SELECT 5, format('GRANT %s ON %s TO %s', string_agg(privilege, ', ' ORDER BY privilege), target, ${nameOf("grantee")})
    FROM lacking WHERE pg_has_role(owner, 'USAGE') GROUP BY target, grantee
    UNION ALL
    SELECT 6, format('ALTER DEFAULT PRIVILEGES %sGRANT %s ON %s TO %s', ${inSchema},
      string_agg(privilege, ', ' ORDER BY privilege), ${plural}, ${nameOf("grantee")})
    FROM default_lacking GROUP BY schema, type, grantee
  )
  SELECT coalesce(array_agg(s.text ORDER BY s.number, s.text), '{}') INTO statements FROM steps s;
  FOREACH statement IN ARRAY statements LOOP
    RAISE NOTICE '%', statement;
    EXECUTE statement;
  END LOOP;
END
$grants$;
`;
}

/**
 * For the database's owner, at the end: tells of what differs still because somebody else granted it or owns it, and forgets
 * those who are no longer in the file and have no rights left. Fails if a role or a schema went meanwhile: what is
 * declared for it was not made, and no other Job would come.
 */
export function reportSql(declaration: Declaration): string {
  return `SET search_path = pg_catalog;
SET client_min_messages = notice;
${takeTurns}
${declare(declaration)}
DO $report$
#variable_conflict use_variable
DECLARE
${readDeclaration}
  kept text[];
  absent text;
  lines text[];
  line text;
BEGIN
  SELECT string_agg(m.text, ', ') INTO absent FROM (
${missing("declared")}) AS m (text);
  IF absent IS NOT NULL THEN
    RAISE EXCEPTION 'this went while the grants were made: %', absent;
  END IF;${readOwnMemory}
  WITH ${rights.trim()},
  promised AS (
    SELECT a.grantee, d.defaclrole AS creator
    FROM pg_default_acl d CROSS JOIN aclexplode(d.defaclacl) a
    WHERE a.grantee IN (SELECT oid FROM grantees) AND a.grantee NOT IN (SELECT grantee FROM wanted) AND a.grantee <> d.defaclrole
  ),
  told (text) AS (
    SELECT format('%s has %s on %s, which is not declared: %s granted it', ${nameOf("grantee")},
      string_agg(privilege, ', ' ORDER BY privilege), target, pg_get_userbyid(grantor))
    FROM excess GROUP BY target, grantee, grantor
    UNION ALL
    SELECT format('%s has %s on column %I of %s, which is not declared: %s granted it', ${nameOf("grantee")},
      string_agg(privilege, ', ' ORDER BY privilege), attname, target, pg_get_userbyid(grantor))
    FROM columns GROUP BY target, attname, grantee, grantor
    UNION ALL
    SELECT DISTINCT format('%s has default privileges on what %s creates, which is not declared', ${nameOf("grantee")},
      pg_get_userbyid(creator))
    FROM promised
    UNION ALL
    SELECT format('%s lacks %s on %s, which is declared: it belongs to %s', ${nameOf("grantee")},
      string_agg(privilege, ', ' ORDER BY privilege), target, pg_get_userbyid(holder))
    FROM lacking GROUP BY target, grantee, holder
    UNION ALL
    SELECT format('everybody has %s on %s', string_agg(privilege, ', ' ORDER BY privilege), target)
    FROM standing
    WHERE grantee = 0 AND kind IN ('table', 'sequence') AND (declared ->> 'exclusive')::boolean GROUP BY target
  )
  SELECT (SELECT coalesce(array_agg(t.text ORDER BY t.text), '{}') FROM told t),
    (SELECT coalesce(array_agg(m.role ORDER BY m.role), '{}')
      FROM unnest(remembered) AS m (role) JOIN pg_roles r ON r.rolname = m.role
      WHERE r.oid IN (
        SELECT grantee FROM wanted UNION SELECT grantee FROM excess UNION SELECT grantee FROM columns
        UNION SELECT grantee FROM promised))
  INTO lines, kept;
  FOREACH line IN ARRAY lines[1:50] LOOP
    RAISE WARNING '%', line;
  END LOOP;
  IF cardinality(lines) > 50 THEN
    RAISE WARNING '… and % more', cardinality(lines) - 50;
  END IF;${writeMemory}
END
$report$;
`;
}

/** Prints the places in a list of those roles that have default privileges of their own here, which only they can take back. */
export function leftoversSql(roles: readonly string[]): string {
  return `SELECT r.place - 1
FROM pg_catalog.jsonb_array_elements_text(${quoteLiteral(JSON.stringify(roles))}) WITH ORDINALITY AS r (name, place)
  JOIN pg_catalog.pg_roles p ON p.rolname = r.name
WHERE EXISTS (SELECT FROM pg_catalog.pg_default_acl WHERE defaclrole = p.oid)
ORDER BY 1;
`;
}

/** Prints, for those of a list of roles that Postgres itself says can't log in here: the place in the list, and why. */
export function refusalsSql(roles: readonly string[]): string {
  return `SET search_path = pg_catalog;
SELECT format('%s %s', place, why)
FROM (
  SELECT r.place - 1 AS place, concat_ws(', ',
    CASE WHEN p.oid IS NULL THEN 'there is no such role' END,
    CASE WHEN NOT p.rolcanlogin THEN 'it may not log in' END,
    CASE WHEN p.rolvaliduntil <= now() THEN format('its password expired at %s (validUntil)', p.rolvaliduntil) END,
    CASE WHEN p.rolconnlimit = 0 THEN 'its connection limit is 0' END,
    CASE WHEN NOT has_database_privilege(p.oid, current_database(), 'CONNECT')
      THEN 'it lacks CONNECT, by itself and by inheritance' END) AS why
  FROM jsonb_array_elements_text(${quoteLiteral(JSON.stringify(roles))}) WITH ORDINALITY AS r (name, place)
    LEFT JOIN pg_roles p ON p.rolname = r.name
) AS found
WHERE why <> ''
ORDER BY place;
`;
}
