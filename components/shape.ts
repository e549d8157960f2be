import { unknownKey } from "./elsewhere";
import { notShown, Problems, soundsSecret } from "./problems";
import { shapes } from "./shapes";

/*
 * The shape of settings: which there are, of which type each is, and what a person needs to know about it; for programs, which
 * TypeScript checks only where it is asked, and for stack files. Our own in place of a schema library, because these count here and
 * no library gives them together: one pass that reports every problem and still hands on all that is good; messages that say what to
 * write; and a start-up that doesn't notice it (measured: zod was 60 ms of every preview and a third of tsc).
 */

/** One setting. */
export interface Setting {
  readonly kind: "text" | "number" | "flag" | "scalar" | "choice" | "list" | "map" | "group";
  /** What it is for, and its default: a line of docs/configuration.md. */
  readonly about: string;
  /** Values of a choice. */
  readonly values?: readonly string[];
  /** What a list or a map holds. */
  readonly of?: Setting;
  /** What a group holds. */
  readonly fields?: Readonly<Record<string, Setting>>;
  /** Only where it can't be left out: what is handed on in its place when it is missing or wrong, so that the rest can be judged. */
  readonly standIn?: unknown;
  /** Whether an Output can stand there too. */
  readonly output?: boolean;
}

/** A group of settings. */
export interface Group extends Setting {
  readonly fields: Readonly<Record<string, Setting>>;
}

/** Where a setting stands; numbers are places in a list. */
export type Path = readonly (string | number)[];

/** Something about the shape that is wrong: an unknown key, or a value of another type. */
export interface Misshape {
  readonly path: Path;
  readonly value: unknown;
  /** The setting that should stand there; undefined if there is none of that name. */
  readonly setting: Setting | undefined;
  /** Names that could stand there instead of an unknown one. */
  readonly known: readonly string[];
}

/** `s` text, `n` a number, `b` a truth value, `x` one of these as text, `@Name` another shape, `[…]` a list, `{"*": …}` a map. */
type Shape = string | readonly [Shape] | { readonly "*": Shape };

/** Fields, with `?` behind a name that can be left out, and `~` where an Output can stand too; or the values of a choice. */
type Named = { readonly [field: string]: readonly [Shape, string, unknown?] } | readonly string[];

const kinds = { s: "text", n: "number", b: "flag", x: "scalar" } as const;
const standIns = { text: "missing", scalar: "missing", number: 1, flag: false, list: [], map: {} } as const;

/**
 * The settings that an interface has, by its name.
 *
 * @param stackFile shapes that stack files have beside those of the components' arguments. YAML has numbers and truth values where
 *   Postgres has text: in a stack file these are taken as text, in a program's arguments they are refused.
 */
export function settingsOf(name: string, stackFile?: Readonly<Record<string, string>>): Group {
  const read = stackFile === undefined ? ofArguments : new Map<string, Group | readonly string[]>();
  const named = (of: string): Group | readonly string[] => {
    const known = read.get(of);
    if (known !== undefined) return known;
    const shape = JSON.parse(stackFile?.[of] ?? shapes[of] ?? "null") as Named | null;
    if (shape === null) throw new Error(`there is no shape ${of}`);
    const found = Array.isArray(shape)
      ? (shape as readonly string[])
      : group(shape as Exclude<Named, readonly string[]>);
    read.set(of, found);
    return found;
  };
  const group = (fields: Exclude<Named, readonly string[]>): Group => ({
    kind: "group",
    about: "",
    fields: Object.fromEntries(
      Object.entries(fields).map(([field, [shape, about, example]]) => {
        const [, key = "", flags = ""] = /^(.*?)([?~]*)$/.exec(field) ?? [];
        const setting = { ...settingOf(shape, about), ...(flags.includes("~") && { output: true }) };
        return [key, flags.includes("?") ? setting : { ...setting, standIn: example ?? standInOf(setting) }];
      }),
    ),
  });
  const settingOf = (shape: Shape, about: string): Setting => {
    if (typeof shape !== "string")
      return "*" in shape
        ? { kind: "map", about, of: settingOf(shape["*"], "") }
        : { kind: "list", about, of: settingOf(shape[0], "") };
    if (!shape.startsWith("@"))
      return {
        kind: shape === "x" && stackFile === undefined ? "text" : kinds[shape as keyof typeof kinds],
        about,
      };
    const found = named(shape.slice(1));
    return "kind" in found ? { ...found, about } : { kind: "choice", about, values: found };
  };
  return named(name) as Group;
}

/** Those of components' arguments, read once: they are asked for as often as there are components. */
const ofArguments = new Map<string, Group | readonly string[]>();

function standInOf({ kind, values, fields = {} }: Setting): unknown {
  if (kind === "choice") return values?.[0];
  if (kind !== "group") return standIns[kind];
  const needed = Object.entries(fields).filter(([, { standIn }]) => standIn !== undefined);
  return Object.fromEntries(needed.map(([key, { standIn }]) => [key, standIn]));
}

/**
 * Reads a value by its setting, and reports all that is wrong with its shape.
 *
 * @returns the value without what was wrong; undefined if nothing is left of it
 */
export function readSetting(
  setting: Setting,
  value: unknown,
  path: Path,
  report: (problem: Misshape) => void,
): unknown {
  const wrong = (): undefined => {
    report({ path, value, setting, known: [] });
    return undefined;
  };
  if (isOutput(value)) return setting.output === true ? value : wrong();
  const within = (inner: unknown, key: string | number) =>
    readSetting(setting.of as Setting, inner, [...path, key], report);
  switch (setting.kind) {
    case "text":
      return typeof value === "string" ? value : wrong();
    case "number":
      return typeof value === "number" ? value : wrong();
    case "flag":
      return typeof value === "boolean" ? value : wrong();
    case "choice":
      return setting.values?.includes(value as string) ? value : wrong();
    case "scalar":
      if (typeof value === "boolean") return value ? "on" : "off";
      return typeof value === "string" || typeof value === "number" ? String(value) : wrong();
    case "list":
      return Array.isArray(value) ? value.map(within).filter((inner) => inner !== undefined) : wrong();
    case "map":
      // A label that is undefined is none; of what has parts there has to be something.
      return isMap(value)
        ? withValues(
            Object.entries(value)
              .filter(([, inner]) => inner !== undefined || setting.of?.kind === "group")
              .map(([key, inner]) => [key, within(inner, key)]),
          )
        : wrong();
    case "group":
      return isMap(value) ? readGroup(setting.fields ?? {}, value, path, report) : wrong();
  }
}

function readGroup(
  fields: Readonly<Record<string, Setting>>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  report: (problem: Misshape) => void,
): unknown {
  const found = withValues(
    Object.entries(fields).map(([key, setting]): [string, unknown] => {
      const { standIn, output } = setting;
      const each = Object.hasOwn(value, key) ? value[key] : undefined;
      if (each !== undefined) return [key, readSetting(setting, each, [...path, key], report) ?? standIn];
      // Keys to a store are asked for where it is decided what they open, by the names that they have there.
      if (standIn !== undefined && output !== true)
        report({ path: [...path, key], value: each, setting, known: [] });
      return [key, output === true ? undefined : standIn];
    }),
  );
  for (const [key, each] of Object.entries(value))
    if (each !== undefined && !Object.hasOwn(fields, key))
      report({ path: [...path, key], value: each, setting: undefined, known: Object.keys(fields) });
  return found;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withValues(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** As `pulumi.Output.isInstance` knows one, also of another copy of the SDK; and what is promised. Never what a file says. */
function isOutput(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) === Object.prototype)
    return false;
  const { __pulumiOutput: output, then } = value as { __pulumiOutput?: unknown; then?: unknown };
  return output === true || typeof then === "function";
}

/** What may stand there: the end of the sentence "… is not allowed: …". */
export function expected({ path, value, setting, known }: Misshape): string {
  if (setting === undefined) return unknownKey(path, known);
  if (isOutput(value))
    return "a value that is known before anything is registered; names are computed, not discovered";
  // Of what is not there, a person wants to know what it is for; of what is wrong, first what to write instead.
  if (value === undefined && setting.about !== "") return setting.about;
  if (setting.kind === "choice") return `one of ${setting.values?.join(", ")}`;
  return `${typeNames[setting.kind]}${setting.about === "" ? "" : `. ${setting.about}`}`;
}

const typeNames: Readonly<Record<Exclude<Setting["kind"], "choice">, string>> = {
  text: "text, in quotes if it looks like a number",
  number: "a number, without quotes",
  flag: "true or false, without quotes",
  scalar: "text, a number, or true or false",
  group: "settings below it",
  map: "names with something below each",
  list: "a list, such as [first, second]",
};

/** The components whose arguments are checked. */
export type Shaped =
  | "BackupBucket"
  | "BackupIdentity"
  | "PostgresCluster"
  | "PostgresEnvironment"
  | "PostgresPlatform";

/**
 * Problems to decide with, once the arguments have the shape that their component declares. TypeScript checks the same where it is
 * asked; a program in JavaScript, with a cast or in another language is not asked.
 *
 * A key that there is not, or a value that an enumeration has not, is reported with what is decided of the rest.
 *
 * @throws InvalidSettings with everything that is missing or of another type, in which case nothing can be decided
 */
export function shapedProblems(component: Shaped, name: string, args: unknown): Problems {
  const problems = new Problems();
  if (!hasShape(problems, component, args)) problems.throwIfAny(`${component} ${name}`);
  return problems;
}

/** Reports what is wrong with the shape of arguments; returns whether they can be decided upon all the same. */
export function hasShape(problems: Problems, component: Shaped, args: unknown): boolean {
  let able = true;
  readSetting(settingsOf(`${component}Args`), args, [], (misshape) => {
    const { path, value, setting } = misshape;
    able &&= setting === undefined || (setting.kind === "choice" && typeof value === "string");
    problems.addShape({ path: writtenPath(path), value: shown(misshape), allowed: expected(misshape) });
  });
  return able;
}

/** Numbers and truth values as they are; of text and of what has parts nobody knows what is in it, in the wrong place. */
function shown({ path, value, setting }: Misshape): unknown {
  if (isOutput(value)) return "an Output";
  if (setting?.kind === "choice" && typeof value === "string") return value;
  if (setting === undefined && soundsSecret(String(path.at(-1)))) return notShown;
  if (typeof value === "number" || typeof value === "boolean" || value === null || value === undefined)
    return value;
  return typeof value === "function" ? "a function" : notShown;
}

/** A path as people write it: `databases.orders.extensions[0]`. */
export function writtenPath(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
}
