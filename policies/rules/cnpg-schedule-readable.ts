import { SCHEDULED_BACKUP } from "../core/cluster";
import { resourceRule } from "../core/rule";
import { parseSchedule } from "../core/schedule";

export default resourceRule({
  id: "cnpg-schedule-readable",
  title: "The schedule of a ScheduledBackup is one that CNPG can read.",
  severity: "high",
  tags: ["backup"],
  why: "CNPG reads schedules with robfig/cron 1.2.0 and refuses the rest: weekday 7, a time zone in front, four or seven fields, `L`.",
  remedy: "Write six fields (seconds first), or a descriptor such as @daily.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [SCHEDULED_BACKUP],
  judge({ view, report }) {
    const at = view.at("spec", "schedule");
    const text = at.text();
    if (text === undefined) return;
    const reading = parseSchedule(text);
    if (!reading.ok) report(at, `"${text}" can't be read: ${reading.problem}.`);
  },
});
