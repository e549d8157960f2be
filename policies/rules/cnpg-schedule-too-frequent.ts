import { SCHEDULED_BACKUP } from "../core/cluster";
import { resourceRule } from "../core/rule";
import { burstSeconds, parseSchedule } from "../core/schedule";

export default resourceRule({
  id: "cnpg-schedule-too-frequent",
  title: "A ScheduledBackup is taken less often than once an hour.",
  severity: "medium",
  tags: ["backup", "cost"],
  why: "Every one is a full copy of the data; WAL covers the time between.",
  remedy: "Write a schedule such as `0 0 3 * * *`, or say by the parameter minimumMinutes what is meant.",
  url: "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
  types: [SCHEDULED_BACKUP],
  parameters: {
    minimumMinutes: { type: "number", default: 120, description: "Fewest minutes between two backups." },
  },
  judge({ view, parameters, report }) {
    const at = view.at("spec", "schedule");
    const text = at.text() ?? "";
    const reading = parseSchedule(text);
    // Five fields are always a mistake about the first one, which a rule of its own mends.
    if (!reading.ok || reading.schedule.fields === 5) return;
    const seconds = reading.schedule.shortestInterval;
    if (seconds < burstSeconds || seconds >= Number(parameters.minimumMinutes) * 60) return;
    const shown = seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
    report(at, `"${text}" takes a full backup after ${shown}. Write one such as "0 0 3 * * *".`);
  },
});
