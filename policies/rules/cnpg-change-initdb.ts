import { changeOf } from "../core/changes";
import { CLUSTER } from "../core/cluster";
import { changeRule } from "../core/rule";

/** What initdb decides for good, with CNPG's defaults. */
const forGood: readonly (readonly [field: string, byDefault?: string])[] = [
  ["dataChecksums"],
  ["encoding", "UTF8"],
  ["localeCollate", "C"],
  ["localeCType", "C"],
  ["locale"],
  ["localeProvider"],
  ["icuLocale"],
  ["icuRules"],
  ["builtinLocale"],
  ["walSegmentSize", "16"],
];

export default changeRule({
  id: "cnpg-change-initdb",
  title: "Checksums, encoding, locale and size of WAL segments of a live Cluster stay as they are.",
  severity: "medium",
  tags: ["change"],
  why: "They are decided once, by initdb. CNPG accepts a change and does nothing: the manifest then says of the data what is not so.",
  remedy:
    "Write the old value. For another one create a new Cluster and import the data by bootstrap.initdb.import.",
  url: "https://cloudnative-pg.io/documentation/current/bootstrap/#bootstrap-an-empty-cluster-initdb",
  types: [CLUSTER],
  judge({ view, before, report, part }) {
    const initdb = ["spec", "bootstrap", "initdb"];
    const [old, now] = [before.view.at(...initdb), view.at(...initdb)];
    // Another method is another rule's.
    if (!old.exists || !now.exists) return;
    for (const [field, byDefault] of forGood)
      part(() => {
        const change = changeOf(old.at(field), now.at(field), byDefault);
        // To leave out what was false, or to write it, says the same.
        if (change === undefined || [change.was, change.is].sort().join() === "false,nothing") return;
        report(
          change.at,
          `the data were made with "${change.was}", and "${change.is}" changes nothing of them. Write what it was.`,
        );
      });
  },
});
