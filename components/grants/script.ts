import { trimFunction } from "../jobs/psql";

/** Where the SQL files are. */
export const folder = "/sql";

/** How it ends when all that failed is that users were not let in, after it has waited for that. */
const refusedCode = 4;

/** How often users who are not let in are tried again, two seconds apart: CNPG may be about to set their passwords. */
const rounds = 60;

/** Who takes part. */
export interface Cast {
  /** How many users it tries. */
  readonly users: number;
  /** How many there are who may not connect, or no longer. */
  readonly strangers: number;
  /** Whether CNPG takes blanks and line breaks off the ends of the owner's password. */
  readonly ownerTrimmed: boolean;
}

/**
 * What the Job does. No name of the stack file is in it: files and environment bring them.
 *
 * Who is no longer let in gives up first what only it can take back. Then the owner grants and revokes, and notes to whom;
 * then every user does so for what it owns, which is at the same time the test that it can log in. One who can't
 * keeps nobody else from theirs: all are named together at the end.
 */
export function script({ users, strangers, ownerTrimmed }: Cast): string {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const trimmed = (name: string) => `$(trim "$${name}")`;
  const enter = (prefix: string, i: number) =>
    `PGUSER=${trimmed(`${prefix}_${i}`)} PGPASSWORD=${trimmed(`${prefix}_${i}_PASSWORD`)}`;
  const cases = (prefix: string, count: number) =>
    `case $number in\n${numbers(count)
      .map((i) => `  ${i}) ${enter(prefix, i)} ;;`)
      .join("\n")}\n  esac`;
  return [
    trimFunction,
    // psql ends with 2 if there is no connection, and with 3 if a statement failed.
    `said=
waited=0
pause() {
if [ "$1" != "$said" ] || [ $((waited % 10)) -eq 0 ]; then echo "waiting for $1"; fi
said=$1
sleep 2
waited=$((waited + 2))
}
once() {
code=0
files=
for sql; do files="$files -f ${folder}/$sql.sql"; done
psql -X -q -A -t -v ON_ERROR_STOP=1 --single-transaction $files >/tmp/answer 2>/tmp/why || code=$?
if [ $code -ne 2 ]; then sed 's/^psql:[^ ]*: //' /tmp/why >&2; fi
return $code
}
run() {
until once "$@"; do
  if [ $code -ne 2 ]; then exit $code; fi
  pause "$PGHOST to let $PGUSER in: $(tail -n 1 /tmp/why)"
done
}
release() {
echo "$PGUSER takes back its default privileges"
if ! once grants; then echo "WARNING:  $PGUSER could not: $(tail -n 1 /tmp/why)"; fi
}
owner() { ${ownerTrimmed ? `PGUSER=${trimmed("OWNER")} PGPASSWORD=${trimmed("OWNER_PASSWORD")}` : "PGUSER=$OWNER PGPASSWORD=$OWNER_PASSWORD"}; }
owner
run missing
while [ -s /tmp/answer ]; do
  pause "$(cat /tmp/answer)"
  run missing
done`,
    ...(strangers === 0
      ? []
      : [
          `run leftovers
for number in $(cat /tmp/answer); do
  ${cases("STRANGER", strangers)}
  release
done
owner`,
        ]),
    "run remember grants",
    ...(users === 0 ? [] : [everyUser(numbers(users), cases("USER", users))]),
    "run report",
    ...(users === 0 ? [] : [verdict]),
    `echo "$PGDATABASE: done"`,
  ].join("\n");
}

/**
 * Tries the users in turns, those who are not let in again and again. Between turns the owner asks Postgres why, which
 * has to succeed: a server that lets nobody in takes no turn from anybody.
 */
const everyUser = (users: readonly number[], cases: string) => `pending="${users.join(" ")}"
failed=
round=0
while :; do
  refused=
  names=
  for number in $pending; do
  ${cases}
  if once grants; then echo "$PGUSER can connect"
  elif [ $code -eq 2 ]; then
    refused="$refused $number"
    names="$names $PGUSER"
    tail -n 1 /tmp/why >"/tmp/why.$number"
    printf %s "$PGUSER" >"/tmp/user.$number"
  else failed="$failed $PGUSER"; fi
  done
  pending=$refused
  owner
  if [ -z "$pending" ]; then break; fi
  run refusals
  cp /tmp/answer /tmp/refusals
  round=$((round + 1))
  if [ $round -ge ${rounds} ]; then break; fi
  pause "$PGHOST to let these in:$names"
done`;

/** Says who was not let in and whose statements failed, and fails if there is anybody. */
const verdict = `for number in $pending; do
  reason=$(sed -n "s/^$number \\(.*\\)/\\1: /p" /tmp/refusals)
  echo "ERROR:  $(cat "/tmp/user.$number") is not let in: $reason$(cat "/tmp/why.$number")"
done
if [ -n "$failed" ]; then
  echo "$PGDATABASE: statements failed, as said above, of:$failed"
  exit 3
elif [ -n "$pending" ]; then
  echo "$PGDATABASE: the owner's grants are made; what belongs to those users is not shared"
  exit ${refusedCode}
fi`;
