import { bad, good, type Parsed } from "../units";

/** Comments, texts and names in quotes, whichever begins first, as Postgres reads them. */
const quoted = new RegExp(
  [
    String.raw`--[^\n]*`,
    // Comments of Postgres may have comments in them.
    String.raw`/\*(?:(?!/\*|\*/)[\s\S]|/\*[\s\S]*?\*/)*\*/`,
    String.raw`\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'`,
    `'(?:[^']|'')*'`,
    `"(?:[^"]|"")*"`,
    String.raw`(?<![\w$])(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1`,
  ].join("|"),
  "g",
);

/** SQL with nothing in place of what is no SQL: as long as before. A name in quotes becomes letters. */
const bareOf = (text: string) =>
  text.replace(quoted, (found) => (found.startsWith('"') ? "q" : " ").repeat(found.length));

const allowed = "one statement that reads: SELECT or WITH, without a semicolon but at its end";

/** One statement that reads: the exporter runs it in a transaction that can't write. */
export function statement(text: string): Parsed<string> {
  const bare = bareOf(text).trim();
  if (!/^[\s(]*(select|with|values|table|show)\b/i.test(bare) || /;(?!\s*$)/.test(bare)) return bad(allowed);
  if (/\b(?:insert\s+into|delete\s+from|merge\s+into|update\s+[\w.]+\s+set)\b/i.test(bare))
    return bad(allowed);
  if (/['"]|\/\*/.test(bare)) return bad(`${allowed}; a quote or a comment in it does not end`);
  const balanced = [...bare].reduce(
    (depth, letter) => (depth < 0 ? depth : depth + (letter === "(" ? 1 : letter === ")" ? -1 : 0)),
    0,
  );
  return balanced === 0 ? good(text) : bad(`${allowed}; its parentheses don't match`);
}

/**
 * A query that results in columns in this order and no others. CNPG takes the values of labels in the order of the result, and their
 * names in the order of its configuration, so that two of them would change places where these differ.
 */
export function inOrder(text: string, columns: readonly string[]): string {
  const bare = bareOf(text);
  if (/^\s*show\b/i.test(bare)) return text;
  const end = bare.indexOf(";");
  const one = (end < 0 ? text : text.slice(0, end)).trim();
  return `SELECT ${columns.map((name) => `"${name}"`).join(", ")} FROM (\n${one}\n) AS result`;
}

/**
 * As `Masterminds/semver` reads ranges, which is what CNPG takes. It knows Postgres 17.6 as 17.0.6, so that the number in the middle
 * is always 0.
 */
export function versionRange(text: string): Parsed<string> {
  const one = String.raw`(?:[<>]=?|!?=|[~^])?\s*\d+(?:\.0(?:\.\d+)?)?`;
  const all = new RegExp(String.raw`^\s*${one}(?:(?:\s+|\s*,\s*)${one})*\s*$`);
  return text.split("||").every((range) => all.test(range))
    ? good(text)
    : bad('a range of versions such as ">=17.0.0" or ">=15.0.0 <17.0.0"; Postgres 17.6 is 17.0.6 to CNPG');
}
