import { isUtf8 } from "node:buffer";
import { type Origin, Resource } from "../core/resource";
import type { Path } from "../core/view";
import { installsUnknownChart, seemsToMakeCluster } from "./chart/guess";
import type { Collected } from "./collected";
import { linesBetween, nextDocument, toUtf8 } from "./cut";
import { innerOf } from "./embedded";
import { install } from "./installed";
import { CNPG_GROUP, isNamedAsOfCnpg, isOfCnpg, type Kinds, kindsOfGroup } from "./kinds";
import { isPatchOfCnpg } from "./kustomize";
import type { LeftOut } from "./leftOut";
import { parseLeniently } from "./lenient";
import { lineIn, within } from "./lines";
import { isMap } from "./maps";
import { isPartial, patches } from "./patches";
import { isTemplate, markPlaceholders, mayHavePlaceholders } from "./placeholders";
import { headOf, look, saysCnpg } from "./quick";
import type { Beside } from "./valuesFiles";
import { contentStart, type Parsed, Unreadable } from "./yaml";

/** Bytes that a document may have. */
const LARGEST = 64 * 1024 * 1024;

interface Document {
  readonly file: string;
  readonly text: string;
  /** Line of its first byte and of its first word, from 1. */
  readonly line: number;
  readonly first: number;
  readonly about: About;
}

/** What is known of a file besides its text. */
export interface About {
  /** The folder of the kustomization that calls it a patch. */
  readonly patchOf?: string | undefined;
  /** The line of all that is in it: that of a template, whose lines are not those of what was rendered. */
  readonly line?: number | undefined;
  /** What lies beside it, if it holds values of a chart. */
  readonly beside?: (() => Beside) | undefined;
}

/** Reads the documents of one file. */
export class DocumentReader {
  constructor(
    private readonly kinds: Kinds,
    private readonly into: Collected,
  ) {}

  /**
   * Reads a file's bytes. They are cut at their document markers, and only what may be of a kind that rules know is made a
   * text and parsed: the rest costs one look.
   *
   * @param about what is known of the file besides
   */
  read(file: string, given: Buffer, about: About = {}): void {
    const bytes = toUtf8(given);
    let line = 1;
    let counted = 0;
    for (let start = 0; start < bytes.length; ) {
      const end = nextDocument(bytes, start);
      const seen = look(bytes.toString("latin1", start, Math.min(end, start + LARGEST)), this.kinds);
      if (seen !== "empty") this.into.documents++;
      if (seen === "known") {
        line += linesBetween(bytes, counted, start);
        counted = start;
        this.document(file, bytes.subarray(start, end), line, about);
      }
      start = end;
    }
  }

  private document(file: string, bytes: Buffer, line: number, about: About): void {
    if (bytes.length > LARGEST || !isUtf8(bytes)) {
      const what =
        bytes.length > LARGEST ? "larger than 64 MB. Split it at `---`." : "not UTF-8. Save it as UTF-8.";
      const certain = saysCnpg(bytes.toString("latin1", 0, 100_000));
      this.complain({ file, line }, `can't be read: it is ${what}`, certain);
      return;
    }
    const text = bytes.toString("utf8").replace(/^(---[^\n]*\n)?\uFEFF/, "$1");
    const first = line + text.slice(0, contentStart(text)).split("\n").length - 1;
    const document: Document = { file, text, line, first, about };
    try {
      this.parsed(document, parseLeniently(text));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.unparsed(document, error);
    }
  }

  private parsed({ file, text, line, first, about }: Document, parsed: Parsed): void {
    const before = this.into.resources.length;
    const marked = mayHavePlaceholders(text);
    const mentions = text.includes(CNPG_GROUP) || /\\[xuU]/.test(text);
    const says = mentions && saysCnpg(text);
    for (const [index, value] of parsed.documents.entries()) {
      const lineOf = (path: Path) => {
        const found = lineIn(parsed.text, index, path);
        return found === undefined ? undefined : line + found;
      };
      const origin: Origin =
        about.line === undefined
          ? { file, line: index === 0 ? first : (lineOf([]) ?? first), lineOf }
          : { file, line: about.line };
      if (typeof value === "string" && value.includes(`${CNPG_GROUP}/`))
        this.leave("language", "", file, origin);
      this.object(value, origin, { marked, mentions, says, ...about });
    }
    const certain = this.into.resources.slice(before).some(({ type }) => type.endsWith(CNPG_GROUP));
    if (certain)
      for (const at of parsed.hashed ?? [])
        this.leave("comment", "", `${file}:${about.line ?? line + at}`, { file, line: line + at });
    for (const { message, line: at = 0 } of parsed.complaints)
      this.into.unreadable.push({ origin: { file, line: line + at }, message, after: before, certain });
  }

  /** What can't be parsed: a template, an object that is broken, or something that has nothing to do with Kubernetes. */
  private unparsed({ file, text, line, first }: Document, error: Unreadable): void {
    const certain = saysCnpg(text);
    if (isWholeTemplate(text)) {
      this.into.templates.push({ file, line: first, cnpg: certain, after: this.into.resources.length });
      return;
    }
    const head = headOf(text);
    const known = head !== undefined && this.kinds.typeOf(head.apiVersion, head.kind) !== undefined;
    // What has no kind of its own may be anything: settings of another tool, values of a chart.
    if (!certain && !known && !/\bapiVersion["']?[ \t]*:/.test(text)) {
      if (text.includes(`${CNPG_GROUP}/`)) this.leave("language", "", file, { file, line: first });
      return;
    }
    const at = error.line === undefined ? first : line + error.line;
    this.complain({ file, line: at }, `can't be read: ${error.message}`, certain);
  }

  private complain(origin: Origin, message: string, certain: boolean): void {
    this.into.unreadable.push({ origin, message, after: this.into.resources.length, certain });
  }

  private leave(reason: Parameters<LeftOut["add"]>[0], by: string, place: string, origin: Origin): void {
    this.into.left.add(reason, by, place, { origin, after: this.into.resources.length });
  }

  private object(value: unknown, origin: Origin, how: How): void {
    if (Array.isArray(value)) {
      // No manifest for kubectl, but what `jq .items` prints of a list.
      for (const [i, item] of value.entries()) this.object(item, within(origin, [i]), how);
      return;
    }
    if (!isMap(value)) return;
    const { apiVersion, kind, items } = value;
    if (typeof apiVersion !== "string" || typeof kind !== "string") {
      this.nameless(value, origin, how);
      return;
    }
    if (kind.endsWith("List") && Array.isArray(items)) {
      for (const [i, item] of items.entries()) {
        // The API leaves out what all of them have in common.
        const whole = isMap(item) ? { apiVersion, kind: kind.slice(0, -4), ...item } : item;
        this.object(whole, within(origin, ["items", i]), how);
      }
      return;
    }
    const ofCnpg = isOfCnpg(apiVersion, kind);
    const type = this.kinds.typeOf(apiVersion, kind);
    if (!ofCnpg && !this.installed(value, origin, how) && how.mentions) this.others(value, origin, how);
    if (isMap(value.spec) && Array.isArray(value.spec.patches) && apiVersion.includes(".toolkit."))
      if (value.spec.patches.some((patch) => isMap(patch) && isPatchOfCnpg(patch)))
        this.leave("patch", String(value.spec.path ?? "<folder>"), `${origin.file}`, origin);
    if (type === undefined || !this.kinds.isWanted(type, () => JSON.stringify(value))) return;
    const { file = "" } = origin;
    if (how.patchOf !== undefined || patches(value)) {
      const by = how.patchOf ?? "<folder>";
      this.leave(ofCnpg ? "patch" : "otherPatch", ofCnpg ? by : "", file, origin);
      return;
    }
    if (ofCnpg && isPartial(value, file)) {
      this.leave("part", `${file}:${origin.line}`, `${file}`, origin);
      return;
    }
    this.judged(value, type, origin, how);
  }

  private judged(value: Record<string, unknown>, type: string, origin: Origin, { marked }: How): void {
    const known = marked ? markPlaceholders(value, type) : value;
    this.into.resources.push(new Resource({ type, value: known, origin, place: origin.file ?? "" }));
  }

  /** What is no object by itself: one of CloudNativePG whose kind nobody can tell, values with objects in them. */
  private nameless(value: Record<string, unknown>, origin: Origin, how: How): void {
    const { apiVersion, kind } = value;
    const group = typeof apiVersion === "string" ? kindsOfGroup(apiVersion) : undefined;
    if (group !== undefined)
      this.complain(
        origin,
        `can't be judged: ${kind === undefined ? "there is no kind" : "its kind is no text"}, expected one of ${group.join(", ")}. The API server refuses it. Write the kind.`,
        isMap(value.spec),
      );
    else if (apiVersion === undefined && how.mentions && isNamedAsOfCnpg(kind) && isMap(value.spec))
      this.complain(
        origin,
        "can't be judged: there is no apiVersion, expected postgresql.cnpg.io/v1 or barmancloud.cnpg.io/v1. `kubectl` refuses it. Write it; in JSON there are no comments.",
        how.says,
      );
    else if (!this.installed(value, origin, how) && how.mentions) this.others(value, origin, how);
  }

  /** Values of a chart: what it makes of them is judged as if it stood there. */
  private installed(value: Record<string, unknown>, origin: Origin, how: How): boolean {
    const { file = "" } = origin;
    const { below, ofTemplates } = how.beside?.() ?? {};
    if (ofTemplates === true) return true;
    const judged = (object: Record<string, unknown>, at: Origin) => {
      const type = this.kinds.typeOf(String(object.apiVersion), String(object.kind));
      if (type !== undefined) this.judged(object, type, at, how);
    };
    const known = install(
      value,
      origin,
      {
        judged,
        complain: (at, message) => this.complain(at, message, false),
        left: (elsewhere) => this.leave("release", elsewhere, file, origin),
      },
      below,
    );
    if (known) return true;
    const guessed = value.kind === undefined ? seemsToMakeCluster(value) : installsUnknownChart(value);
    if (guessed) this.leave("values", "", file, origin);
    return false;
  }

  /** Objects of CloudNativePG within one of another kind, and what is written as if it were one of CloudNativePG. */
  private others(value: Record<string, unknown>, origin: Origin, how: How): void {
    const { apiVersion, kind } = value;
    if (typeof apiVersion === "string" && typeof kind === "string") {
      const group = kindsOfGroup(apiVersion);
      if (group !== undefined || /^(?:postgresql|barmancloud)\.cnpg\.io/i.test(apiVersion)) {
        const expected =
          group === undefined
            ? "apiVersion postgresql.cnpg.io/v1 or barmancloud.cnpg.io/v1"
            : `one of ${group.join(", ")}`;
        const got = group === undefined ? `apiVersion ${apiVersion}` : `kind ${kind}`;
        this.complain(
          origin,
          `can't be judged: got ${got}, expected ${expected}. No rule knows such an object, and CloudNativePG defines none. Write the name as CloudNativePG does.`,
          false,
        );
        return;
      }
    }
    const { file = "" } = origin;
    for (const inner of innerOf(value)) {
      const at = within(origin, inner.path);
      const type =
        inner.object && this.kinds.typeOf(String(inner.object.apiVersion), String(inner.object.kind));
      if (inner.object === undefined) this.leave("text", "", file, at);
      else if (!inner.whole || type === undefined) this.leave("inner", "", file, at);
      else this.judged(inner.object, type, at, how);
    }
  }
}

interface How extends About {
  /** Whether there may be placeholders. */
  readonly marked: boolean;
  /** Whether the document speaks of CloudNativePG at all. */
  readonly mentions: boolean;
  /** Whether one of its lines gives CloudNativePG as the `apiVersion`. */
  readonly says: boolean;
}

/** Whether a text that can't be parsed has what another tool fills in where no value stands: between lines, as whole lines. */
function isWholeTemplate(text: string): boolean {
  // Of envsubst, as in `${BACKUP:+backup:}`.
  if (/^[ \t]*\$\{\w+/m.test(text)) return true;
  return /\{\{|\{%/.test(text) && (isTemplate(text) || /^[^"'#\n]*\{\{/m.test(text));
}
