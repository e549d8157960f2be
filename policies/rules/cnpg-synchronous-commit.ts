import { CLUSTER } from "../core/cluster";
import { readSetting, settingOf } from "../core/parameters";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-synchronous-commit",
  title: "A commit is on disk before the client hears of it: synchronous_commit is not off.",
  severity: "medium",
  tags: ["durability"],
  why: "With off a crash loses transactions that clients were told are committed, also where synchronous replication is configured.",
  remedy:
    "Take the parameter away, and let single transactions that can be lost say SET LOCAL synchronous_commit.",
  url: "https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT",
  types: [CLUSTER],
  judge({ resource, report }) {
    const setting = settingOf(resource, "synchronous_commit");
    if (["off", "false", "no", "0"].includes(String(readSetting(setting))))
      report(
        setting.at,
        `"${setting.at.scalar()}" loses committed transactions in a crash. Take the parameter away.`,
        [{ path: setting.at.path, remove: true }],
      );
  },
});
