import { defaults } from "../args/defaults";
import type { AlertThresholds } from "../args/monitoring";
import { Check } from "../check";
import type { AlertLimits } from "../plan/monitoring";
import { Problems } from "../problems";
import { bad, formatBytes, good, type Parsed, parseDays, parseSize, parseWait } from "../units";

const day = 86_400;

/** A time of up to 90 days: `10s`, `2h`, `1h30m`, `21d`; at least a second. */
export function parseTime(text: string): Parsed<number> {
  const days = parseDays(text);
  const parsed = days.ok ? good(days.value.days * day) : parseWait(text, 90 * day);
  const allowed = 'a time of a second to 90 days, such as "30s", "2h" or "21d"';
  return parsed.ok && parsed.value >= 1 && parsed.value <= 90 * day ? parsed : bad(allowed);
}

/** What a limit is written as. */
type Reader = (check: Check, key: keyof AlertThresholds, value: never) => number | undefined;

const time: Reader = (check, key, value: string) => check.parse(key, value, parseTime);
const size: Reader = (check, key, value: string) => {
  const parsed = check.parse(key, value, parseSize);
  return parsed && Number(parsed.bytes());
};
const percent: Reader = (check, key, value: number) => {
  const parsed = check.integer(key, value, 1, 100);
  return parsed && parsed / 100;
};
const count: Reader = (check, key, value: number) => check.integer(key, value, 1, 2_000_000_000);

const readers: Readonly<Record<keyof AlertThresholds, Reader>> = {
  backupMargin: time,
  walBacklog: count,
  walBacklogCritical: count,
  walArchiveAge: time,
  slotWal: size,
  replicationLagSize: size,
  replicationLag: time,
  replicaClusterLag: time,
  volumeUsage: percent,
  volumeUsageCritical: percent,
  connections: percent,
  connectionsCritical: percent,
  longTransaction: time,
  idleInTransaction: time,
  transactionIdAge: count,
  transactionIdAgeCritical: count,
  deadlocks: count,
  forcedCheckpoints: percent,
  checkpointSync: percent,
  poolerWait: time,
  certificateLife: time,
};

/** What limits follow from, beside settings. */
export interface LimitBasis {
  /** The volume that WAL is on, and a WAL file, in bytes. */
  readonly walVolume: bigint;
  readonly walSegment: bigint;
}

/**
 * The limits of a cluster's alerts: its own settings over its environment's, over the defaults. What WAL may pile up to is at most
 * a third of its volume by default: an alert that comes when the volume is full is none.
 */
export function decideLimits(
  check: Check,
  own: AlertThresholds | undefined,
  environment: AlertThresholds | undefined,
  { walVolume, walSegment }: LimitBasis,
): AlertLimits {
  const third = walVolume / 3n;
  const files = Number(third / walSegment);
  const derived: AlertThresholds = {
    ...defaults.AlertThresholds,
    walBacklogCritical: Math.max(
      defaults.AlertThresholds.walBacklog + 1,
      Math.min(defaults.AlertThresholds.walBacklogCritical, files),
    ),
    ...(third < BigInt(1024 ** 3) && { slotWal: formatBytes(third - (third % BigInt(1024 ** 2))) }),
  };
  // What is wrong with the environment's was said there.
  const silent = new Check(new Problems());
  const asked = { ...derived, ...environment, ...own };
  const limits = read(asked, (key) => (own?.[key] === undefined ? silent : check));
  checkOrder(check, limits, own);
  return limits;
}

/** Checks an environment's limits, which clusters then build upon. */
export function checkLimits(check: Check, thresholds: AlertThresholds | undefined): void {
  const limits = read({ ...defaults.AlertThresholds, ...thresholds }, () => check);
  checkOrder(check, limits, thresholds);
}

/** The limits as numbers; one that can't be read is not a number, and bigger and smaller than none. */
function read(asked: AlertThresholds, checkOf: (key: keyof AlertThresholds) => Check): AlertLimits {
  return Object.fromEntries(
    (Object.keys(readers) as (keyof AlertThresholds)[]).map((key) => [
      key,
      readers[key](checkOf(key), key, asked[key] as never) ?? Number.NaN,
    ]),
  ) as unknown as AlertLimits;
}

const pairs = [
  ["walBacklog", "walBacklogCritical"],
  ["volumeUsage", "volumeUsageCritical"],
  ["connections", "connectionsCritical"],
  ["transactionIdAge", "transactionIdAgeCritical"],
] as const;

/** A critical alert before its warning would be one that wakes somebody without notice. */
function checkOrder(check: Check, limits: AlertLimits, asked: AlertThresholds = {}): void {
  for (const [warning, critical] of pairs) {
    const said = asked[critical] === undefined ? warning : critical;
    if (asked[said] === undefined) continue;
    const allowed =
      said === critical
        ? `more than ${warning}, which warns before`
        : `less than ${critical}, which it warns of before`;
    check.require(!(limits[warning] >= limits[critical]), said, asked[said], allowed);
  }
}
