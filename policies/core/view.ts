import { hasPlaceholder, mayBeSame, unsealed } from "./placeholder";

/** A value that is there and can't be known yet: an output before its resource exists, a placeholder in a template. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** Under this a map has the patterns of its keys that can't be known yet. */
export const UNKNOWN_KEYS: unique symbol = Symbol("unknown keys");

/** Thrown when a rule needs a value that can't be known yet. */
export class Undecided extends Error {
  /** @param owner whose value it is, as the view was told */
  constructor(
    readonly path: Path,
    readonly owner?: unknown,
  ) {
    super(`${formatPath(path)} is not known yet`);
  }
}

/** Where a value is in its resource: keys of maps and positions in lists. */
export type Path = readonly (string | number)[];

/** A path as people write it: `spec.plugins[0].parameters`, with keys that hold a dot in brackets. */
export function formatPath(path: Path): string {
  return path
    .map((part, i) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `["${unsealed(part)}"]`;
      return i === 0 ? part : `.${part}`;
    })
    .join("");
}

/** Called when a value is of another type than the one that a rule asks for. */
export type Misfit = (path: Path, wanted: string, found: string) => void;

/**
 * A value of a resource that may be unknown, missing or of any type: what rules read.
 *
 * Reading what is unknown, or lies in something unknown, throws {@link Undecided}. A missing value is `undefined`. A value
 * of another type is `undefined` too, and is told to the one who made the view.
 */
export class View {
  constructor(
    private readonly value: unknown,
    readonly path: Path = [],
    private readonly misfit: Misfit = () => {},
    private readonly owner?: unknown,
  ) {}

  /** The value behind a path. */
  at(...path: Path): View {
    let view: View = this;
    for (const key of path) view = view.child(key);
    return view;
  }

  /** Whether there is a value, known or not. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** Whether there is a value that can't be known yet. */
  get unknown(): boolean {
    return this.value === UNKNOWN || this.isPartial;
  }

  private get isPartial(): boolean {
    return typeof this.value === "string" && hasPlaceholder(this.value);
  }

  /** What kind of value it is, without reading it as one; a missing one is a scalar. */
  get form(): "map" | "list" | "scalar" | "unknown" {
    if (this.unknown) return "unknown";
    if (Array.isArray(this.value)) return "list";
    return isMap(this.value) ? "map" : "scalar";
  }

  /** Whether it is written as a text, whatever it means. */
  get isText(): boolean {
    return typeof this.value === "string";
  }

  text(...path: Path): string | undefined {
    return this.as("a text", (value) => typeof value === "string", path);
  }

  /**
   * A text in which placeholders may stand, sealed as in `placeholder.ts`: for a rule that compares it, or for which what
   * stands beside them is enough. What is wholly unknown throws here too.
   */
  partial(...path: Path): string | undefined {
    const view = this.at(...path);
    return view.isPartial ? (view.value as string) : view.text();
  }

  /** Whether a text is another one. Throws where that depends on placeholders: those of one spelling are the same. */
  is(other: string | undefined): boolean {
    const text = this.partial();
    if (text === other || text === undefined || other === undefined) return text === other;
    if (mayBeSame(text, other)) throw new Undecided(this.path, this.owner);
    return false;
  }

  /** What a rule throws that needs more of this value than is known. */
  get undecided(): Undecided {
    return new Undecided(this.path, this.owner);
  }

  /** A number; one that is written as text counts too. */
  number(...path: Path): number | undefined {
    const found = this.as<string | number>(
      "a number",
      (value) =>
        typeof value === "number" ||
        (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))),
      path,
    );
    return found === undefined ? undefined : Number(found);
  }

  flag(...path: Path): boolean | undefined {
    return this.as("true or false", (value) => typeof value === "boolean", path);
  }

  /** A text, number or truth value as the text that Kubernetes or Postgres would read. */
  scalar(...path: Path): string | undefined {
    const found = this.as<string | number | boolean>(
      "a text, number or truth value",
      (value) => ["string", "number", "boolean"].includes(typeof value),
      path,
    );
    return found === undefined ? undefined : String(found);
  }

  /** The elements of a list; none if there is no list. */
  list(...path: Path): View[] {
    const list = this.at(...path);
    const found = list.as<unknown[]>("a list", Array.isArray, []);
    return found === undefined ? [] : found.map((_, i) => list.child(i));
  }

  /** The known texts of a list. */
  texts(...path: Path): string[] {
    return this.list(...path).flatMap((element) => element.text() ?? []);
  }

  /** All keys of a map; none if there is no map. */
  keys(...path: Path): string[] {
    const map = this.at(...path);
    const found = map.knownKeys();
    if (unknownKeysOf(map.value).length > 0) throw new Undecided(map.path, map.owner);
    return found;
  }

  /** The keys of a map as far as they are known: for a rule that judges each by itself. */
  knownKeys(...path: Path): string[] {
    const found = this.at(...path).as<object>("a map", isMap, []);
    return found === undefined
      ? []
      : Object.keys(found).filter((key) => (found as Record<string, unknown>)[key] != null);
  }

  private child(key: string | number): View {
    if (this.unknown) throw new Undecided(this.path, this.owner);
    const path = [...this.path, key];
    const value = this.value;
    if (Array.isArray(value))
      return new View(typeof key === "number" ? value[key] : undefined, path, this.misfit, this.owner);
    const inside =
      isMap(value) && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    if (value !== undefined && value !== null && !isMap(value))
      this.misfit(this.path, "a map", kindOf(value));
    const mayBe = inside === undefined && unknownKeysOf(value).some((pattern) => pattern.test(String(key)));
    return new View(mayBe ? UNKNOWN : inside, path, this.misfit, this.owner);
  }

  private as<T>(wanted: string, fits: (value: unknown) => boolean, path: Path): T | undefined {
    const { value, path: where, exists, unknown } = path.length === 0 ? this : this.at(...path);
    if (unknown) throw new Undecided(where, this.owner);
    if (!exists) return undefined;
    if (fits(value)) return value as T;
    this.misfit(where, wanted, kindOf(value));
    return undefined;
  }
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownKeysOf(value: unknown): readonly RegExp[] {
  return isMap(value) ? ((value as { [UNKNOWN_KEYS]?: readonly RegExp[] })[UNKNOWN_KEYS] ?? []) : [];
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return (
    { string: "a text", number: "a number", boolean: "true or false" }[typeof value as string] ?? typeof value
  );
}
