import { CLUSTER } from "../core/cluster";
import { showPostgresBytes } from "../core/parameterNumbers";
import { settingOf, sizeOf } from "../core/parameters";
import { volumeSize } from "../core/postgres";
import { quantityBytes } from "../core/quantity";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-wal-fits-volume",
  title: "WAL that Postgres is told to keep fits the volume that it is on, with room for more.",
  severity: "high",
  tags: ["storage"],
  why: "max_wal_size is a soft limit, and WAL that can't be archived comes on top. When the volume is full CNPG stops the instance (not enough disk space). Its webhook compares max_wal_size only with walStorage, and lets it be as large as any volume of the data.",
  remedy: "Lower the parameter, or make the volume larger.",
  url: "https://cloudnative-pg.io/documentation/current/storage/#volume-for-wal",
  types: [CLUSTER],
  parameters: {
    walVolumeShare: {
      type: "number",
      default: 0.8,
      description: "Largest share of walStorage that max_wal_size, min_wal_size and wal_keep_size may be.",
    },
    dataVolumeShare: {
      type: "number",
      default: 0.5,
      description: "The same of storage, for a cluster without walStorage, whose data is there too.",
    },
  },
  judge({ resource, view, parameters, report, part }) {
    const own = view.at("spec", "walStorage").exists;
    const at = volumeSize(view.at("spec", own ? "walStorage" : "storage"));
    const share = Number(own ? parameters.walVolumeShare : parameters.dataVolumeShare);
    for (const name of ["max_wal_size", "min_wal_size", "wal_keep_size"])
      part(() => {
        const wal = sizeOf(resource, name);
        if (wal === undefined) return;
        const volume = quantityBytes(at.scalar() ?? "");
        if (volume === undefined || wal <= volume * share) return;
        const setting = settingOf(resource, name);
        report(
          setting.at,
          `"${setting.at.scalar()}" is more than ${Math.round(share * 100)} % of the ${at.scalar()} of ${own ? "walStorage" : "storage, where the data is too"}. Write at most ${showPostgresBytes(volume * share)}, or enlarge the volume.`,
        );
      });
  },
});
