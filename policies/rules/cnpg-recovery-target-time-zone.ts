import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-recovery-target-time-zone",
  title: "targetTime says its time zone.",
  severity: "medium",
  tags: ["recovery"],
  why: "Without one the operator takes the time for UTC when it chooses the backup. Postgres gets a time with a blank as it is, and reads it in its own time zone: recovery ends hours before or after what was meant.",
  remedy: "Write the time as in 2026-11-21T03:00:00Z or 2026-11-21 03:00:00+01.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/#point-in-time-recovery-pitr",
  types: [CLUSTER],
  judge({ view, report }) {
    const at = view.at("spec", "bootstrap", "recovery", "recoveryTarget", "targetTime");
    const time = at.text();
    // A time of day at the very end, without Z or an offset behind it.
    if (time === undefined || !/[T ]\d\d?:\d\d(:\d\d(\.\d+)?)?\s*$/.test(time)) return;
    report(
      at,
      `"${time}" has no time zone. Write "${time.trim()}${time.includes("T") ? "Z" : "+00"}" if it is UTC.`,
    );
  },
});
