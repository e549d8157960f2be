import type { Problems } from "./problems";
import type { Parsed } from "./units";

/** Checks the settings at one place and reports what is wrong with the full path. */
export class Check {
  constructor(
    private readonly problems: Problems,
    readonly path: string = "",
  ) {}

  /** A check of the settings below `key`. */
  at(key: string | number): Check {
    return new Check(this.problems, this.pathOf(key));
  }

  pathOf(key: string | number): string {
    if (typeof key === "number") return `${this.path}[${key}]`;
    return this.path === "" ? key : `${this.path}.${key}`;
  }

  /** The parsed value, or `undefined` where nothing stands or a problem was reported. */
  parse<T>(
    key: string | number,
    text: string | undefined,
    parser: (text: string) => Parsed<T>,
  ): T | undefined {
    if (text === undefined) return undefined;
    const parsed = parser(text);
    if (parsed.ok) return parsed.value;
    this.fail(key, text, parsed.allowed);
    return undefined;
  }

  /** Reports a problem unless the condition holds; returns whether it does. */
  require(holds: boolean, key: string | number, value: unknown, allowed: string): boolean {
    if (!holds) this.fail(key, value, allowed);
    return holds;
  }

  /** One of an enumeration's values, or `undefined` after a problem was reported. */
  oneOf<T extends string>(
    key: string,
    value: T | undefined,
    values: Readonly<Record<string, T>>,
  ): T | undefined {
    if (value === undefined) return undefined;
    const all = Object.values(values);
    return this.require(all.includes(value), key, value, `one of ${all.join(", ")}`) ? value : undefined;
  }

  /** A whole number in a range, or `undefined` where nothing stands or a problem was reported. */
  integer(key: string, value: number | undefined, least: number, most: number): number | undefined {
    if (value === undefined) return undefined;
    const holds = Number.isInteger(value) && value >= least && value <= most;
    return this.require(holds, key, value, `a whole number from ${least} to ${most}`) ? value : undefined;
  }

  fail(key: string | number, value: unknown, allowed: string): void {
    this.problems.add(this.pathOf(key), value, allowed);
  }
}

/** What a default says, which a test shows to be well formed. */
export function trusted<T>(parser: (text: string) => Parsed<T>, byDefault: string): T {
  const parsed = parser(byDefault);
  if (!parsed.ok) throw new Error(`the default ${byDefault} is not ${parsed.allowed}`);
  return parsed.value;
}

/** What the text says, or where nothing stands or it can't be read, what the default says: something to decide the rest with. */
export function readOr<T>(
  parser: (text: string) => Parsed<T>,
  text: string | undefined,
  byDefault: string,
): T {
  const parsed = text === undefined ? undefined : parser(text);
  return parsed?.ok ? parsed.value : trusted(parser, byDefault);
}
