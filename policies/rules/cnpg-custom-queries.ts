import { load } from "js-yaml";
import { CLUSTER } from "../core/cluster";
import { hasPlaceholder } from "../core/placeholder";
import { columnsOf } from "../core/queryColumns";
import { stackRule } from "../core/rule";

/** What CNPG 1.30 takes, in capitals. */
const usages = ["DISCARD", "LABEL", "COUNTER", "GAUGE", "MAPPEDMETRIC", "DURATION", "HISTOGRAM"];

type Map = Readonly<Record<string, unknown>>;

export default stackRule({
  id: "cnpg-custom-queries",
  title: "Custom queries for metrics can be read, and their metrics have the names that are meant.",
  severity: "medium",
  tags: ["monitoring"],
  why: "CNPG reads the queries when an instance starts, and leaves out what it can't read with a line in a log: the metrics are missing, and alerts on them silent. It puts cnpg_ in front of each name, so that cnpg_table_bloat becomes cnpg_cnpg_table_bloat, and knows seven usages of a column, written in capitals. It gives labels their values in the order of the result, and their names in the order of the file. One metric that is there twice makes each scrape of the instance fail.",
  remedy:
    "Write names without cnpg_, and LABEL, COUNTER, GAUGE, HISTOGRAM, DURATION, MAPPEDMETRIC or DISCARD for each column; labels in the order of the result, and one that tells databases apart.",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/#user-defined-metrics",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const seen = new Set<string>();
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        for (const reference of cluster.view.list("spec", "monitoring", "customQueriesConfigMap"))
          part(() => {
            const [name, key] = [reference.text("name"), reference.text("key")];
            if (name === undefined || key === undefined) return;
            const map = stack.find("ConfigMap", cluster.namespace, name);
            if (map === undefined || seen.has(`${map.namespace}/${name}/${key}`)) return;
            seen.add(`${map.namespace}/${name}/${key}`);
            const at = map.view.at("data", key);
            const text = at.text();
            if (text === undefined || hasPlaceholder(text)) return;
            for (const problem of problemsOf(text)) report(map, at, problem);
          });
      });
  },
});

/** What is wrong with a file of queries, in words. */
function problemsOf(text: string): string[] {
  let queries: unknown;
  try {
    queries = load(text);
  } catch {
    return ["is no YAML: no query of it runs. Correct it."];
  }
  if (queries === null || queries === undefined) return [];
  if (!isMap(queries)) return ["is no map of queries by name: none of it runs. Write one."];
  return Object.entries(queries).flatMap(([key, query]) => {
    if (query === null || query === undefined) return [];
    if (!isMap(query))
      return [`${key} is no map with query and metrics: no query of this file runs. Write one.`];
    const name = typeof query.name === "string" && query.name !== "" ? query.name : key;
    const plain = name.replace(/^(?:cnpg_)+/, "");
    return [
      ...(name === plain
        ? []
        : [`the metrics of the query ${name} are called cnpg_${name}_…. Call it ${plain}.`]),
      ...usageProblems(name, query.metrics),
      ...resultProblems(name, query),
    ];
  });
}

const columnsIn = (metrics: unknown) =>
  (Array.isArray(metrics) ? metrics : []).filter(isMap).flatMap((one) => Object.entries(one));

const labelsIn = (metrics: unknown) =>
  columnsIn(metrics).flatMap(([column, given]) => (isMap(given) && given.usage === "LABEL" ? [column] : []));

/** What goes wrong when it runs, though it can be read. */
function resultProblems(name: string, { query, metrics, target_databases, runonserver }: Map): string[] {
  const labels = labelsIn(metrics);
  const databases = (Array.isArray(target_databases) ? target_databases : []).map(String);
  const several = databases.length > 1 || databases.some((database) => /[[*?]/.test(database));
  const result = typeof query === "string" ? (columnsOf(query) ?? []) : [];
  const found = result.filter((column) => column !== undefined && labels.includes(column));
  const swapped = found.length === labels.length && found.some((column, i) => column !== labels[i]);
  const never = /\b[1-9]\d\.[1-9]\d*(?:\.\d+)?/.exec(String(runonserver ?? ""))?.[0];
  return [
    ...(several && labels.length === 0 && columnsIn(metrics).length > 0
      ? [
          `the query ${name} runs in several databases and has no label that tells them apart: its metrics are there twice, and the exporter answers each scrape with an error. Add current_database() AS datname with the usage LABEL.`,
        ]
      : []),
    ...(swapped
      ? [
          `the labels of the query ${name} get each other's values: they take them in the order of the result, which is ${found.join(", ")}. Write them in this order.`,
        ]
      : []),
    ...(never === undefined
      ? []
      : [
          `the query ${name} is for ${never}, and CNPG knows Postgres ${never.split(".").slice(0, 2).join(".")} as ${never.replace(/\..*/, "")}.0.${never.split(".")[1]}. Write that.`,
        ]),
  ];
}

function usageProblems(name: string, metrics: unknown): string[] {
  if (isMap(metrics))
    return [
      `metrics of the query ${name} is no list: no query of this file runs. Write "- " before each column.`,
    ];
  return columnsIn(metrics).flatMap(([column, given]) => {
    const usage = isMap(given) ? given.usage : undefined;
    if (typeof usage === "string" && usages.includes(usage)) return [];
    const near = usages.find((one) => one === String(usage).toUpperCase());
    const said =
      usage === undefined || usage === null ? "has no usage" : `has the usage ${JSON.stringify(usage)}`;
    return [
      `the column ${column} of the query ${name} ${said}, and is not exported. Write ${near ?? "GAUGE, COUNTER or LABEL"}.`,
    ];
  });
}

const isMap = (value: unknown): value is Map =>
  typeof value === "object" && value !== null && !Array.isArray(value);
