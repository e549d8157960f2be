import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

/** Fields that name an entry of externalClusters. */
const references = [
  ["bootstrap", "recovery", "source"],
  ["bootstrap", "pg_basebackup", "source"],
  ["bootstrap", "initdb", "import", "source", "externalCluster"],
  ["replica", "source"],
  ["replica", "primary"],
  ["replica", "self"],
];

export default resourceRule({
  id: "cnpg-recovery-source",
  title: "Where a Cluster's data come from is said once, and is among its externalClusters.",
  severity: "high",
  tags: ["recovery"],
  why: "CNPG accepts backup and source together and recovers from the backup alone. It refuses volumeSnapshots with backup, and a source that is none of externalClusters. With no place at all the recovery job fails. The same goes for what pg_basebackup copies and a replica cluster follows; an import from nowhere is accepted, and its job fails.",
  remedy:
    "For recovery keep source, with an entry of that name in externalClusters; or backup; or volumeSnapshots, with a source for WAL.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/",
  types: [CLUSTER],
  judge({ view, report, part }) {
    const spec = view.at("spec");
    const recovery = spec.at("bootstrap", "recovery");
    part(() => {
      if (!recovery.exists) return;
      const [backup, source, snapshots] = ["backup", "source", "volumeSnapshots"].map(
        (field) => recovery.at(field).exists,
      );
      if (backup && source)
        report(recovery, "has backup and source: the backup alone counts. Keep one of them.");
      if (backup && snapshots)
        report(recovery, "has backup and volumeSnapshots, and is refused. Keep one of them.");
      if (!backup && !source && !snapshots)
        report(recovery, "says nothing to recover from. Write source, backup or volumeSnapshots.");
    });
    for (const path of references)
      part(() => {
        const source = spec.text(...path);
        if (source === undefined || source === "") return;
        const names = spec.list("externalClusters").map((entry) => entry.text("name"));
        if (!names.includes(source))
          report(spec.at(...path), `"${source}" is none of externalClusters. Add an entry of that name.`);
      });
  },
});
