import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

const targets = ["targetTime", "targetLSN", "targetXID", "targetName", "targetImmediate"];
const needBackup = ["targetXID", "targetName", "targetImmediate"];

export default resourceRule({
  id: "cnpg-recovery-target",
  title: "recoveryTarget has one target, and the backup to start from where the target does not tell.",
  severity: "high",
  tags: ["recovery"],
  why: "CNPG's webhook refuses more than one target. For a name, a transaction or the end of a backup it can't find out which backup to start from, and refuses the target without backupID.",
  remedy:
    "Keep one target. With targetName, targetXID or targetImmediate set backupID to status.backupId of the Backup.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/#recovery-targets",
  types: [CLUSTER],
  judge({ view, report }) {
    const recovery = view.at("spec", "bootstrap", "recovery");
    const target = recovery.at("recoveryTarget");
    const given = targets.filter((field) => target.at(field).exists);
    if (given.length > 1) report(target, `has ${given.join(" and ")}. Keep one of them.`);
    const snapshots = recovery.at("volumeSnapshots").exists;
    const alone = given.filter((field) => needBackup.includes(field));
    if (alone.length > 0 && !snapshots && !target.at("backupID").exists)
      report(
        target.at("backupID"),
        `is not said, and ${alone[0]} needs it. Write the Backup's status.backupId.`,
      );
    if (recovery.at("backup").exists && target.at("backupID").exists)
      report(
        target.at("backupID"),
        "stands beside recovery.backup, which names the backup already. Remove one of them.",
      );
    if (snapshots && target.at("backupID").exists)
      report(target.at("backupID"), "is refused together with volumeSnapshots. Take it away.", [
        { path: target.at("backupID").path, remove: true },
      ]);
  },
});
