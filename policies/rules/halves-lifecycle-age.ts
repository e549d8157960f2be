import { folderIn, gcsBucket } from "../core/archives";
import { archiveOf, CLUSTER, OBJECT_STORE } from "../core/cluster";
import { nothing } from "../core/comparison";
import { addTo } from "../core/grouped";
import { deletesIn, liveAge, retentionDays } from "../core/lifecycle";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import { backupInterval } from "../core/scheduled";
import type { Stack } from "../core/stack";
import type { View } from "../core/view";

/** How long objects of a folder have to stay. */
interface Need {
  readonly called: string;
  /** Whose archive it is, if that is known. */
  readonly cluster: Resource | undefined;
  /** The retention as it is written. */
  readonly kept: string;
  /** Empty where it is none of Cloud Storage. */
  readonly bucket: string;
  readonly folder: string;
  readonly retention: number;
  readonly interval: number;
}

export default stackRule({
  id: "halves-lifecycle-age",
  title: "A bucket deletes live objects only after the backups' retention and one more backup interval.",
  severity: "critical",
  tags: ["agreement", "backup", "recovery"],
  why: "To go back 30 days, Barman needs the last base backup that is older than 30 days, and all WAL since. A lifecycle rule that deletes at or before retention plus interval takes that backup away first: the catalogue still lists it, and the recovery fails.",
  remedy:
    "Set the age above retention plus the longest time between two backups, such as 45 for 30d and daily backups, and let Barman's retention delete.",
  url: "https://cloud.google.com/storage/docs/lifecycle",
  types: ["gcp:Bucket"],
  needsCloud: true,
  compares: true,
  judge({ stack, report, part, compare }) {
    const needs = needsOf(stack, part);
    const failing = new Set<Need>();
    const decided = new Set<string>();
    for (const bucket of stack.ofType("gcp:Bucket"))
      part(() => {
        const name = bucket.view.text("name") ?? "";
        const own = name === "" ? [] : (needs.get(name) ?? []);
        if (own.length === 0) return;
        const rules = bucket.view.list("lifecycleRules");
        let undecided = rules.length;
        for (const rule of rules)
          part(() => {
            const age = liveAge(rule);
            const hits =
              age === undefined
                ? []
                : own
                    .filter((need) => deletesIn(rule, need.folder, storageClass(bucket), movesClass(rules)))
                    .filter(({ retention, interval }) => age <= retention + interval);
            for (const need of hits) failing.add(need);
            undecided -= 1;
            const [hit] = hits.sort((a, b) => b.retention + b.interval - a.retention - a.interval);
            if (hit === undefined) return;
            const least = Math.floor(hit.retention + hit.interval) + 1;
            report(
              bucket,
              rule.at("condition", "age"),
              `deletes after ${age} days what ${hit.called} needs for ${explain(hit)}. Write ${least} or more.`,
            );
          });
        if (undecided === 0) decided.add(name);
      });
    for (const need of [...needs.values()].flat()) {
      if (need.cluster === undefined) continue;
      const bucket = stack.allNamed("gcp:Bucket", need.bucket)[0];
      compare(need.cluster, {
        what: "delete age > retention + interval",
        cloud: bucket === undefined ? "managed elsewhere" : ageOf(bucket),
        cluster: `${need.kept}${need.interval === 0 ? "" : ` + ${Math.ceil(need.interval)} day(s)`}`,
        verdict: failing.has(need) ? "disagrees" : decided.has(need.bucket) ? "agrees" : "unknown",
      });
    }
  },
});

/** The least age at which a bucket deletes live objects, as tables say it. */
function ageOf({ view }: Resource): string {
  const ages = known(() => view.list("lifecycleRules").flatMap((rule) => liveAge(rule) ?? []));
  if (ages === undefined) return "not known yet";
  return ages.length === 0 ? "never deletes" : `${Math.min(...ages)} days`;
}

function needsOf(stack: Stack, part: (judge: () => void) => void): Map<string, Need[]> {
  const needs = new Map<string, Need[]>();
  const add = (
    subject: Resource,
    store: View,
    serverName: string | undefined,
    kept: string | undefined,
    seconds = 0,
  ) => {
    const { bucket = "", prefix = "" } = gcsBucket(store) ?? {};
    const retention = retentionDays(kept ?? "") ?? 0;
    const interval = seconds / 86_400;
    if (retention + interval === 0) return;
    const folder = folderIn(prefix, serverName);
    const cluster = subject.type === CLUSTER ? subject : undefined;
    const { called } = subject;
    const need = { called, cluster, kept: kept ?? nothing, bucket, folder, retention, interval };
    addTo(needs, bucket, need);
  };
  const used = new Set<Resource>();
  for (const cluster of stack.ofType(CLUSTER))
    part(() => {
      const archive = archiveOf(cluster, stack);
      if (archive === undefined) return;
      used.add(archive.holder);
      add(cluster, archive.store, archive.serverName, archive.retention, backupInterval(cluster, stack));
    });
  // Of an ObjectStore whose cluster is elsewhere, the retention alone is known.
  for (const store of stack.ofType(OBJECT_STORE))
    if (!used.has(store))
      part(() => {
        const retention = store.view.text("spec", "retentionPolicy");
        if (retention !== undefined) add(store, store.view.at("spec", "configuration"), undefined, retention);
      });
  return needs;
}

const storageClass = ({ view }: Resource): string => view.text("storageClass") ?? "STANDARD";

const movesClass = (rules: readonly View[]): boolean =>
  rules.some((rule) => rule.text("action", "type") === "SetStorageClass");

function explain({ retention, interval }: Need): string {
  const days = (count: number) => `${Math.round(count * 10) / 10} ${count === 1 ? "day" : "days"}`;
  if (retention === 0) return `${days(interval)} between two backups`;
  return interval === 0
    ? `its retention of ${days(retention)}`
    : `its retention of ${days(retention)} and ${days(interval)} between two backups`;
}
