import { CLUSTER } from "../core/cluster";
import { isOff, parametersOf } from "../core/postgres";
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
    const at = parametersOf(resource).at("synchronous_commit");
    const value = at.scalar();
    if (value !== undefined && isOff(value))
      report(at, `"${value}" loses committed transactions in a crash. Take the parameter away.`);
  },
});
