/** Comments, texts and names in quotes of SQL, whichever begins first. */
const quoted =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1/g;

/**
 * Names of the columns that a SELECT results in, in their order; undefined for each whose name is not certain, and for all of a
 * statement that does not begin with SELECT.
 */
export function columnsOf(sql: string): readonly (string | undefined)[] | undefined {
  const bare = sql.replace(quoted, (found) => (found.startsWith('"') ? found.replace(/[(),]/g, "?") : " "));
  const rest = /^\s*select\b(?!\s+(?:distinct|all)\b)([\s\S]*)/i.exec(bare)?.[1];
  if (rest === undefined) return undefined;
  const items: string[] = [""];
  let depth = 0;
  for (const part of rest.split(/([(),]|\bfrom\b)/i)) {
    if (depth === 0 && /^from$/i.test(part)) break;
    if (depth === 0 && part === ",") items.push("");
    else items.push(`${items.pop() ?? ""}${part}`);
    depth += part === "(" ? 1 : part === ")" ? -1 : 0;
  }
  return items.map(nameOf);
}

/** `AS name`, or a column by itself, such as `a.name`. */
function nameOf(item: string): string | undefined {
  const named =
    /\bas\s+("[^"]+"|[a-z_]\w*)\s*$/i.exec(item) ?? /^\s*(?:\w+\.)*("[^"]+"|[a-z_]\w*)\s*$/i.exec(item);
  const name = named?.[1];
  return name?.startsWith('"') ? name.slice(1, -1) : name?.toLowerCase();
}
