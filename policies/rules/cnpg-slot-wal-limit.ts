import { CLUSTER } from "../core/cluster";
import { showPostgresBytes } from "../core/parameterNumbers";
import { settingOf, sizeOf } from "../core/parameters";
import { volumeSize } from "../core/postgres";
import { quantityBytes } from "../core/quantity";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-slot-wal-limit",
  title: "WAL that replication slots hold has a limit below the size of its volume.",
  severity: "medium",
  tags: ["storage", "availability"],
  why: "CNPG makes a replication slot for every standby, and a slot keeps WAL for one that is gone. max_slot_wal_keep_size is -1 by default, which is no limit: the volume of the primary fills up, and CNPG stops it (not enough disk space).",
  remedy:
    "Set max_slot_wal_keep_size to about half of the volume that WAL is on. A standby that falls behind further is made again from a backup or from the primary.",
  url: "https://cloudnative-pg.io/documentation/current/replication/#capping-the-wal-size-retained-for-replication-slots",
  types: [CLUSTER],
  judge({ resource, view, report }) {
    if ((view.number("spec", "instances") ?? 1) < 2) return;
    const slots = view.at("spec", "replicationSlots");
    if (slots.flag("highAvailability", "enabled") === false) return;
    const { at } = settingOf(resource, "max_slot_wal_keep_size");
    const own = view.at("spec", "walStorage").exists;
    const size = volumeSize(view.at("spec", own ? "walStorage" : "storage"));
    const volume = size.unknown ? undefined : quantityBytes(size.scalar() ?? "");
    const half = volume === undefined ? "about half of the volume" : showPostgresBytes(volume / 2);
    if (!at.exists) {
      report(at, `is not set, so a standby that is gone keeps WAL until the volume is full. Write ${half}.`);
      return;
    }
    const text = at.scalar()?.trim();
    if (text === "-1") report(at, `"-1" is no limit. Write ${half}.`);
    const limit = sizeOf(resource, "max_slot_wal_keep_size");
    if (limit === undefined || volume === undefined || limit < volume) return;
    report(
      at,
      `"${text}" is not less than the ${size.scalar()} of the volume, so the volume is full first. Write ${half}.`,
    );
  },
});
