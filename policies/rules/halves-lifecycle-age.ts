import { folderIn, gcsBucket } from "../core/archives";
import { archiveOf, CLUSTER, OBJECT_STORE } from "../core/cluster";
import { addTo } from "../core/grouped";
import { deletesIn, liveAge, retentionDays } from "../core/lifecycle";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import { backupInterval } from "../core/scheduled";
import type { Stack } from "../core/stack";
import type { View } from "../core/view";

/** How long objects of a folder have to stay. */
interface Need {
  readonly called: string;
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
  judge({ stack, report, part }) {
    const needs = needsOf(stack, part);
    for (const bucket of stack.ofType("gcp:Bucket"))
      part(() => {
        const own = needs.get(bucket.view.text("name") ?? "") ?? [];
        if (own.length === 0) return;
        const rules = bucket.view.list("lifecycleRules");
        for (const rule of rules)
          part(() => {
            const age = liveAge(rule);
            if (age === undefined) return;
            const hit = own
              .filter((need) => deletesIn(rule, need.folder, storageClass(bucket), movesClass(rules)))
              .sort((a, b) => b.retention + b.interval - a.retention - a.interval)[0];
            if (hit === undefined || age > hit.retention + hit.interval) return;
            const least = Math.floor(hit.retention + hit.interval) + 1;
            report(
              bucket,
              rule.at("condition", "age"),
              `deletes after ${age} days what ${hit.called} needs for ${explain(hit)}. Write ${least} or more.`,
            );
          });
      });
  },
});

function needsOf(stack: Stack, part: (judge: () => void) => void): Map<string, Need[]> {
  const needs = new Map<string, Need[]>();
  const add = (
    called: string,
    store: View,
    serverName: string | undefined,
    kept: string | undefined,
    seconds = 0,
  ) => {
    const { bucket, prefix = "" } = gcsBucket(store) ?? {};
    if (bucket === undefined) return;
    const retention = retentionDays(kept ?? "") ?? 0;
    const interval = seconds / 86_400;
    if (retention + interval === 0) return;
    const need = { called, bucket, folder: folderIn(prefix, serverName), retention, interval };
    addTo(needs, bucket, need);
  };
  const used = new Set<Resource>();
  for (const cluster of stack.ofType(CLUSTER))
    part(() => {
      const archive = archiveOf(cluster, stack);
      if (archive === undefined) return;
      used.add(archive.holder);
      add(
        cluster.called,
        archive.store,
        archive.serverName,
        archive.retention,
        backupInterval(cluster, stack),
      );
    });
  // Of an ObjectStore whose cluster is elsewhere, the retention alone is known.
  for (const store of stack.ofType(OBJECT_STORE))
    if (!used.has(store))
      part(() => {
        const retention = store.view.text("spec", "retentionPolicy");
        if (retention !== undefined)
          add(store.called, store.view.at("spec", "configuration"), undefined, retention);
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
