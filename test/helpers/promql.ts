import { parser } from "@prometheus-io/lezer-promql";

/** A selector of an expression: its metric, and what it asks of labels. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

/** A part of an expression by its place. */
export interface Part {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Kinds of the parts that it is in, the nearest first. */
  readonly within: readonly string[];
}

/**
 * All parts of an expression of PromQL.
 *
 * @throws Error where it doesn't parse
 */
export function partsOf(expression: string): Part[] {
  const parts: Part[] = [];
  const stack: string[] = [];
  parser.parse(expression).iterate({
    enter({ name, from, to, type }) {
      if (type.isError) throw new Error(`${expression}\nat ${from}: ${expression.slice(from, from + 30)}`);
      parts.push({ kind: name, from, to, text: expression.slice(from, to), within: [...stack] });
      stack.unshift(name);
    },
    leave: () => void stack.shift(),
  });
  return parts;
}

/** What an expression selects. */
export function selectorsOf(expression: string): Selector[] {
  const parts = partsOf(expression);
  const inside = (outer: Part, kind: string) =>
    parts.filter((part) => part.kind === kind && part.from >= outer.from && part.to <= outer.to);
  return parts
    .filter(({ kind }) => kind === "VectorSelector")
    .map((selector) => ({
      metric: inside(selector, "Identifier")[0]?.text ?? "",
      matchers: inside(selector, "UnquotedLabelMatcher").map(({ text }) => {
        const [, label = "", operator = "", value = '""'] =
          /^(\w+)\s*(=~|!~|!=|=)\s*(".*")$/s.exec(text) ?? [];
        return { label, operator, value: JSON.parse(value) as string };
      }),
    }));
}

/** Labels by which an expression groups or matches series, and which functions write. */
export function labelsOf(expression: string): string[] {
  return partsOf(expression)
    .filter(({ kind, within }) => kind === "LabelName" && within.includes("GroupingLabels"))
    .map(({ text }) => text);
}
