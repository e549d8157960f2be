import { ruleGroups } from "../../../components/monitoring/alerts";
import type { WatchedEnvironment } from "../../../components/plan/monitoring";
import { Workload } from "../../../components/units/workload";
import { healthy } from "./healthy";
import type { Query, Run, Sample } from "./promtool";
import type { Scenario } from "./scenario";
import { edited, type Labels, MINUTE, type Series } from "./series";
import { besides, environments, operators, quiet } from "./world";

/** A scenario in a namespace of its own, so that many run at the same time, beside each other. */
export interface Placed {
  readonly scenario: Scenario;
  readonly namespace: string;
}

/** Scenarios that run at the same time, in one environment. */
export interface Batch {
  readonly placed: readonly Placed[];
  readonly environment: WatchedEnvironment;
  readonly step: number;
  readonly series: readonly Series[];
}

/** Alerts of a scenario that fire, of each cluster. */
export const firing = (namespace: string): string =>
  `count by (alertname, namespace, cnpg_cluster) (ALERTS{alertstate="firing",namespace=~"${namespace}|cnpg-system"})`;

/** What {@link firing} results in for `<namespace>/<cluster> <alert> <number>`. */
export function sampleOf(fires: string, namespace: string): Sample {
  const [, where = "", cluster, alert, count = "1"] =
    /^([^/ ]+)(?:\/(\S+))? (\S+)(?: (\d+))?$/.exec(fires) ?? [];
  const of = cluster === undefined ? "" : `, cnpg_cluster="${cluster}"`;
  const there = where === "shop" ? namespace : where;
  return { labels: `{alertname="${alert}"${of}, namespace="${there}"}`, value: Number(count) };
}

/** The same where nothing may fire. */
export const elsewhere = firing(quiet).replace("|cnpg-system", "");

const moved = (labels: Labels, namespace: string): Labels =>
  Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      value === "shop" && name.endsWith("namespace") ? namespace : value,
    ]),
  );

function clustersOf({ scenario, namespace }: Placed) {
  const { environment = "main", clusters = ["pg"] } = scenario;
  return environments[environment].clusters
    .filter(({ workload }) => clusters.includes(workload.cluster))
    .map((cluster) => ({ ...cluster, workload: new Workload(namespace, cluster.workload.cluster) }));
}

/** What is scraped of a scenario's clusters, and of the operator, while it happens. */
function happening(placed: Placed, environment: WatchedEnvironment): readonly Series[] {
  const { scenario, namespace } = placed;
  const { edits = [], from = 20 * MINUTE, until = Number.POSITIVE_INFINITY } = scenario;
  const all = healthy({ ...environment, clusters: clustersOf(placed) });
  return edited(
    scenario.apart ? [...all, ...operators] : all,
    edits.map((edit) => ({ ...edit, of: moved(edit.of, namespace) })),
    from,
    until,
  );
}

/** Scenarios of one environment and one step, side by side. */
export function batchOf(scenarios: readonly Scenario[]): Batch {
  const placed = scenarios.map((scenario, index) => ({ scenario, namespace: `shop-${index}` }));
  const [first] = scenarios;
  const base = environments[first?.environment ?? "main"];
  // One cluster of each kind is there too, so that the rules are those of an environment that has all of them.
  const kinds = base === environments.main ? base.clusters : [];
  const rest = kinds.map((cluster) => ({
    ...cluster,
    workload: new Workload("rest", cluster.workload.cluster),
  }));
  const environment = { ...base, clusters: [...rest, ...placed.flatMap(clustersOf)] };
  return {
    placed,
    environment,
    step: first?.step ?? MINUTE,
    series: [
      ...placed.flatMap((one) => happening(one, environment)),
      ...healthy({ ...environment, clusters: rest }),
      ...(first?.apart ? [] : operators),
      ...besides,
    ],
  };
}

/** Scenarios that can run side by side: of one environment, and one step. */
export function batches(scenarios: readonly Scenario[]): readonly Batch[] {
  const groups = new Map<string, Scenario[]>();
  for (const scenario of scenarios) {
    const { environment, step, apart, name } = scenario;
    const key = JSON.stringify([environment, step, apart ? name : ""]);
    groups.set(key, [...(groups.get(key) ?? []), scenario]);
  }
  return [...groups.values()].map(batchOf);
}

/** Scenarios side by side, with the rules as they are. */
export function runOf({ placed, environment, step, series }: Batch): Run {
  return {
    name: placed.map(({ scenario }) => scenario.name).join("; "),
    groups: ruleGroups(environment),
    series,
    step,
    queries: queriesOf(placed),
  };
}

/** What each scenario asks when, and that nothing fires elsewhere then. */
export function queriesOf(placed: readonly Placed[]): readonly Query[] {
  const times = new Set(placed.flatMap(({ scenario }) => [...scenario.expect.keys()]));
  return [
    ...[...times].map((at) => ({ at, expr: elsewhere, expected: [] })),
    ...placed.flatMap(({ scenario, namespace }) =>
      [...scenario.expect].map(([at, fires]) => ({
        at,
        expr: firing(namespace),
        expected: fires.map((one) => sampleOf(one, namespace)),
      })),
    ),
  ];
}
