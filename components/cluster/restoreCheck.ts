import type { RecoverFromArgs } from "../args/recovery";
import type { ArchivePod } from "../plan/archivePod";
import type { BackupPlan } from "../plan/backup";
import type { RecoveryPlan } from "../plan/recovery";
import { parseInstant } from "../units";
import { type ArchivePodBasis, archivePod, refused } from "./archiveCheck";

/**
 * What looks, before the live Cluster of a restore in place is deleted, whether the archive of its former generation has a base backup
 * from before the target, and WAL up to it. Undefined where nothing is restored in place; and with the in-tree method, which has
 * no object that is made before the Cluster goes.
 */
export function restoreCheck(
  basis: ArchivePodBasis,
  args: RecoverFromArgs | undefined,
  recovery: RecoveryPlan | undefined,
  backup: BackupPlan,
): ArchivePod | undefined {
  const { source, access, inPlace, objectStore } = recovery ?? {};
  if (args === undefined || !inPlace || source === undefined || access === undefined) return undefined;
  if (objectStore === undefined) return undefined;
  const { time = "", lsn = "", backupID = "", timeline = "" } = args.target ?? {};
  const moment = parseInstant(time);
  const own = {
    // In digits, as what they are compared with: 20261121030000, in UTC.
    TARGET_TIME: moment.ok ? digits(new Date(moment.value.millis).toISOString()) : "",
    TARGET_LSN: lsn
      .split("/")
      .map((half) => half.toUpperCase().padStart(lsn === "" ? 0 : 8, "0"))
      .join(""),
    BACKUP_ID: backupID,
    // The first eight digits of a WAL file's name.
    TIMELINE: /^\d+$/.test(timeline) ? Number(timeline).toString(16).toUpperCase().padStart(8, "0") : "",
    BASE: args.volumeSnapshots === undefined ? "barman" : "snapshot",
  };
  return archivePod(basis, {
    what: "restore-check",
    location: source,
    access,
    server: backup.location.serverName,
    script,
    own: Object.entries(own).map(([name, value]) => ({ name, value })),
  });
}

const digits = (instant: string): string => instant.replaceAll(/\D/g, "").slice(0, 14);

/**
 * Barman writes `base/<id>/backup.info` and `wals/<16 digits of a WAL file's name>/<name>`. When a WAL file was uploaded, all that is
 * in it had happened: a later target is not in the archive. That holds of the newest folder alone, as one has up to 256
 * files and an archive many folders. Where in the WAL a file ends tells its name. Of a transaction or a restore point only WAL
 * itself tells: for those, a base backup and any WAL have to do. rclone ends with 3 or 4 where nothing is; what else fails is tried again for two minutes.
 */
const script = `export TZ=UTC
ask() {
  n=0
  while true; do
    code=0
    found=$(rclone "$@" --retries 1 2>/tmp/said) || code=$?
    case "$code" in
      0) return 0 ;;
      3 | 4) found=""; return 0 ;;
    esac
    n=$((n + 1))
    if [ "$n" -ge 8 ]; then
      tail -n 2 /tmp/said >&2
      exit 1
    fi
    sleep 15
  done
}
refuse() {
  echo "$1"
  exit ${refused}
}
target=\${TARGET_TIME:+$TARGET_TIME UTC}$TARGET_LSN
before=\${target:+ that ended before the target ($target)}
lsn=\${TARGET_LSN:+$((0x$TARGET_LSN))}
if [ "$BASE" = barman ]; then
  ask lsf --dirs-only "$DUMP_REMOTE/base"
  ids=$(echo "$found" | sed -n 's#^\\([0-9]\\{8\\}T[0-9]\\{6\\}\\)/$#\\1#p' | sort -r)
  if [ -n "$BACKUP_ID" ]; then
    case " $(echo $ids) " in
      *" $BACKUP_ID "*) ;;
      *) refuse "there is no base backup $BACKUP_ID; the newest ones: $(echo $ids | cut -c1-67)" ;;
    esac
    ids=$BACKUP_ID
  fi
  base="" segment=""
  for id in $ids; do
    if [ -n "$TARGET_TIME" ] && [ "$(echo "$id" | tr -d T)" -gt "$TARGET_TIME" ]; then continue; fi
    ask cat "$DUMP_REMOTE/base/$id/backup.info"
    if ! echo "$found" | grep -q '^status=DONE'; then continue; fi
    end=$(echo "$found" | sed -n 's/^end_time=\\([-0-9]* [:0-9]*\\)[.0-9]*+00:00.*$/\\1/p' | tr -cd 0-9)
    if [ -n "$TARGET_TIME" ] && [ -n "$end" ] && [ "$end" -gt "$TARGET_TIME" ]; then continue; fi
    at=$(echo "$found" | sed -n 's#^end_xlog=\\([0-9A-F]*/[0-9A-F]*\\)$#\\1#p')
    if [ -n "$lsn" ] && [ -n "$at" ] && [ $(((0x\${at%/*} << 32) + 0x\${at#*/})) -gt "$lsn" ]; then continue; fi
    segment=$(echo "$found" | sed -n 's/^xlog_segment_size=\\([0-9]*\\)$/\\1/p')
    base=$id
    break
  done
  if [ -z "$base" ]; then refuse "there is no complete base backup$before"; fi
fi
ask lsf --dirs-only "$DUMP_REMOTE/wals"
last=$(echo "$found" | sed -n "s#^\\($TIMELINE[0-9A-F]*\\)/\\$#\\1#p" | sort | tail -n 1)
if [ -z "$last" ]; then refuse "there is no WAL\${TIMELINE:+ of timeline $TIMELINE}"; fi
if [ -n "$lsn" ] && [ -n "\${segment:-}" ]; then
  ask lsf --files-only --format p "$DUMP_REMOTE/wals/$last"
  file=$(echo "$found" | sed -n '/partial$/d; s/^\\([0-9A-F]\\{24\\}\\)\\(\\.[a-z0-9]*\\)\\{0,1\\}$/\\1/p' | sort | tail -n 1)
  number=\${file#????????}
  if [ -n "$file" ] && [ $(((0x\${number%????????} << 32) + (0x\${number#????????} + 1) * segment)) -le "$lsn" ]; then
    refuse "its last WAL file is $file, before the target ($target)"
  fi
fi
if [ -n "$TARGET_TIME" ]; then
  ask lsf --files-only --use-server-modtime --format t "$DUMP_REMOTE/wals/$last"
  newest=$(echo "$found" | tr -cd '0-9\\n' | sort | tail -n 1 | cut -c1-14)
  if [ -n "$newest" ] && [ "$newest" -lt "$TARGET_TIME" ]; then
    refuse "its last WAL was archived at $newest UTC, before the target ($TARGET_TIME UTC)"
  fi
fi`;
