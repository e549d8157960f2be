import { CLUSTER } from "../core/cluster";
import { readSetting, settingsOf } from "../core/parameters";
import { resourceRule } from "../core/rule";

const off = new Set(["fsync", "full_page_writes"]);

export default resourceRule({
  id: "cnpg-fsync",
  title: "Postgres writes safely: fsync and full_page_writes are on.",
  severity: "critical",
  tags: ["durability"],
  why: "With either of them off, a crash of the node leaves a database that is corrupt, and replicas and backups that were made from it are corrupt too. CNPG does not refuse it.",
  remedy: "Take the parameter away; both are on by default.",
  url: "https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-FSYNC",
  types: [CLUSTER],
  judge({ resource, report, part }) {
    for (const setting of settingsOf(resource).filter(({ name }) => off.has(name)))
      part(() => {
        if (readSetting(setting) === false)
          report(
            setting.at,
            `"${setting.at.scalar()}" means a corrupt database after a crash. Take the parameter away.`,
            [{ path: setting.at.path, remove: true }],
          );
      });
  },
});
