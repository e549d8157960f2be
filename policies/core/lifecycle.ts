import type { View } from "./view";

/** Days of a retention such as `30d`, `4w` or `3m`, as Barman counts them: its month has 31 days. */
export function retentionDays(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d*)([dwm])$/.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * ({ d: 1, w: 7, m: 31 }[unit ?? ""] ?? 1);
}

/** Names as Barman gives them: what a rule for suffixes may match. */
const names = [
  "data.tar",
  "data.tar.gz",
  "data.tar.bz2",
  "data.tar.snappy",
  "data.tar.lz4",
  "16385.tar",
  "backup.info",
  "00000002.history",
  "0000000100000000000000A1",
  ...["gz", "bz2", "xz", "zst", "lz4", "snappy"].map((end) => `0000000100000000000000A1.${end}`),
];

/** Whether a lifecycle rule of a bucket deletes something of a folder: its prefixes, suffixes and classes let it. */
export function deletesIn(rule: View, folder: string, storageClass: string, movesClass: boolean): boolean {
  if (rule.text("action", "type") !== "Delete") return false;
  const condition = rule.at("condition");
  const prefixes = condition.texts("matchesPrefixes");
  if (
    prefixes.length > 0 &&
    !prefixes.some((prefix) => folder.startsWith(prefix) || prefix.startsWith(folder))
  )
    return false;
  const suffixes = condition.texts("matchesSuffixes");
  if (suffixes.length > 0 && !suffixes.some((suffix) => names.some((name) => name.endsWith(suffix))))
    return false;
  const classes = condition.texts("matchesStorageClasses");
  return classes.length === 0 || movesClass || classes.includes(storageClass);
}

/** Conditions that only noncurrent versions, or objects with a time of their own, can meet. */
function otherwiseLimited(condition: View): boolean {
  const counts = ["numNewerVersions", "daysSinceNoncurrentTime", "daysSinceCustomTime"];
  return (
    counts.some((name) => (condition.number(name) ?? 0) > 0) ||
    ["noncurrentTimeBefore", "customTimeBefore"].some((name) => (condition.text(name) ?? "") !== "")
  );
}

/** The age in days at which a rule deletes live objects; undefined if it does not. */
export function liveAge(rule: View): number | undefined {
  const condition = rule.at("condition");
  if (condition.text("withState") === "ARCHIVED" || otherwiseLimited(condition)) return undefined;
  return condition.number("age");
}

/** Whether a rule deletes noncurrent versions sooner or later. */
export function deletesNoncurrent(rule: View): boolean {
  if (rule.text("action", "type") !== "Delete") return false;
  const condition = rule.at("condition");
  if (condition.text("withState") === "LIVE") return false;
  return (
    ["age", "daysSinceNoncurrentTime", "numNewerVersions"].some(
      (name) => condition.number(name) !== undefined,
    ) ||
    condition.text("noncurrentTimeBefore") !== undefined ||
    condition.text("withState") === "ARCHIVED"
  );
}
