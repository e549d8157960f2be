import {
  boolCoreTag,
  CORE_SCHEMA,
  constructFromEvents,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  type Event,
  intCoreTag,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  type ScalarTagDefinition,
  YAMLException,
} from "js-yaml";
import { UNKNOWN } from "../core/view";
import { unhashed } from "./hashed";
import { plainPlaceholder } from "./placeholders";

/** What is wrong with a text that is no YAML: never a word of its values, which may be secrets. */
export class Unreadable extends Error {
  constructor(
    message: string,
    /** From 0, in the text; undefined if it is no single line's fault. */
    readonly line?: number,
  ) {
    super(message);
  }
}

/** The documents of a text, and what is amiss with them although they can be read. */
export interface Parsed {
  readonly documents: readonly unknown[];
  /** The text as it was parsed, line for line the one that was given; see {@link eventsOf}. */
  readonly text: string;
  readonly complaints: readonly Unreadable[];
  /** Lines with a placeholder that YAML takes for a comment, from 0. */
  readonly hashed?: readonly number[];
}

/** Values that one document may hold, aliases followed. Kubernetes refuses far smaller ones. */
const MOST_VALUES = 2_000_000;
const DEEPEST = 100;

const truths: ReadonlyMap<string, boolean> = new Map(
  Object.entries({
    y: true,
    yes: true,
    true: true,
    on: true,
    n: false,
    no: false,
    false: false,
    off: false,
  }).flatMap(([word, value]) =>
    [word, word.toUpperCase(), word[0]?.toUpperCase() + word.slice(1)].map((one) => [one, value]),
  ),
);

const truthOf = (source: string): boolean | typeof NOT_RESOLVED => truths.get(source) ?? NOT_RESOLVED;

/** A number as Go's YAML reads it: `0755` is octal, `1_000` is a thousand, `12:30` is a text. */
function numberOf(source: string): number | typeof NOT_RESOLVED {
  const plain = source.includes("_") ? source.replaceAll("_", "") : source;
  if (/^[-+]?[1-9]\d*$/.test(plain)) return Number(plain);
  const [, sign = "", digits] = /^([-+]?)(0x[\da-f]+|0b[01]+|0o?[0-7]+|0)$/i.exec(plain) ?? [];
  if (digits !== undefined) {
    const value = Number(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
    return sign === "-" ? -value : value;
  }
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NOT_RESOLVED;
}

/** A scalar without quotes, as `kubectl` reads it. */
export function plainValue(source: string): unknown {
  if (/^(?:~|null|Null|NULL)?$/.test(source)) return null;
  const found = [truthOf(source), numberOf(source)].find((one) => one !== NOT_RESOLVED);
  return found === undefined ? source : found;
}

const loadOnly = { identify: () => false, matchByTagPrefix: true };

/** Tags of one's own, `!vault` and such: there is a value, and only another tool knows it. */
const foreignTags = ["!", "tag:"].flatMap((prefix) => [
  defineScalarTag(prefix, { ...loadOnly, resolve: () => UNKNOWN }),
  defineSequenceTag(prefix, {
    ...loadOnly,
    create: () => [],
    addItem: () => undefined,
    finalize: () => UNKNOWN,
  }),
  defineMappingTag(prefix, {
    ...loadOnly,
    create: () => ({}),
    addPair: () => "",
    has: () => false,
    keys: () => [],
    get: () => undefined,
    finalize: () => UNKNOWN,
  }),
]);

const scalar = (like: ScalarTagDefinition, first: readonly string[], resolve: (source: string) => unknown) =>
  defineScalarTag(like.tagName, {
    implicit: true,
    implicitFirstChars: first,
    identify: () => false,
    resolve,
  });

/** YAML as `kubectl` and the API server read it, which is YAML 1.1 as Go has it; timestamps stay texts. */
const schema = CORE_SCHEMA.withTags(
  mergeTag,
  scalar(boolCoreTag, [..."yYnNtTfFoO"], truthOf),
  scalar(intCoreTag, [..."-+0123456789"], numberOf),
  defineScalarTag("placeholder", {
    implicit: true,
    implicitFirstChars: ["$"],
    identify: () => false,
    resolve: (source) => {
      const found = plainPlaceholder(source);
      return found === undefined ? NOT_RESOLVED : plainValue(found);
    },
  }),
  foreignTags,
);

/**
 * Parses a text that may hold several documents.
 *
 * @throws Unreadable
 */
export function parse(given: string): Parsed {
  if (isFlow(given)) {
    const json = parseJson(given.slice(contentStart(given)));
    if (json !== undefined) return { documents: [json.value], text: given, complaints: [] };
  }
  const read = eventsOf(isFlow(given) ? separated(given) : given);
  const filled = unhashed(read.text, () => read.events);
  const { events, text } = filled === undefined ? read : eventsOf(filled.text);
  const complaints: Unreadable[] = [];
  let documents: unknown[];
  try {
    documents = construct(text, events, false);
  } catch (error) {
    if (!(error instanceof Unreadable) || !/duplicated mapping key/.test(error.message)) throw error;
    documents = construct(text, events, true);
    complaints.push(
      new Unreadable(
        "a key is twice in one map: `kubectl` takes the last one, Kustomize and Flux refuse the file. Take one away.",
        error.line,
      ),
    );
  }
  if (/[&*]/.test(text)) for (const one of documents) checkSize(one);
  return { documents, text, complaints, ...(filled && { hashed: filled.lines }) };
}

/**
 * JSON values one behind the other, as `kubectl` takes them and `jq` prints them, with a document marker before each but the
 * first: on their own lines, so that these stay the same.
 */
function separated(text: string): string {
  const starts: number[] = [];
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\\n]|\\.)*"|[{}[\]]/g)) {
    if (token === "{" || token === "[") {
      if (depth++ === 0) starts.push(index);
    } else if (token === "}" || token === "]") depth--;
    if (depth < 0) return text;
  }
  if (depth !== 0 || starts.length < 2) return text;
  const parts = starts.map((start, i) => text.slice(start, starts[i + 1]));
  // Between two values there is nothing but blanks, or it is no such text.
  if (!parts.every((part) => /[}\]]\s*$/.test(part))) return text;
  const gap = (part: string) => (/\n[ \t]*$/.test(part) ? part : `${part}\n`);
  return (
    text.slice(0, starts[0]) + parts.map((part, i) => (i === 0 ? gap(part) : `--- ${gap(part)}`)).join("")
  );
}

/** Lines that are indented anew in one text, at most. */
const MOST_REPAIRS = 200;

/**
 * The parser's events. Within braces, brackets and quotes Go's YAML takes lines at any indentation, as many a manifest has
 * them, and this parser doesn't: it is then given the line with more spaces before it, which mean nothing there.
 */
function eventsOf(given: string): { readonly events: Event[]; readonly text: string } {
  let text = given;
  for (let repairs = 0; ; repairs++) {
    try {
      return { text, events: parseEvents(text, { maxDepth: DEEPEST }) };
    } catch (error) {
      const mark = error instanceof YAMLException ? error.mark : undefined;
      const again = mark !== undefined && (error as YAMLException).reason === "deficient indentation";
      // A large text is not parsed hundreds of times over.
      if (!again || repairs >= MOST_REPAIRS || repairs * text.length > 20_000_000)
        return guarded(() => raise(error));
      const start = text.lastIndexOf("\n", mark.position - 1) + 1;
      text = `${text.slice(0, start)}${" ".repeat(DEEPEST)}${text.slice(start)}`;
    }
  }
}

function raise(error: unknown): never {
  throw error;
}

/** Where the first line begins that says something: behind document markers, comments and empty lines. */
export function contentStart(text: string): number {
  for (let start = 0; ; ) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end < 0 ? undefined : end).trim();
    if (end < 0 || (line !== "" && !line.startsWith("#") && !/^---\s*(?:#|$)/.test(line))) return start;
    start = end + 1;
  }
}

/** Whether a text is JSON, or YAML in the same style. */
export function isFlow(text: string): boolean {
  return /^\s*[{[]/.test(text.slice(contentStart(text), contentStart(text) + 100));
}

function construct(text: string, events: Event[], json: boolean): unknown[] {
  return guarded(() => {
    try {
      return constructFromEvents(events, { source: text, schema, json, maxTotalMergeKeys: 200_000 });
    } catch (error) {
      if (!(error instanceof YAMLException) || !/complex keys/.test(error.reason)) throw error;
      // The parser does not say where; nearly always it is braces that a formatter has taken apart.
      const at = text.search(/\{[ \t]+[{[]/);
      throw new Unreadable(
        "a key of a map is a map or a list itself. Put quotes around the value; a template has its braces together, as in `{{ name }}`.",
        at < 0 ? undefined : text.slice(0, at).split("\n").length - 1,
      );
    }
  });
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // It may still be YAML in flow style, and YAML's reader tells the line.
    return undefined;
  }
  checkSize(value);
  return { value };
}

/** Whatever the parser throws, as an {@link Unreadable}. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    if (error instanceof YAMLException) throw new Unreadable(`${error.reason}.`, error.mark?.line);
    throw new Unreadable(`${(error as Error).message}.`);
  }
}

/** Refuses what is deeper or, with its aliases followed, larger than a rule should ever walk through; and cycles. */
function checkSize(root: unknown): void {
  const sizes = new Map<object, number>();
  const sizeOf = (value: unknown, depth: number): number => {
    if (typeof value !== "object" || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) {
      if (known === 0) throw new Unreadable("an alias stands within what it stands for.");
      return known;
    }
    if (depth > DEEPEST) throw new Unreadable(`it is nested deeper than ${DEEPEST} levels.`);
    sizes.set(value, 0);
    let size = 1;
    for (const inner of Object.values(value)) size += sizeOf(inner, depth + 1);
    if (size > MOST_VALUES)
      throw new Unreadable(`it holds more than ${MOST_VALUES} values, aliases followed.`);
    sizes.set(value, size);
    return size;
  };
  sizeOf(root, 0);
}
