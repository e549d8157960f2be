import { AlertSeverity } from "../../args/monitoring";
import type { Alert } from "./alert";
import { compare, declared, names, on, who } from "./promql";

/** Series of volumes with their cluster's name: a claim is `<cluster>-<number>`, and `-wal` or `-tbs-<tablespace>` after it. */
const ofCluster = (series: string) =>
  `label_replace(${series}, "cnpg_cluster", "$1", "persistentvolumeclaim", "(.+?)-[0-9]+(-wal|-tbs-.+)?")`;

/** A volume whose pod has moved is told of by two kubelets for a while. */
const claims = "namespace, persistentvolumeclaim";

/** How full each volume is, as a ratio of 1. */
const used = ofCluster(
  `max by (${claims}) (1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes)`,
);

/** Bytes that will be free in a day, if it goes on as in the last six hours. */
const tomorrow = ofCluster(
  `max by (${claims}) (predict_linear(kubelet_volume_stats_available_bytes[6h], 86400))`,
);

/** Whether volumes have room. */
export const volumes: readonly Alert[] = [
  {
    name: "CNPGVolumeFilling",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `Volume {{ $labels.persistentvolumeclaim }} of ${who} is {{ $value | humanizePercentage }} full.`,
    description: "Postgres stops when it is full.",
    expr: (environment) => compare(environment, { value: used, operator: ">", limit: "volumeUsage" }),
  },
  {
    name: "CNPGVolumeFull",
    severity: AlertSeverity.Critical,
    for: "5m",
    summary: `Volume {{ $labels.persistentvolumeclaim }} of ${who} is {{ $value | humanizePercentage }} full.`,
    description: "Postgres is about to stop, and does not start again before there is room.",
    expr: (environment) => compare(environment, { value: used, operator: ">", limit: "volumeUsageCritical" }),
  },
  {
    name: "CNPGVolumeFullIn24h",
    severity: AlertSeverity.Warning,
    for: "1h",
    summary: `Volume {{ $labels.persistentvolumeclaim }} of ${who} will be full within a day.`,
    description: "It is {{ $value | humanizePercentage }} full, and grows as fast as it has for six hours.",
    expr: (environment) =>
      `${used} > 0.6 and on (${claims}) (${tomorrow} < 0) and ${on} ${declared(environment)}`,
  },
  {
    name: "CNPGVolumeMetricsAbsent",
    severity: AlertSeverity.Warning,
    for: "1h",
    summary: `Nothing tells how full the volumes of ${who} are.`,
    description:
      "No kubelet's metrics of them are there, so a volume can fill without an alert, and Postgres stops then.",
    expr: (environment) =>
      `${declared(environment)} unless ${on} ${ofCluster("kubelet_volume_stats_available_bytes")}`,
  },
  {
    name: "CNPGWALVolumeFilling",
    severity: AlertSeverity.Critical,
    for: "10m",
    summary: `The WAL volume of pod {{ $labels.pod }} of ${who} is {{ $value | humanizePercentage }} full.`,
    description:
      "WAL is kept that is not archived, or that a standby or a slot still needs; Postgres stops when the volume is full.",
    of: ({ walVolume }) => walVolume,
    expr: (environment) => {
      const wal = (value: string) => `max by (${names}, pod) (cnpg_collector_pg_wal{value="${value}"})`;
      return compare(environment, {
        value: `(${wal("size")} / ${wal("volume_size")})`,
        operator: ">",
        limit: "volumeUsage",
      });
    },
  },
];
