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

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * Why Prometheus can't read an expression, as far as brackets and texts tell; undefined where they are closed in their order.
 * https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export function unreadable(expression: string): string | undefined {
  const open: string[] = [];
  for (const [token] of expression.matchAll(new RegExp(`${text}|#.*|[()[\\]{}"'\`]`, "g"))) {
    if (/^(?:["'`].|#)/s.test(token)) continue;
    const close = closing[token];
    if (close !== undefined) open.push(token);
    else if (/["'`]/.test(token)) return `has a text that begins with ${token} and does not end`;
    else {
      const last = open.pop();
      if (last === undefined) return `has a "${token}" that nothing opens`;
      if (closing[last] !== token) return `has a "${last}" that "${token}" closes`;
    }
  }
  const last = open.pop();
  return last === undefined ? undefined : `has a "${last}" that nothing closes`;
}

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
