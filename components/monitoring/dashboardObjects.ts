import { type DashboardSettings, MonitoringBackend } from "../args/monitoring";
import type { MonitoringContext } from "../plan/monitoring";
import { derivedName, shortHash } from "../units";
import { dashboards } from "./dashboards";

/** Labels by which Grafana's sidecar finds dashboards, as its chart has it. */
const sidecarLabels = { grafana_dashboard: "1" };

interface Dashboard {
  readonly uid: string;
  readonly title: string;
}

/**
 * A ConfigMap for each dashboard. Two environments may show theirs in one Grafana: so the identifiers have the environment's name
 * in them.
 */
export function dashboardObjects(
  args: DashboardSettings | undefined,
  { backend, environment }: MonitoringContext,
) {
  const wanted = args?.enabled ?? (backend !== MonitoringBackend.Gmp && backend !== MonitoringBackend.None);
  if (!wanted) return [];
  // Links lead to dashboards by their identifiers.
  const known = new RegExp(
    `("uid":"|/d/)(${dashboards.map(({ json }) => (JSON.parse(json) as Dashboard).uid).join("|")})\\b`,
    "g",
  );
  const suffix = `-${shortHash(environment)}`;
  return dashboards.map(({ name, json }) => {
    const dashboard = JSON.parse(json.replace(known, `$1$2${suffix}`)) as Dashboard;
    const own = { ...dashboard, title: `${dashboard.title} (${environment})` };
    return {
      key: `monitoring/dashboard/${name}`,
      name: derivedName([environment, "postgres-dashboard", name], 63),
      labels: args?.labels ?? sidecarLabels,
      ...(args?.annotations !== undefined && { annotations: args.annotations }),
      object: {
        apiVersion: "v1",
        kind: "ConfigMap",
        body: {
          data: {
            [`${derivedName([environment, "postgres", name], 63)}.json`]: JSON.stringify(own, null, 1),
          },
        },
      },
    };
  });
}
