import { SCHEDULED_BACKUP } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-schedule-six-fields",
  title: "The schedule of a ScheduledBackup has six fields, the first of them seconds.",
  severity: "high",
  tags: ["backup"],
  why: "CNPG reads schedules with robfig/cron, whose first field is seconds. Five fields are accepted with a warning and read as the first five of six: `0 3 * * *` is not daily at three but hourly, at three minutes past.",
  remedy:
    "Write seconds first, as in `0 0 3 * * *` for every day at 03:00 UTC, or a descriptor such as `@daily`.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [SCHEDULED_BACKUP],
  judge({ view, report }) {
    const schedule = view.text("spec", "schedule");
    if (schedule === undefined || schedule.trim().startsWith("@")) return;
    const fields = schedule.trim().split(/\s+/);
    if (fields.length !== 5) return;
    const at = view.at("spec", "schedule");
    const six = `0 ${schedule.trim()}`;
    report(at, `"${schedule}" has five fields, so CNPG takes the first one for seconds. Write "${six}".`, [
      { path: at.path, value: six },
    ]);
  },
});
