/** Dashboards in Grafana's own form, by its SDK. */

import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  AxisPlacement,
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  MappingType,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as NumberBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StatesBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as LinesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { type Chart, type Dashboard, laidOut, type Panel, type Step, type Table } from "./model";

const source = { type: "prometheus", uid: "$datasource" };
const letter = (index: number) => String.fromCharCode(65 + index);

/** The dashboard as Grafana imports it. */
export function forGrafana(dashboard: Dashboard, others: readonly Dashboard[]): object {
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .description(dashboard.description)
    .tags(["cloudnative-pg", "postgresql"])
    .timezone("browser")
    .time({ from: "now-24h", to: "now" })
    .refresh("1m")
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations([])
    .editable();
  for (const variable of variables(dashboard)) builder.withVariable(variable);
  for (const other of others) builder.link({ build: () => linkTo(other) });
  let id = 0;
  for (const { row, place, panels } of laidOut(dashboard.rows)) {
    id += 1;
    builder.withRow(new RowBuilder(row.title).id(id).gridPos(place));
    for (const [panel, at] of panels) {
      id += 1;
      builder.withPanel(built(panel, others).id(id).gridPos(at).datasource(source));
    }
  }
  return builder.build();
}

/** At the top of the page, where other versions of Grafana have it too, and not in the newest one's menu. */
function linkTo({ uid, title }: Dashboard): DashboardLink {
  const { placement: _, ...link } = new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .url(`/d/${uid}?var-datasource=$datasource`)
    .keepTime(true)
    .build();
  return link;
}

function variables({ several }: Dashboard): (DatasourceVariableBuilder | QueryVariableBuilder)[] {
  const from = (name: string, label: string, query: string) => {
    const variable = new QueryVariableBuilder(name)
      .label(label)
      .query({ query, refId: name })
      .definition(query)
      .datasource(source)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc);
    return several
      ? variable.multi(true).includeAll(true).allValue(".+").current({ text: "All", value: "$__all" })
      : variable;
  };
  return [
    new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"),
    from("namespace", "Namespace", "label_values(cnpg_collector_up, namespace)"),
    from(
      "cnpg_cluster",
      "Cluster",
      `label_values(cnpg_collector_up{namespace${several ? "=~" : "="}"$namespace"}, cnpg_cluster)`,
    ),
  ];
}

function built(
  panel: Panel,
  others: readonly Dashboard[],
): LinesBuilder | NumberBuilder | StatesBuilder | TableBuilder {
  const builder =
    panel.kind === "table"
      ? table(panel, others)
      : { lines, number, states }[panel.kind](panel).unit(panel.unit);
  return builder.title(panel.title).description(panel.description);
}

/** With a step of its own the range of rates is two minutes or more, at whatever interval the data source is said to be scraped. */
const query = (expr: string, refId: string) => new DataqueryBuilder().expr(expr).refId(refId).interval("30s");

function lines(panel: Chart): LinesBuilder {
  const builder = new LinesBuilder()
    .lineWidth(1)
    .fillOpacity(panel.queries.length === 1 ? 10 : 0)
    .showPoints(VisibilityMode.Never)
    .axisPlacement(AxisPlacement.Auto)
    .axisSoftMin(0)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (panel.max !== undefined) builder.min(0).max(panel.max);
  if (panel.steps !== undefined)
    builder
      .thresholds(steps(panel.steps))
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  panel.queries.forEach(({ expr, legend, limit }, index) => {
    builder.withTarget(query(expr, letter(index)).range().legendFormat(legend));
    if (limit === true)
      builder.overrideByQuery(letter(index), [
        { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } },
        { id: "custom.fillOpacity", value: 0 },
      ]);
  });
  return builder;
}

function number(panel: Chart): NumberBuilder {
  const builder = new NumberBuilder()
    .graphMode(BigValueGraphMode.None)
    .colorMode(
      panel.steps === undefined && panel.texts === undefined
        ? BigValueColorMode.None
        : BigValueColorMode.Value,
    )
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false))
    .thresholds(steps(panel.steps ?? [[0, "green"]]));
  if (panel.texts !== undefined) builder.mappings(mappings(panel.texts));
  if (panel.nothing !== undefined) builder.noValue(panel.nothing);
  panel.queries.forEach(({ expr, legend }, index) => {
    builder.withTarget(query(expr, letter(index)).instant().legendFormat(legend));
  });
  return builder;
}

function states(panel: Chart): StatesBuilder {
  const builder = new StatesBuilder()
    .fillOpacity(70)
    .lineWidth(0)
    .mappings(mappings(panel.texts ?? {}))
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    );
  panel.queries.forEach(({ expr, legend }, index) => {
    builder.withTarget(query(expr, letter(index)).range().legendFormat(legend));
  });
  return builder;
}

function table({ columns }: Table, [other]: readonly Dashboard[]): TableBuilder {
  const builder = new TableBuilder();
  const names: Record<string, string> = { namespace: "Namespace", cnpg_cluster: "Cluster" };
  columns.forEach(({ expr, legend, unit, steps: from, texts }, index) => {
    builder.withTarget(query(expr, letter(index)).instant().format(PromQueryFormat.Table));
    names[`Value #${letter(index)}`] = legend;
    builder.overrideByName(legend, [
      { id: "unit", value: unit },
      ...(from === undefined ? [] : [{ id: "thresholds", value: steps(from).build() }]),
      ...(texts === undefined ? [] : [{ id: "mappings", value: mappings(texts) }]),
      ...(from === undefined && texts === undefined
        ? []
        : [{ id: "custom.cellOptions", value: { type: "color-text" } }]),
    ]);
  });
  if (other !== undefined)
    builder.overrideByName("Cluster", [
      {
        id: "links",
        value: [
          {
            title: other.title,
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variables, not TypeScript's.
            url: `/d/${other.uid}?var-datasource=$datasource&var-namespace=${"${__data.fields.Namespace}"}&var-cnpg_cluster=${"${__value.raw}"}`,
          },
        ],
      },
    ]);
  return builder.withTransformation({ id: "merge", options: {} }).withTransformation({
    id: "organize",
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(Object.keys(names).map((name, index) => [name, index])),
      renameByName: names,
    },
  });
}

const steps = (from: readonly Step[]): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    // The first has no beginning.
    .steps(from.map(([value, color], index) => ({ value: index === 0 ? null : value, color })));

const mappings = (
  texts: Readonly<Record<string, readonly [text: string, colour: string]>>,
): ValueMapping[] => [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(texts).map(([value, [text, color]], index) => [value, { text, color, index }]),
    ),
  },
];
