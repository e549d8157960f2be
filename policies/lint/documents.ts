import { isUtf8 } from "node:buffer";
import { type Origin, Resource } from "../core/resource";
import type { Path } from "../core/view";
import type { Kinds } from "./kinds";
import { lineIn } from "./lines";
import {
  hasOwnTemplates,
  isTemplate,
  markPlaceholders,
  mayHavePlaceholders,
  withoutPlaceholders,
} from "./placeholders";
import { contentStart, isFlow, parse, Unreadable } from "./yaml";

/** A document, or a part of it, that can't be read. */
export interface UnreadableDocument {
  readonly origin: Origin;
  readonly message: string;
  /** How many resources were read before it. */
  readonly after: number;
}

/** What was read so far. */
export interface Collected {
  readonly resources: Resource[];
  readonly unreadable: UnreadableDocument[];
  /** What a person should know of what was left out, each once. */
  readonly notes: Set<string>;
  /** Documents that were looked at, of whatever kind. */
  documents: number;
}

/** Bytes that a document may have. */
const LARGEST = 64 * 1024 * 1024;

/** Lists may hold lists. */
const DEEPEST_LIST = 4;

const KIND = /^(?:kind|"kind"|'kind')[ \t]*:(.*)$/gm;
const VERSION = /^(?:apiVersion|"apiVersion"|'apiVersion')[ \t]*:(.*)$/gm;

/** Reads the documents of one file. `patch`: it belongs to Kustomize, and its objects are no whole ones. */
export class DocumentReader {
  constructor(
    private readonly kinds: Kinds,
    private readonly into: Collected,
  ) {}

  /**
   * Reads a file's bytes. They are cut at their document markers, and only what may be of a kind that rules know is made a
   * text and parsed: the rest costs one look.
   */
  read(file: string, given: Buffer, patch = false): void {
    const bytes = toUtf8(given);
    let line = 1;
    let counted = 0;
    for (let start = 0; start < bytes.length; ) {
      const end = nextDocument(bytes, start);
      const found = this.verdict(bytes, start, end);
      if (found !== "empty") this.into.documents++;
      if (found === "known") {
        line += linesBetween(bytes, counted, start);
        counted = start;
        this.document(file, bytes.subarray(start, end), line, patch);
      }
      start = end;
    }
  }

  private verdict(bytes: Buffer, start: number, end: number): "empty" | "other" | "known" {
    // Bytes as characters: enough to look for words, and much cheaper than to decode them.
    const text = bytes.toString("latin1", start, Math.min(end, start + LARGEST));
    if (text.includes("kind")) return this.isKnown(text) ? "known" : "other";
    return /^(?!---|%|#|\s|\.\.\.)./m.test(text) ? "other" : "empty";
  }

  private isKnown(text: string): boolean {
    const [kind, version] = [only(text, KIND), only(text, VERSION)];
    if (kind === undefined || version === undefined) return this.kinds.mentionedIn(text);
    if (kind === "Kustomization" && !version.includes(".toolkit.")) return false;
    const type = this.kinds.typeOf(version, kind);
    if (type !== undefined) return this.kinds.isWanted(type, () => text);
    return kind.endsWith("List") && this.kinds.mentionedIn(text);
  }

  private document(file: string, bytes: Buffer, line: number, patch: boolean): void {
    if (bytes.length > LARGEST || !isUtf8(bytes)) {
      const what =
        bytes.length > LARGEST ? "larger than 64 MB. Split it at `---`." : "not UTF-8. Save it as UTF-8.";
      this.complain({ file, line }, `can't be read: it is ${what}`);
      return;
    }
    const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
    const first = line + text.slice(0, contentStart(text)).split("\n").length - 1;
    if (patch || /^ *(?:- )?\$patch[ \t]*:/m.test(text)) {
      this.into.notes.add(
        `${file} is a patch of Kustomize, not whole objects; build it first: kustomize build <folder> | cnpg-lint -`,
      );
      return;
    }
    const kind = only(text, KIND);
    const type = kind === undefined ? undefined : this.kinds.typeOf(only(text, VERSION) ?? "", kind);
    const braces = /\{\{|\{%/.test(text);
    if (braces && isTemplate(text) && !(type !== undefined && hasOwnTemplates(type))) {
      this.template(file);
      return;
    }
    try {
      const parsed = parseLeniently(text);
      for (const { message, line: at = 0 } of parsed.complaints)
        this.complain({ file, line: line + at }, message);
      const marked = mayHavePlaceholders(text);
      for (const [index, value] of parsed.documents.entries()) {
        const lineOf = (path: Path) => {
          const found = lineIn(parsed.text, index, path);
          return found === undefined ? undefined : line + found;
        };
        this.object(value, { file, line: index === 0 ? first : (lineOf([]) ?? first), lineOf }, marked, 0);
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      // What has no kind of its own may be anything: settings of another tool, values of a chart.
      const isObject = kind !== undefined || isFlow(text);
      if (braces) this.template(file);
      else if (isObject)
        this.complain(
          { file, line: error.line === undefined ? first : line + error.line },
          `can't be read: ${error.message}`,
        );
    }
  }

  private template(file: string): void {
    this.into.notes.add(
      `${file} is a Helm template; render it first: helm template <release> <chart> | cnpg-lint -`,
    );
  }

  private complain(origin: Origin, message: string): void {
    this.into.unreadable.push({ origin, message, after: this.into.resources.length });
  }

  private object(value: unknown, origin: Origin, marked: boolean, depth: number): void {
    if (!isMap(value)) return;
    const { apiVersion, kind, items } = value;
    if (typeof apiVersion !== "string" || typeof kind !== "string") return;
    if (kind.endsWith("List") && Array.isArray(items) && depth < DEEPEST_LIST) {
      const { lineOf } = origin;
      for (const [i, item] of items.entries()) {
        const within = (path: Path) => lineOf?.(["items", i, ...path]);
        // The API leaves out what all of them have in common.
        const whole = isMap(item) ? { apiVersion, kind: kind.slice(0, -4), ...item } : item;
        const at: Origin = {
          ...origin,
          lineOf: within,
          // Looked up only when it is printed: most items have no findings.
          get line() {
            return within([]) ?? origin.line ?? 1;
          },
        };
        this.object(whole, at, marked, depth + 1);
      }
      return;
    }
    const type = this.kinds.typeOf(apiVersion, kind);
    if (type === undefined || !this.kinds.isWanted(type, () => JSON.stringify(value))) return;
    const known = marked ? markPlaceholders(value, type) : value;
    this.into.resources.push(new Resource({ type, value: known, origin, place: origin.file ?? "" }));
  }
}

/** Parses a text, if need be with something else in the place of its placeholders. @throws Unreadable */
function parseLeniently(text: string): ReturnType<typeof parse> {
  try {
    return parse(text);
  } catch (error) {
    const filled = mayHavePlaceholders(text) ? withoutPlaceholders(text) : text;
    if (filled === text) throw error;
    try {
      return parse(filled);
    } catch {
      throw error;
    }
  }
}

/** What one key at the beginning of a line says; undefined if it isn't there exactly once, as one plain word. */
function only(text: string, key: RegExp): string | undefined {
  key.lastIndex = 0;
  const found = key.exec(text)?.[1];
  if (found === undefined) return undefined;
  const again = key.exec(text) !== null;
  return again ? undefined : /^(["']?)([\w./-]+)\1(?:[ \t]+#.*)?$/.exec(found.trim())?.[2];
}

/** Where the document that begins at `start` ends: at the next line that is a document marker. */
function nextDocument(bytes: Buffer, start: number): number {
  for (let from = start; ; ) {
    const found = bytes.indexOf("\n---", from);
    if (found < 0) return bytes.length;
    const next = bytes[found + 4];
    if (next === undefined || next === 0x0a || next === 0x0d || next === 0x20 || next === 0x09)
      return found + 1;
    from = found + 4;
  }
}

function linesBetween(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a, from); at >= 0 && at < to; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return lines;
}

/** The bytes without a byte order mark; those of UTF-16 as UTF-8. */
function toUtf8(bytes: Buffer): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : "";
  return encoding === "" ? bytes : Buffer.from(new TextDecoder(encoding).decode(bytes));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
