import { type Option, optionsOf, type Program, takesValue } from "./barmanOptions";

/** What is wrong with one of the arguments. */
export interface Problem {
  /** Its place among the arguments that were given. */
  readonly index: number;
  /** `ends`: the program ends with success and has done nothing. `fails`: it refuses its arguments, and ends with 3. */
  readonly kind: "ends" | "fails";
  /** In words that continue "<argument> ..."; no values, which may be secrets. */
  readonly says: string;
}

const surplus = "is no option, and none before it takes it";

interface Entry {
  readonly text: string;
  readonly index: number;
}

/** How an argument is read: as an option, perhaps with its value; as a value or a place; or as an option that there is not. */
type Reading =
  | { readonly as: "option"; readonly option: Option; readonly name: string; readonly joined?: string }
  | { readonly as: "value" }
  | { readonly as: "unknown"; readonly says: string };

/**
 * Reads arguments as Barman's programs do (Python's argparse): long options may be shortened, short ones joined, and a
 * value stands behind `=` or in the next argument.
 *
 * @param own what CNPG passes by itself before them: options and their values
 * @param later options that CNPG passes after them
 * @param alsoKnown names of options that other versions have
 */
export function problemsIn(
  program: Program,
  given: readonly string[],
  own: readonly string[] = [],
  later: readonly string[] = [],
  alsoKnown: readonly string[] = [],
): Problem[] {
  const options = optionsOf(program);
  const problems: Problem[] = [];
  const entries = passed(given, own);
  const used = new Map<string, Option>();
  const use = (option: Option, index: number, name: string) => {
    const other = option.group === undefined ? undefined : used.get(option.group);
    if (option.group !== undefined) used.set(option.group, option);
    if (other !== undefined && other !== option)
      problems.push({ index, kind: "fails", says: `excludes ${other.name}, which is there too` });
    if (option.ends) problems.push({ index, kind: "ends", says: `is ${name}` });
  };
  for (const name of [...own, ...later]) {
    const option = options.get(name);
    if (option?.group !== undefined) used.set(option.group, option);
  }
  const isValue = ({ text }: Entry) => reading(text, options).as === "value";
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as Entry;
    const { index, text } = entry;
    const fails = (says: string, at = index) => void problems.push({ index: at, kind: "fails", says });
    const [name = ""] = text.split("=");
    if (text === "--") {
      // Where CNPG's own options stand before them, all that follows are places.
      if (!program.endsWith("restore")) fails("makes places of the options of CNPG that follow");
      for (const one of entries.slice(i + 1)) fails(surplus, one.index);
      break;
    }
    if (alsoKnown.includes(name)) {
      if (!text.includes("=") && entries[i + 1] !== undefined && isValue(entries[i + 1] as Entry)) i++;
      continue;
    }
    const found = reading(text, options);
    if (found.as === "value") fails(surplus);
    else if (found.as === "unknown") fails(found.says);
    else {
      const last = cluster(found, options);
      if (typeof last === "string") {
        fails(last);
        continue;
      }
      for (const one of last.flags) use(one, index, one.name);
      const { option, joined } = last;
      use(option, index, option.name);
      if (option.takes === "many") {
        while (joined === undefined && entries[i + 1] !== undefined && isValue(entries[i + 1] as Entry)) i++;
      } else if (option.takes === "value") {
        const next = entries[i + 1];
        const value = joined ?? (next !== undefined && isValue(next) ? next.text : undefined);
        if (joined === undefined && value !== undefined) i++;
        if (value === undefined) fails(`has no value: write ${option.name}=<value>`);
        else if (!takesValue(option, value))
          fails(`has a value that Barman refuses. Allowed: ${allowed(option)}`);
      }
    }
  }
  return problems;
}

/** What CNPG hands on: nothing that is there already, whether an option or a value (`appendAdditionalCommandArgs`). */
function passed(given: readonly string[], own: readonly string[]): Entry[] {
  const keyOf = (text: string) => text.split("=")[0] ?? "";
  const there = new Set(own);
  const entries: Entry[] = [];
  const keys = new Set(own.map(keyOf));
  for (const [index, text] of given.entries()) {
    const key = keyOf(text);
    if (key === "" || there.has(key) || keys.has(key)) continue;
    there.add(text);
    entries.push({ text, index });
  }
  return entries;
}

function reading(text: string, options: ReadonlyMap<string, Option>): Reading {
  if (!text.startsWith("-") || text.length === 1) return { as: "value" };
  const exact = options.get(text);
  if (exact !== undefined) return { as: "option", option: exact, name: text };
  const [name = "", ...rest] = text.split("=");
  const joined = rest.length === 0 ? undefined : rest.join("=");
  const option = options.get(name);
  if (option !== undefined) return { as: "option", option, name, ...(joined !== undefined && { joined }) };
  if (text.startsWith("--")) {
    const meant = [...options.keys()].filter((one) => one.startsWith(name));
    const [only = "", ...others] = meant;
    const found = options.get(only);
    if (others.length > 0 && name !== "--")
      return { as: "unknown", says: `may be any of ${meant.join(", ")}` };
    if (found !== undefined && others.length === 0)
      return { as: "option", option: found, name: only, ...(joined !== undefined && { joined }) };
  } else {
    const short = options.get(text.slice(0, 2));
    if (short !== undefined)
      return { as: "option", option: short, name: text.slice(0, 2), joined: text.slice(2) };
  }
  if (/^-\d+$|^-\d*\.\d+$/.test(text) || text.includes(" ")) return { as: "value" };
  return { as: "unknown", says: "is no option of it" };
}

interface Cluster {
  readonly flags: readonly Option[];
  readonly option: Option;
  readonly joined: string | undefined;
}

/** Short options in one argument, such as `-vt`; what is wrong with them, as a text. */
function cluster(
  { option, name, joined }: Extract<Reading, { as: "option" }>,
  options: ReadonlyMap<string, Option>,
): Cluster | string {
  const flags: Option[] = [];
  let [last, rest] = [option, joined];
  while (last.takes === "nothing" && rest !== undefined) {
    const next = name.startsWith("--") ? undefined : options.get(`-${rest[0] ?? ""}`);
    if (next === undefined) return "takes no value";
    flags.push(last);
    [last, rest] = [next, rest.length > 1 ? rest.slice(1) : undefined];
  }
  return { flags, option: last, joined: rest };
}

function allowed({ value }: Option): string {
  const forms: Readonly<Record<string, string>> = {
    size: "a size such as 2GB, which is not written 2Gi",
    int: "a whole number",
    count: "a whole number from 1",
  };
  return forms[value] ?? value.replaceAll("|", ", ");
}
