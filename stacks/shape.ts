/*
 * The shape of settings as plain data: which keys there are and of which type each is, with what a person needs to know
 * about it. A hundred lines of our own in place of a schema library, because all three of these count here and no library
 * gives them together: one pass that reports every problem and still hands on all that is good; messages that say what to
 * write; and a start-up and type-check that don't notice it (measured: zod was 60 ms of every preview and a third of tsc).
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
}

/** A setting that can't be left out. */
export interface RequiredSetting extends Setting {
  /** What is handed on in its place when it is missing or wrong, so that the rest can still be judged. */
  readonly standIn: unknown;
}

/** A group of settings. */
export interface Group extends Setting {
  readonly fields: Readonly<Record<string, Setting>>;
}

/** The fields of a group that stands for `T`: all of its properties, no others, and required just where they are. */
export type FieldsOf<T> = {
  readonly [K in keyof T]-?: Record<string, never> extends Pick<T, K>
    ? Setting & { readonly standIn?: never }
    : RequiredSetting;
};

export const text = (about: string): Setting => ({ kind: "text", about });
export const number = (about: string): Setting => ({ kind: "number", about });
export const flag = (about: string): Setting => ({ kind: "flag", about });

/** Text, a number or a truth value: YAML has all three where Postgres has text. */
export const scalar = (about: string): Setting => ({ kind: "scalar", about });
export const choice = (values: Readonly<Record<string, string>>, about: string): Setting => ({
  kind: "choice",
  values: Object.values(values),
  about,
});
export const listOf = (of: Setting, about: string): Setting => ({ kind: "list", of, about });
export const mapOf = (of: Setting, about: string): Setting => ({ kind: "map", of, about });
export const group = <T>(fields: FieldsOf<T>, about = ""): Group => ({
  kind: "group",
  fields: fields as Group["fields"],
  about,
});

/** The same setting under another description. */
export const described = <S extends Setting>(setting: S, about: string): S => ({ ...setting, about });
export const required = (setting: Setting, standIn: unknown): RequiredSetting => ({ ...setting, standIn });

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

/**
 * Reads a value by its setting, and reports all that is wrong with its shape.
 *
 * @returns the value without what was wrong; undefined if nothing is left of it
 */
export function read(
  setting: Setting,
  value: unknown,
  path: Path,
  report: (problem: Misshape) => void,
): unknown {
  const wrong = (): undefined => {
    report({ path, value, setting, known: [] });
    return undefined;
  };
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
      if (!Array.isArray(value)) return wrong();
      return value
        .map((inner, i) => read(inside(setting), inner, [...path, i], report))
        .filter((inner) => inner !== undefined);
    case "map":
      if (!isMap(value)) return wrong();
      return withValues(
        Object.entries(value).map(([key, inner]) => [
          key,
          read(inside(setting), inner, [...path, key], report),
        ]),
      );
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
  const found = Object.entries(fields).map(([key, setting]): [string, unknown] => {
    const { standIn } = setting as Partial<RequiredSetting>;
    if (Object.hasOwn(value, key)) return [key, read(setting, value[key], [...path, key], report) ?? standIn];
    if (standIn !== undefined) report({ path: [...path, key], value: undefined, setting, known: [] });
    return [key, standIn];
  });
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(fields, key))
      report({ path: [...path, key], value: value[key], setting: undefined, known: Object.keys(fields) });
  }
  return withValues(found);
}

function inside(setting: Setting): Setting {
  if (setting.of === undefined) throw new Error(`a ${setting.kind} of nothing`);
  return setting.of;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withValues(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
