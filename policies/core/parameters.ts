import { majorOf } from "./major";
import { type Catalogue, type Facts, parametersOf } from "./parameterCatalogue";
import { memoryUnits, readFraction, readInteger, timeUnits } from "./parameterNumbers";
import { known, type Resource } from "./resource";
import type { View } from "./view";

/** A value as Postgres understands it: a truth value, a number in the parameter's own unit, or a text. */
export type Value = boolean | number | string;

/** A parameter that a cluster sets. */
export interface Setting {
  /** As Postgres calls it; in small letters where it has none of this name. */
  readonly name: string;
  readonly at: View;
  readonly facts: Facts | undefined;
}

/** The parameters of a Cluster's Postgres as they are in its manifest. */
export function parameterMap(cluster: Resource): View {
  return cluster.view.at("spec", "postgresql", "parameters");
}

/** What the Cluster's major version of Postgres has; what any has where the version can't be told. */
export function catalogueOf(cluster: Resource): Catalogue {
  return parametersOf(known(() => majorOf(cluster)?.major));
}

/**
 * The parameters that a Cluster sets, under Postgres' own names, which count in whatever letters. CNPG writes them in the order of
 * their letters, and of two spellings of one name the last is in force.
 */
export function settingsOf(cluster: Resource): readonly Setting[] {
  const before = read.get(cluster);
  if (before !== undefined) return before;
  const map = parameterMap(cluster);
  const catalogue = catalogueOf(cluster);
  const settings = new Map<string, Setting>();
  for (const key of map.knownKeys().sort()) {
    const facts = catalogue.find(key);
    const name = facts?.name ?? key.toLowerCase();
    settings.set(name, { name, at: map.at(key), facts });
  }
  const found = [...settings.values()];
  read.set(cluster, found);
  return found;
}

const read = new WeakMap<Resource, readonly Setting[]>();

/** One parameter; where it is not set, where it would be. */
export function settingOf(cluster: Resource, name: string): Setting {
  const found = settingsOf(cluster).find((setting) => setting.name === name);
  return found ?? { name, at: parameterMap(cluster).at(name), facts: catalogueOf(cluster).find(name) };
}

/** The value of a parameter; undefined where there is none, or one that Postgres refuses. */
export function readSetting({ at, facts }: Setting): Value | undefined {
  const text = at.scalar();
  return text === undefined || facts === undefined ? undefined : readValue(facts, text);
}

/** A size that a Cluster sets, in bytes; undefined as for {@link readSetting}. */
export function sizeOf(cluster: Resource, name: string): number | undefined {
  const setting = settingOf(cluster, name);
  const value = readSetting(setting);
  const [, times, unit = ""] = /^(\d*)(\w+)$/.exec(setting.facts?.unit ?? "") ?? [];
  return typeof value === "number" ? value * Number(times || 1) * (memoryUnits.get(unit) ?? 1) : undefined;
}

/** Reads a value as Postgres does (`parse_and_validate_value` in guc.c); undefined for one that it refuses. */
export function readValue(facts: Facts, text: string): Value | undefined {
  const { type, unit, least, most } = facts;
  if (type === "bool") return readTruth(text);
  if (type === "enum")
    return [...facts.values, ...facts.unlisted].find((value) => value.toLowerCase() === text.toLowerCase());
  if (type !== "int" && type !== "real") return text;
  const value = type === "int" ? readInteger(text, unit) : readFraction(text, unit);
  const fits = value !== undefined && value >= least && value <= most && !refusedBesides(facts.name, value);
  return fits ? value : undefined;
}

/** A truth value, or what one begins with; `o` could be either. */
export function readTruth(text: string): boolean | undefined {
  if (/^(t(r(ue?)?)?|y(es?)?|on|1)$/i.test(text)) return true;
  return /^(f(a(l(se?)?)?)?|no?|off?|0)$/i.test(text) ? false : undefined;
}

/** Whether Postgres refuses a number although it is in its range (its check hooks). */
function refusedBesides(name: string, value: number): boolean {
  if (name === "vacuum_buffer_usage_limit") return value > 0 && value < 128;
  if (name === "io_max_concurrency") return value === 0;
  return inBanks.has(name) && value % 16 !== 0;
}

const inBanks = new Set(
  "commit_timestamp multixact_member multixact_offset notify serializable subtransaction transaction"
    .split(" ")
    .map((name) => `${name}_buffers`),
);

/** What a parameter may be, for people. */
export function allowedOf({ type, values, unit, least, most, name }: Facts): string {
  if (type === "bool") return "on or off";
  if (type === "enum") return `one of ${values.map((value) => value || '""').join(", ")}`;
  if (inBanks.has(name)) return `a multiple of 16 up to ${most}, or a size such as 128kB`;
  const range = most > 2 ** 53 ? `${least} or more` : `${least} to ${most}`;
  const units = unit.endsWith("B") ? memoryUnits : timeUnits;
  const named =
    unit === "" ? "" : `, in ${unit} where it has no unit; units are ${[...units.keys()].join(", ")}`;
  return `${type === "int" ? "a whole number" : "a number"}, ${range}${named}`;
}
