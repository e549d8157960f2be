import { SUPPORTED_MAJORS } from "../units";
import { postgresParameters } from "./postgresParameters";

/** What Postgres says of one of its parameters. */
export interface ParameterFacts {
  /** As Postgres writes it: `DateStyle`, `work_mem`. */
  readonly name: string;
  readonly type: "bool" | "int" | "real" | "enum" | "string" | "preset";
  /** Unit of a number that is written without one: `kB`, `8kB`, `ms`; empty for one that takes none. */
  readonly unit: string;
  /** The least and the most of a number, in that unit. */
  readonly least: number;
  readonly most: number;
  /** Values of an enumeration as they are listed. */
  readonly values: readonly string[];
  /** Values that are taken and not listed. */
  readonly unlisted: readonly string[];
}

/** The parameters of one major version. */
export interface Catalogue {
  /** Finds a parameter as Postgres does: in whatever letters, and under its former name. */
  find(name: string): ParameterFacts | undefined;
  /** Names as Postgres writes them, those of extensions among them. */
  readonly names: readonly string[];
}

/** The majors that have a parameter, in order; none if there is no such parameter. */
export function majorsOf(name: string): number[] {
  return SUPPORTED_MAJORS.filter((major) => parametersOf(major).find(name) !== undefined);
}

const read = new Map<number, Catalogue>();

/** The parameters of a major version, 14 to 18; of all of them together where it is not known. */
export function parametersOf(major: number | undefined): Catalogue {
  const key = major ?? 0;
  const found = read.get(key) ?? readCatalogue(major);
  read.set(key, found);
  return found;
}

function readCatalogue(major: number | undefined): Catalogue {
  const facts = new Map<string, ParameterFacts>();
  const formerly = new Map<string, string>();
  for (const line of postgresParameters.trim().split("\n")) {
    const [name = "", majors = "", type = "", ...rest] = line.split("|");
    const [from = 0, to = from] = majors.split("-").map(Number);
    if (major !== undefined && (major < from || major > to)) continue;
    if (type === "is") formerly.set(name, rest[0] ?? "");
    else facts.set(name.toLowerCase(), factsOf(name, type.replace(/ .*/, ""), rest));
  }
  return {
    find(name) {
      const plain = lower(name);
      return facts.get(formerly.get(plain) ?? plain);
    },
    names: [...facts.values()].map(({ name }) => name),
  };
}

function factsOf(name: string, type: string, rest: readonly string[]): ParameterFacts {
  const [unit = "", least = "", most = ""] = type === "int" || type === "real" ? rest : [];
  const values = type === "enum" ? (rest[0] ?? "").split(",") : [];
  return {
    name,
    type: type as ParameterFacts["type"],
    unit,
    least: bound(least),
    most: bound(most),
    values: values.filter((value) => !value.startsWith("-")),
    unlisted: values.filter((value) => value.startsWith("-")).map((value) => value.slice(1)),
  };
}

/** `pg_settings` shows six digits of the largest number that there is. */
function bound(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  return text.endsWith("1.79769e+308") ? sign * Number.MAX_VALUE : Number(text);
}

/** Only letters of ASCII are alike to Postgres. */
function lower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
