import { SCHEDULED_BACKUP } from "../core/cluster";
import { resourceRule } from "../core/rule";
import { burstSeconds, parseSchedule } from "../core/schedule";

export default resourceRule({
  id: "cnpg-schedule-burst",
  title: "A ScheduledBackup leaves ten minutes at least between two base backups.",
  severity: "high",
  tags: ["backup", "cost"],
  why: "A star in the first field, which is seconds, or in the second is sixty base backups in a row: `* 0 3 * * *` makes one each second from 03:00:00 to 03:00:59. Every one is a full copy of the data, and they wait for each other for days.",
  remedy: "Write one value for seconds and minutes, such as `0 0 3 * * *`.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [SCHEDULED_BACKUP],
  judge({ view, report }) {
    const at = view.at("spec", "schedule");
    const text = at.text() ?? "";
    const reading = parseSchedule(text);
    // Five fields are always a mistake about the first one, which a rule of its own mends.
    if (!reading.ok || reading.schedule.fields === 5) return;
    const seconds = reading.schedule.shortestInterval;
    if (seconds < burstSeconds)
      report(
        at,
        `"${text}" takes a base backup ${seconds} seconds after another one. Write one such as "0 0 3 * * *".`,
      );
  },
});
