import { SCHEDULED_BACKUP } from "../core/cluster";
import { resourceRule } from "../core/rule";
import { parseSchedule } from "../core/schedule";

export default resourceRule({
  id: "cnpg-schedule-fires",
  title: "The schedule of a ScheduledBackup has a day on which it fires.",
  severity: "critical",
  tags: ["backup"],
  why: "A day that no month has, such as 30 February, is accepted, and no backup is ever taken.",
  remedy: "Write a day of the month that the months have.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [SCHEDULED_BACKUP],
  judge({ view, report }) {
    const at = view.at("spec", "schedule");
    const reading = parseSchedule(at.text() ?? "");
    if (reading.ok && reading.schedule.neverFires)
      report(at, `"${at.text()}" never fires: no such day exists. Write another day.`);
  },
});
