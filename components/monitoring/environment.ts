import type { BackupMethod } from "../args/backup";
import { defaults } from "../args/defaults";
import { MonitoringBackend, type MonitoringSettings } from "../args/monitoring";
import type { Check } from "../check";
import { environmentObject } from "../environment/objectOf";
import type { ClusterPlan } from "../plan/cluster";
import type { Metrics, MonitoringContext, WatchedEnvironment } from "../plan/monitoring";
import type { PlannedResource } from "../plan/object";
import { derivedName } from "../units";
import { operatorLabels, pluginLabels } from "../units/labels";
import { ruleGroups } from "./alerts";
import { backends } from "./backends";
import type { BackendObject, OperatorTarget } from "./backends/backend";
import { dashboardObjects } from "./dashboardObjects";
import { yaml } from "./yaml";

/** What {@link monitoringResources} starts from. */
export interface EnvironmentMonitoringBasis {
  readonly args: MonitoringSettings | undefined;
  readonly context: MonitoringContext;
  readonly method: BackupMethod;
  /** Age at which the bucket deletes objects. */
  readonly deleteAgeDays: number | undefined;
  readonly clusters: readonly ClusterPlan[];
}

/** Where runbooks are, unless somebody has their own. */
export const runbooks = "https://github.com/pulumi-cnpg/pulumi-cnpg/blob/main/docs/runbooks.md";

/** What watches an environment as a whole: rules, dashboards, and monitors of the operator. */
export function monitoringResources(basis: EnvironmentMonitoringBasis): PlannedResource[] {
  const { args = {}, context, clusters } = basis;
  const backend = backends[context.backend];
  const [first] = clusters;
  if (backend === undefined || first === undefined) return [];
  const { environment, selectorLabels } = context;
  const namespace = args.namespace ?? first.workload.namespace;
  const watched = watchedEnvironment(basis);
  const tells = args.alerts?.enabled ?? defaults.AlertSettings.enabled;
  const groups = ruleGroups(tells ? watched : { ...watched, operator: undefined });
  const targets = clusters.flatMap(({ monitoring }) => monitoring.targets);
  const operator = watched.operator === undefined ? [] : operatorTargets(watched.operator, context.metrics);
  const name = derivedName([environment, "postgres-alerts"], 63);
  const object = backend.rules(groups, context, targets, operator);
  const needed = groups.length > 0 || context.backend === MonitoringBackend.ScrapeConfig;
  return [
    ...(needed
      ? [resource({ key: "monitoring/rules", name, labels: selectorLabels, object }, namespace)]
      : []),
    ...dashboardObjects(args.dashboards, context).map((dashboard) => resource(dashboard, namespace)),
    ...operator.flatMap(({ name, namespace, ...target }) => {
      const object = backend.operatorMonitor?.({ name, namespace, ...target });
      if (object === undefined) return [];
      return [resource({ key: `monitoring/${name}`, name, labels: selectorLabels, object }, namespace)];
    }),
  ];
}

function watchedEnvironment({
  args,
  context,
  method,
  deleteAgeDays,
  clusters,
}: EnvironmentMonitoringBasis): WatchedEnvironment {
  const { enabled, namespace, plugin } = { ...defaults.OperatorMonitoringSettings, ...args?.operator };
  return {
    environment: context.environment,
    method,
    deleteAgeDays,
    clusters: clusters.flatMap(({ monitoring }) =>
      monitoring.watched === undefined ? [] : [monitoring.watched],
    ),
    labels: args?.alerts?.labels ?? {},
    runbookUrl: args?.alerts?.runbookUrl ?? runbooks,
    off: Object.keys(args?.alerts?.off ?? {}),
    severities: args?.alerts?.severities ?? {},
    operator: enabled ? { namespace, plugin } : undefined,
  };
}

/** The operator's pods, and the plugin's. */
function operatorTargets(
  { namespace, plugin }: NonNullable<WatchedEnvironment["operator"]>,
  { interval, scrapeTimeout }: Metrics,
): OperatorTarget[] {
  const times = { interval, scrapeTimeout };
  return [
    {
      name: "cnpg-controller-manager",
      namespace,
      matchLabels: operatorLabels,
      port: "metrics",
      ...times,
    },
    ...(plugin ? [{ name: "barman-cloud", namespace, matchLabels: pluginLabels, port: 8080, ...times }] : []),
  ];
}

interface Planned {
  readonly key: string;
  readonly name: string;
  readonly object: BackendObject;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function resource({ object, ...planned }: Planned, namespace: string): PlannedResource {
  const { apiVersion, kind, body, clusterScoped = false } = object;
  const place = clusterScoped ? {} : { namespace };
  return environmentObject({ ...planned, ...place, apiVersion, kind, body, builtIn: apiVersion === "v1" });
}

/** Bytes that an object may have, by its kind: of etcd's, and of the Prometheus Operator's, which makes a ConfigMap of each. */
const most: Readonly<Record<string, number>> = {
  ConfigMap: 2 ** 20,
  PrometheusRule: 2 ** 19,
  ClusterRules: 2 ** 20,
  VMRule: 2 ** 20,
};

/** Checks that what all clusters have together is not more than one object can hold. */
export function checkSizes(
  check: Check,
  backend: MonitoringBackend,
  resources: readonly PlannedResource[],
): void {
  for (const { inputs } of resources) {
    const {
      kind,
      metadata: _,
      apiVersion: _version,
      ...body
    } = inputs as { kind: string } & Record<string, unknown>;
    const limit = most[kind] ?? Number.POSITIVE_INFINITY;
    const bytes = JSON.stringify(body).length < limit / 2 ? 0 : Buffer.byteLength(yaml(body));
    check.require(
      bytes < limit,
      "backend",
      backend,
      `fewer clusters in one environment: what it makes for all of them is ${Math.ceil(bytes / 1024)} KiB in one ${kind}, and ${limit / 1024} KiB is the most. Divide the stack, or leave clusters out with monitoring.enabled: false`,
    );
  }
}
