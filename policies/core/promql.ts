/** A condition on a label. */
export interface Matcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** A selector of PromQL with matchers, and the metric in front of it. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

const text = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/.source;
/** Texts and comments first, so that a brace in one of them begins nothing. */
const selectors = new RegExp(`${text}|#.*|([a-zA-Z_:][\\w:]*)?\\s*\\{((?:${text}|[^{}"'\`])*)\\}`, "g");
const matchers = new RegExp(`([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*(${text})`, "g");

/** The selectors of an expression that have matchers. */
export function selectorsIn(expression: string): Selector[] {
  return [...expression.matchAll(selectors)].flatMap(([, metric = "", inside]) =>
    inside === undefined
      ? []
      : [
          {
            metric,
            matchers: [...inside.matchAll(matchers)].map(([, label = "", operator, value = ""]) => ({
              label,
              operator: operator as Matcher["operator"],
              value: value.slice(1, -1),
            })),
          },
        ],
  );
}

/** The expression without comments, and with nothing in its texts and selectors: what an expression does, and not to whom. */
export const bareOf = (expression: string): string =>
  expression
    .replaceAll(new RegExp(`(${text})|#.*`, "g"), (_, quoted: string | undefined) =>
      quoted === undefined ? " " : '""',
    )
    .replaceAll(/\{[^{}]*\}/g, " ");
