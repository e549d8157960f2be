import { postgresParameters } from "./postgresParameters";

/** What Postgres says of one of its parameters. */
export interface Facts {
  readonly name: string;
  readonly type: "bool" | "int" | "real" | "enum" | "string" | "preset";
  /** What a number without a unit counts in: `kB`, `8kB`, `ms`; empty for one that takes none. */
  readonly unit: string;
  readonly least: number;
  readonly most: number;
  readonly values: readonly string[];
  /** Values that are taken and not listed. */
  readonly unlisted: readonly string[];
  /** Default of a developer option; undefined for all others. */
  readonly developer: string | undefined;
}

/** Parameters of a major version. */
export interface Catalogue {
  /** In whatever letters, and under a former name, as Postgres finds it. */
  find(name: string): Facts | undefined;
  readonly names: readonly string[];
}

/** Majors that the catalogue is of. */
export const majors: readonly number[] = [14, 15, 16, 17, 18];

const read = new Map<number | undefined, Catalogue>();

/** Parameters of a major version; of all that are known, for one that is not. */
export function parametersOf(major: number | undefined): Catalogue {
  const one = major !== undefined && majors.includes(major) ? major : undefined;
  let catalogue = read.get(one);
  if (catalogue === undefined) {
    catalogue = readCatalogue(one);
    read.set(one, catalogue);
  }
  return catalogue;
}

function readCatalogue(major: number | undefined): Catalogue {
  // What a line says is read when it is asked for: a Cluster sets few of them.
  const lines = new Map<string, string>();
  const facts = new Map<string, Facts>();
  const former = new Map<string, string>();
  for (const line of postgresParameters.trim().split("\n")) {
    const [name = "", span = "", types = "", first = ""] = line.split("|", 4);
    const [from = 0, to = from] = span.split("-").map(Number);
    if (major !== undefined && (major < from || major > to)) continue;
    if (types === "is") former.set(name, first);
    else lines.set(name.toLowerCase(), line);
  }
  return {
    find: (name) => {
      const key = former.get(name.toLowerCase()) ?? name.toLowerCase();
      const line = lines.get(key);
      if (line === undefined) return undefined;
      let found = facts.get(key);
      if (found === undefined) {
        const [own = "", , types = "", ...rest] = line.split("|");
        found = factsOf(own, types, rest);
        facts.set(key, found);
      }
      return found;
    },
    get names() {
      return [...lines.values()].map((line) => line.slice(0, line.indexOf("|")));
    },
  };
}

function factsOf(name: string, types: string, [first = "", least = "", most = ""]: readonly string[]): Facts {
  const [type = "", isDeveloper, byDefault = ""] = types.split(" ");
  const values = type === "enum" ? first.split(",") : [];
  return {
    name,
    type: type as Facts["type"],
    unit: type === "enum" ? "" : first,
    least: bound(least),
    most: bound(most),
    values: values.filter((value) => !value.startsWith("-")),
    unlisted: values.flatMap((value) => (value.startsWith("-") ? value.slice(1) : [])),
    developer: isDeveloper === undefined ? undefined : byDefault,
  };
}

/** The largest number that there is, is written with six digits. */
const bound = (text: string) =>
  /1\.79769e\+308$/.test(text) ? Math.sign(Number(text)) * Number.MAX_VALUE : Number(text);
