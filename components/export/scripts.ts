import { waitForPostgres } from "../jobs/psql";

/*
 * What the jobs run: POSIX shell, so that Debian's and Alpine's both do. Whatever differs from job to job comes in by
 * the environment or as an argument, so nothing has to be quoted into them.
 */

/** Exit code of what will not become better by trying again. */
export const finalExitCode = 42;

/** What stands in the name of a dump from which tables or rows were left out; in no name of an export there is a dot. */
export const partialMark = ".partial";

/**
 * Dumps the database; arguments are pg_dump's own. The dump's name is when, which export and which pod: to S3, the right to
 * create an object is also the right to write over one, and neither two exports nor two clusters whose dumps go to one folder
 * may meet in a name.
 */
export const dumpScript = `${waitForPostgres}
cd /dump
name=$(date -u +%Y%m%dT%H%M%SZ)-$EXPORT-\${HOSTNAME##*-}$PARTIAL.dump
echo "dumping database $PGDATABASE of $PGHOST"
pg_dump --format=custom --no-password --file="$name" "$@"
pg_restore --list "$name" >/dev/null
sha256sum "$name" >"$name.sha256"
echo "$name" >name
echo "$name: $(wc -c <"$name") bytes, sha256 $(cut -d ' ' -f 1 "$name.sha256")"`;

/**
 * Carries dump and checksum to the bucket, the checksum last. Nothing is looked up there before, so that the right to create
 * is enough; what is there already can't be written over without the right to delete.
 */
export const uploadScript = `name=$(cat /dump/name)
for file in "$name" "$name.sha256"; do
  rclone copyto --verbose --no-check-dest "/dump/$file" "$DUMP_REMOTE/$file"
done
echo "exported to $DUMP_FOLDER/$name"`;

const ask = `ask() { psql -X -A -t -q -v ON_ERROR_STOP=1 "$@"; }
mark() {
  ask -v text="$1" <<'END'
select format('comment on database %I is %L', current_database(), :'text') \\gexec
END
}
state() {
  ask -c "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = current_database()"
}`;

/**
 * Looks whether there is anything to do. That a dump was imported is noted in the database's comment: before it begins, and
 * when it is done. So what follows a pod that was lost knows where that stood.
 */
export const lookScript = `${waitForPostgres}
${ask}
refuse() { echo "refused: $1" >&2; exit ${finalExitCode}; }
lacking() {
  ask -v extensions="$EXTENSIONS" -v schemas="$SCHEMAS" <<'END'
select string_agg(name, ', ') from (
  select 'extension ' || e from json_array_elements_text(:'extensions') e
    where not exists (select from pg_extension where extname = e)
  union all
  select 'schema ' || s from json_array_elements_text(:'schemas') s
    where not exists (select from pg_namespace where nspname = s)
) missing (name);
END
}
until missing=$(lacking) && [ -z "$missing" ]; do
  echo "waiting for $missing"
  sleep 5
done
state=$(state)
tables=$(ask -c "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')")
again="raise the cluster's generation to begin anew"
case "$state" in
  "imported: $WANTED"*)
    echo "nothing to do: $state"
    touch /dump/done ;;
  "imported: "*)
    refuse "database $PGDATABASE has another dump already ($state); $again" ;;
  "importing: $WANTED"*)
    # That it is done is noted in the transaction that restores: without the note, what is there is not known to be the dump's.
    if [ "$tables" -gt 0 ]; then
      unknown="made by others since, or with jobs a part of the dump"
      refuse "an import into database $PGDATABASE was begun and not noted as complete, and there are $tables tables, views or sequences: $unknown; $again, and let no application in before the import is done"
    fi ;;
  *)
    if [ "$tables" -gt 0 ]; then refuse "database $PGDATABASE has $tables tables, views or sequences already; an import is for a new one"; fi ;;
esac`;

/**
 * Fetches the dump, and compares its checksum. If none is named it is the newest of the export that is named, or of all from which
 * nothing was left out: names of former versions don't tell that.
 */
export const fetchScript = `if [ -e /dump/done ]; then exit 0; fi
refuse() { echo "refused: $1" >&2; exit ${finalExitCode}; }
name=$OBJECT
if [ -z "$name" ]; then
  # Names begin with a time. What has no checksum is not whole. In a pipe, a failure to list would look like nothing there.
  rclone lsf --files-only --include '*.dump.sha256' "$DUMP_REMOTE" >/tmp/names
  time='^[0-9]{8}T[0-9]{6}Z'
  case "$EXPORT" in
  "") what="from which nothing was left out"; own="$time-[a-z0-9-]+-[a-z0-9]+\\.dump\\.sha256$" ;;
  *) what="of export $EXPORT"; own="$time-$EXPORT-[a-z0-9]+(\\${partialMark})?\\.dump\\.sha256$" ;;
  esac
  grep -E "$own" /tmp/names >/tmp/own || true
  name=$(LC_ALL=C sort /tmp/own | tail -n 1)
  if [ -z "$name" ]; then
    others=$(wc -l </tmp/names)
    if [ "$others" -eq 0 ]; then refuse "there is no dump with a checksum in $DUMP_FOLDER"; fi
    refuse "there is no dump in $DUMP_FOLDER that is known to be one $what; there are $((others)) others, the last of them $(LC_ALL=C sort /tmp/names | tail -n 1 | sed 's/.sha256$//'). Name one with importDump.from.object; names without an export are of former versions, and don't tell whether tables or rows were left out"
  fi
  name=\${name%.sha256}
fi
case "$name" in *${partialMark}.dump) echo "$name is partial: its export left tables or rows out" ;; esac
rclone copyto --verbose "$DUMP_REMOTE/$name.sha256" /dump/sum
rclone copyto --verbose "$DUMP_REMOTE/$name" /dump/dump
want=$(cut -d ' ' -f 1 /dump/sum)
have=$(sha256sum /dump/dump | cut -d ' ' -f 1)
if [ "$have" != "$want" ]; then refuse "$DUMP_FOLDER/$name is not what was exported: its sha256 is $have, and was $want"; fi
echo "$name, sha256 $have" >/dump/name
echo "fetched $DUMP_FOLDER/$name: sha256 $have is as exported"`;

/**
 * Restores as the database's owner; arguments are pg_restore's own. Left out is what an owner may not make: extensions,
 * which are there already, and event triggers; and schemas that are there.
 */
export const restoreScript = `if [ -e /dump/done ]; then exit 0; fi
${ask}
pg_restore --list /dump/dump >/tmp/all
grep -Ev '^[0-9]+; [0-9]+ [0-9]+ (COMMENT - )?(EXTENSION|EVENT TRIGGER) ' /tmp/all >/tmp/list
ask -c "select nspname from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema'" >/tmp/schemas
while IFS= read -r schema; do
  grep -Fv " SCHEMA - $schema " /tmp/list >/tmp/rest || true
  mv /tmp/rest /tmp/list
done </tmp/schemas
mark "importing: $WANTED"
done="imported: $WANTED ($(cat /dump/name))"
restore() {
  pg_restore --exit-on-error --no-password --no-owner --no-privileges --no-publications --no-subscriptions \\
    --no-security-labels --use-list=/tmp/list "$@" /dump/dump
}
if [ "$PARALLEL" -eq 0 ] && pg_restore --help | grep -q restrict-key; then
  # One transaction for the data and for the note that they are there. pg_restore ends it, and not if it fails: then the
  # connection's end undoes all, with which psql is content. So what counts is the note.
  {
    cat <<'END'
set client_min_messages = error;
begin;
select format('comment on database %I is %L', current_database(), :'text') \\gexec
END
    restore --file=- "$@"
  } | ask -v text="$done" >/dev/null
  if [ "$(state)" != "$done" ]; then echo "pg_restore failed; all of it was undone" >&2; exit 1; fi
else
  # With several connections there are several transactions; and what an older pg_restore writes for psql could have
  # commands for psql in it.
  restore --dbname="$PGDATABASE" "$@"
  mark "$done"
fi
# A dump has no statistics.
ask <<'END'
select format('analyze %I.%I', nspname, relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where relkind in ('r', 'p', 'm') and pg_get_userbyid(relowner) = current_user \\gexec
END
echo "imported $(cat /dump/name) into database $PGDATABASE"`;
