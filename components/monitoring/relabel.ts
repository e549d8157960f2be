import type { MonitoringContext, ScrapeTarget } from "../plan/monitoring";
import { clusterLabel, poolerNameLabel } from "../units/labels";

/** A rule by which labels are changed, in the words of the operators. */
export interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
  readonly action?: "keep" | "drop" | "labeldrop";
}

/** Label of a target to the pod's label that it is: which cluster it is of, and which pooler it is. */
export function labelsFromPod(target: ScrapeTarget): Readonly<Record<string, string>> {
  return {
    cnpg_cluster: clusterLabel,
    ...(target.pooler !== undefined && { cnpg_pooler: poolerNameLabel }),
  };
}

/** The same as rules for what Prometheus finds out of a pod. */
export function targetRelabelings(target: ScrapeTarget, context: MonitoringContext): Relabeling[] {
  const labels = { ...labelsFromPod(target), ...(context.clusterLabel && { cluster: clusterLabel }) };
  return Object.entries(labels).map(([targetLabel, label]) => ({
    sourceLabels: [`__meta_kubernetes_pod_label_${label.replace(/[./]/g, "_")}`],
    targetLabel,
  }));
}

/** A port that a pod need not declare, as the plugin's does not: the same target for each one that it does declare. */
export const atPort = (port: number): Relabeling => ({
  sourceLabels: ["__address__"],
  regex: "(.+?)(?::[0-9]+)?",
  targetLabel: "__address__",
  replacement: `$1:${port}`,
});

/** Takes out most values of Postgres' settings, half of all series of an idle instance. */
export function metricRelabelings(
  target: ScrapeTarget,
  { postgresSettings }: MonitoringContext,
): Relabeling[] {
  if (target.pooler !== undefined || postgresSettings === undefined) return [];
  const metric = "cnpg_pg_settings_setting";
  // Expressions of Go know no "all but": so those to be kept are marked.
  return [
    {
      sourceLabels: ["__name__", "name"],
      regex: `${metric};(${postgresSettings.map((name) => name.replaceAll(".", "\\.")).join("|")})`,
      targetLabel: "cnpg_kept",
      replacement: "1",
    },
    { sourceLabels: ["__name__", "cnpg_kept"], regex: `${metric};`, action: "drop" },
    { regex: "cnpg_kept", action: "labeldrop" },
  ];
}
