/** A bucket lifecycle condition compares whole days. */
export const secondsPerDay = 86_400;

/**
 * The smallest allowed age, in days, at which a bucket rule may delete a backup object.
 *
 * Barman decides what is obsolete; the rule only sweeps up after clusters that are gone. Barman keeps one
 * base backup older than the retention window as the anchor of its first recoverable point, so an object
 * is needed for up to retention + one backup interval. A rule that deletes earlier destroys that anchor and
 * with it point-in-time recovery, silently. Hence strictly more than both, plus a margin for a backup that
 * failed and was repeated.
 */
export function minimumDeleteAge(retentionDays: number, longestIntervalSeconds: number): number {
  return retentionDays + Math.ceil(longestIntervalSeconds / secondsPerDay) + 1;
}

/** The default age: a margin (in days) on top of {@link minimumDeleteAge}. */
export function defaultDeleteAge(
  retentionDays: number,
  longestIntervalSeconds: number,
  marginDays: number,
): number {
  return minimumDeleteAge(retentionDays, longestIntervalSeconds) + marginDays;
}
