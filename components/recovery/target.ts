import type { RecoveryTargetArgs } from "../args/recovery";
import type { Check } from "../check";
import { clock } from "../clock";
import type { ClusterSpec } from "../crds/types";
import { bad, good, type Parsed, parseInstant } from "../units";

type RecoveryTarget = NonNullable<
  NonNullable<NonNullable<ClusterSpec["bootstrap"]>["recovery"]>["recoveryTarget"]
>;

/** Where a recovery can end; one of them. */
const ends = ["time", "lsn", "xid", "name", "immediate"] as const;

/** Ends that don't tell which base backup lies before them (CNPG: `validateRecoveryTarget`). */
const needBackup = ["xid", "name", "immediate"] as const;

/** Ends at which a transaction stands, so that it can be in or out (Postgres: `recovery_target_inclusive`). */
const atTransaction = ["time", "lsn", "xid"] as const;

/** Barman's name of a base backup, which is when it began, in UTC. */
export function backupID(text: string): Parsed<number> {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})$/.exec(text) ?? [];
  const instant = parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (instant.ok) return good(instant.value.millis);
  return bad(
    "Barman's id of a base backup, which is when it began in UTC, such as \"20261121T030000\". A Backup's name is not it; " +
      "kubectl get backup -n <namespace> -o custom-columns=NAME:.metadata.name,ID:.status.backupId tells both",
  );
}

/**
 * Checks a recovery target and renders it; undefined for none.
 *
 * @param fromSnapshot whether volume snapshots stand in for a base backup
 */
export function decideTarget(
  check: Check,
  args: RecoveryTargetArgs | undefined,
  fromSnapshot: boolean,
): RecoveryTarget | undefined {
  if (args === undefined) return undefined;
  const { time, lsn, xid, name, inclusive, timeline } = args;
  const given = ends.filter((end) => args[end] !== undefined && args[end] !== false);
  for (const end of given.slice(1))
    check.fail(end, args[end], `remove it with ${given[0]}: a recovery ends at one place`);
  if (fromSnapshot)
    check.require(
      args.backupID === undefined,
      "backupID",
      args.backupID,
      "remove it with volumeSnapshots, which are the base backup",
    );
  for (const end of needBackup) {
    if (!fromSnapshot && given.includes(end) && args.backupID === undefined)
      check.fail(
        "backupID",
        undefined,
        `the base backup to start from, such as "20261121T030000": ${end} does not tell which one lies before it`,
      );
  }
  check.require(
    inclusive === undefined || atTransaction.some((end) => given.includes(end)),
    "inclusive",
    inclusive,
    `remove it without ${atTransaction.join(", ")}: there is no transaction at the end of it`,
  );
  const began = check.parse("backupID", args.backupID, backupID);
  const moment = check.parse("time", time, parseInstant);
  for (const [key, millis] of [
    ["backupID", began],
    ["time", moment?.millis],
  ] as const)
    if (millis !== undefined)
      check.require(
        millis < clock.now(),
        key,
        args[key],
        `a moment in the past: this one is ${new Date(millis).toISOString()}, the archive ends before it, and so would the recovery fail`,
      );
  if (began !== undefined && moment !== undefined)
    check.require(
      began < moment.millis,
      "backupID",
      args.backupID,
      `a base backup from before time (${moment.text}): WAL only leads forward`,
    );
  checkForms(check, args);
  return {
    ...(args.backupID !== undefined && { backupID: args.backupID }),
    ...(time !== undefined && { targetTime: moment?.text ?? time }),
    ...(lsn !== undefined && { targetLSN: lsn }),
    ...(xid !== undefined && { targetXID: xid }),
    ...(name !== undefined && { targetName: name }),
    ...(args.immediate === true && { targetImmediate: true }),
    ...(inclusive === false && { exclusive: true }),
    ...(timeline !== undefined && { targetTLI: timeline }),
  };
}

/** What Postgres could not read, or what leads nowhere. */
function checkForms(check: Check, { lsn, xid, name, timeline }: RecoveryTargetArgs): void {
  check.parse("lsn", lsn, (text) =>
    /^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/.test(text)
      ? good(text)
      : bad('a place in the WAL as Postgres prints it, such as "0/3000060"'),
  );
  check.parse("xid", xid, (text) =>
    /^[1-9][0-9]{0,9}$/.test(text) && Number(text) >= 3 && Number(text) <= 0xffffffff
      ? good(text)
      : bad("the number of a transaction, from 3 to 4294967295"),
  );
  check.parse("name", name, (text) =>
    text !== "" && Buffer.byteLength(text) <= 63 && !/\p{Cc}/u.test(text)
      ? good(text)
      : bad("the name of a restore point, 1 to 63 bytes"),
  );
  check.parse("timeline", timeline, (text) =>
    text === "latest" || (/^[1-9][0-9]{0,9}$/.test(text) && Number(text) <= 0xffffffff)
      ? good(text)
      : bad('"latest", or the number of a timeline, such as "2"'),
  );
}
