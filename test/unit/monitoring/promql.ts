import { parser } from "@prometheus-io/lezer-promql";

/** What an expression of PromQL reads. */
export interface Read {
  /** Names of metrics. */
  readonly metrics: readonly string[];
  /** Places where it is no PromQL, as text. */
  readonly errors: readonly string[];
}

/** Reads an expression as Prometheus' own editor does. */
export function readPromql(expression: string): Read {
  const metrics = new Set<string>();
  const errors: string[] = [];
  parser.parse(expression).iterate({
    enter({ type, node, from, to }) {
      if (type.isError) errors.push(`at ${from}: ${expression.slice(Math.max(0, from - 20), from + 20)}`);
      if (node.name === "Identifier" && node.parent?.name === "VectorSelector")
        metrics.add(expression.slice(from, to));
    },
  });
  return { metrics: [...metrics], errors };
}
