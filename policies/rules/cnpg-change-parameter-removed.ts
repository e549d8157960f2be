import { CLUSTER } from "../core/cluster";
import { readSetting, settingOf } from "../core/parameters";
import { changeRule } from "../core/rule";

/** Parameters of which a standby needs as much as its primary had, and what they are where nobody sets them. */
const defaults = new Map([
  ["max_connections", 100],
  // CNPG's own default; Postgres has 8.
  ["max_worker_processes", 32],
  ["max_wal_senders", 10],
  ["max_prepared_transactions", 0],
  ["max_locks_per_transaction", 64],
]);

export default changeRule({
  id: "cnpg-change-parameter-removed",
  title:
    "Limits that a standby has to share are lowered by writing the lower value, not by taking the parameter away.",
  severity: "high",
  tags: ["change", "availability"],
  why: "A standby stops, or does not start, with less than its primary had when it wrote the WAL. Where a value is lowered, CNPG starts a replica with its primary's value until that has the new one; it does not for a parameter that is gone, and a replica that restarts before its primary does not come up.",
  remedy: "Write the parameter with its default, and take it away later if you like.",
  url: "https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN",
  types: [CLUSTER],
  judge({ resource, view, before, report, part }) {
    part(() => {
      if ((view.number("spec", "instances") ?? 1) < 2) return;
      for (const [name, byDefault] of defaults)
        part(() => {
          const [was, is] = [settingOf(before, name), settingOf(resource, name)];
          const value = readSetting(was);
          if (is.at.exists || typeof value !== "number" || value <= byDefault) return;
          report(is.at, `was ${value}, and is ${byDefault} without it: replicas stop. Write "${byDefault}".`);
        });
    });
  },
});
