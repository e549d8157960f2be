import type { AlertSeverity } from "../../args/monitoring";
import type { AlertingRule, WatchedCluster, WatchedEnvironment } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { declared, mostCommon, on } from "./promql";

/** Clusters for which an alert is left out. */
export const offRecord = "cluster:cnpg_alert_off:declared";

/** Clusters for which an alert is more or less urgent than for most. */
export const severityRecord = "cluster:cnpg_alert_severity:declared";

const severityOf = (alert: Alert, cluster: WatchedCluster) =>
  cluster.severities[alert.name] ?? alert.severity;

const isOff = (alert: Alert, { off }: WatchedCluster) => off.includes(alert.name);

/** Clusters that an alert is about, those for which it is off too. */
const about = ({ of = () => true }: Alert, environment: WatchedEnvironment) =>
  environment.clusters.filter((cluster) => of(cluster, environment));

/** How urgent an alert is for the clusters that it is about and for which it is not off: most of them first, then the others. */
function severitiesOf(alert: Alert, environment: WatchedEnvironment): readonly AlertSeverity[] {
  if (alert.once !== undefined)
    return alert.once(environment) && !environment.off.includes(alert.name)
      ? [environment.severities[alert.name] ?? alert.severity]
      : [];
  const clusters = about(alert, environment).filter((cluster) => !isOff(alert, cluster));
  const all = clusters.map((cluster) => severityOf(alert, cluster));
  const main = mostCommon(all);
  return main === undefined ? [] : [main, ...new Set(all.filter((severity) => severity !== main))];
}

/** What an alert needs to be told of clusters that differ: a record's labels, for each of them. */
export interface Exception {
  readonly record: string;
  readonly cluster: WatchedCluster;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is declared of the clusters for which an alert is off, or more or less urgent than for most. */
export function exceptionsOf(alert: Alert, environment: WatchedEnvironment): readonly Exception[] {
  const [main] = severitiesOf(alert, environment);
  if (alert.once !== undefined || main === undefined) return [];
  return about(alert, environment).flatMap((cluster): Exception[] => {
    const labels = { alert: alert.name };
    if (isOff(alert, cluster)) return [{ record: offRecord, cluster, labels }];
    const severity = severityOf(alert, cluster);
    return severity === main ? [] : [{ record: severityRecord, cluster, labels: { ...labels, severity } }];
  });
}

/** An alert as rules: one for each severity that it has among the clusters; none where it is about none of them. */
export function rulesOf(alert: Alert, environment: WatchedEnvironment): readonly AlertingRule[] {
  const exceptions = exceptionsOf(alert, environment);
  const some = (record: string) => exceptions.some((exception) => exception.record === record);
  return severitiesOf(alert, environment).map((severity, index) => {
    const labels = { alert: alert.name };
    const declaredOf = (record: string, more = {}) =>
      `${on} ${declared(environment, record, { ...labels, ...more })}`;
    const expr = alert.expr(environment);
    if (index > 0)
      return ruleOf(
        alert,
        environment,
        severity,
        `(${expr}) and ${declaredOf(severityRecord, { severity })}`,
      );
    const without = [severityRecord, offRecord].filter(some).map((record) => ` unless ${declaredOf(record)}`);
    return ruleOf(alert, environment, severity, without.length === 0 ? expr : `(${expr})${without.join("")}`);
  });
}

function ruleOf(
  alert: Alert,
  environment: WatchedEnvironment,
  severity: AlertSeverity,
  expr: string,
): AlertingRule {
  return {
    alert: alert.name,
    expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    labels: { ...environment.labels, severity, cnpg_environment: environment.environment },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${environment.runbookUrl}#${alert.name.toLowerCase()}`,
    },
  };
}
