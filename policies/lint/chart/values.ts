import { UNKNOWN } from "../../core/view";
import { isMap } from "../maps";
import { plainValue } from "../yaml";

/** Values of a chart, read as Helm's templates read them: what is not there is nothing. */
export class Values {
  constructor(private readonly root: unknown) {}

  get(...path: readonly (string | number)[]): unknown {
    let value = this.root;
    for (const key of path) {
      if (value === UNKNOWN) return UNKNOWN;
      value =
        (Array.isArray(value) || isMap(value)) && Object.hasOwn(value, key)
          ? (value as Record<string | number, unknown>)[key]
          : undefined;
    }
    return value;
  }

  at(...path: readonly (string | number)[]): Values {
    return new Values(this.get(...path));
  }

  list(...path: readonly (string | number)[]): readonly unknown[] {
    const value = this.get(...path);
    return Array.isArray(value) ? value : [];
  }

  map(...path: readonly (string | number)[]): Readonly<Record<string, unknown>> {
    const value = this.get(...path);
    return isMap(value) ? value : {};
  }

  /** Whether a template takes it for true; a value that nobody knows counts as such. */
  has(...path: readonly (string | number)[]): boolean {
    return isTruthy(this.get(...path));
  }

  /** As it arrives where a template prints it without quotes; nothing if there is none. */
  plain(...path: readonly (string | number)[]): unknown {
    const value = this.get(...path);
    return typeof value === "string" ? plainValue(value) : (value ?? undefined);
  }

  /** As a text; unknown if it is. */
  text(...path: readonly (string | number)[]): string | typeof UNKNOWN {
    const value = this.get(...path);
    if (value === UNKNOWN || isMap(value) || Array.isArray(value)) return UNKNOWN;
    return value === undefined || value === null ? "" : String(value);
  }
}

/** What Helm's templates take for true. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== "" && value !== 0 && value !== false;
}

/** Parts as one text; unknown if one of them is. */
export function joined(...parts: readonly (string | typeof UNKNOWN)[]): string | typeof UNKNOWN {
  return parts.includes(UNKNOWN) ? UNKNOWN : parts.join("");
}

/** Values over others, as Helm lays them: maps one by one, all else whole; null takes away. */
export function over(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above;
  const all: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === null) delete all[key];
    else all[key] = key in all ? over(all[key], value) : value;
  }
  return all;
}

/** A map without what is not there: fields that a template leaves out. */
export function fields(all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null));
}

/** The value if a template takes it for true, and else nothing: `with`. */
export function filled(value: unknown): unknown {
  return isTruthy(value) ? value : undefined;
}
