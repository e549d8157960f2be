import { CNPG_GROUP, type Kinds } from "./kinds";
import { contentStart } from "./yaml";

const KIND = /^(?:kind|"kind"|'kind')[ \t]*:(.*)$/gm;
const VERSION = /^(?:apiVersion|"apiVersion"|'apiVersion')[ \t]*:(.*)$/gm;

/** What a document is by a look at its text: not worth parsing, or perhaps of a kind that rules know. */
export type Look = "empty" | "other" | "known";

/** What a text says at the beginnings of its lines. */
export interface Head {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * `apiVersion` and `kind` of an object that is written as people write one: each exactly once, at the beginning of a line, as
 * one plain word. Undefined for whatever is written in another way, and for a text that may hold something else besides.
 */
export function headOf(text: string): Head | undefined {
  // Keys that begin otherwise, a second document in the text, an escape that may spell a key.
  if (!/^["'A-Za-z]/.test(text.slice(contentStart(text), contentStart(text) + 1))) return undefined;
  if (text.includes("\\") && /\\[xuU]/.test(text)) return undefined;
  if (/^(?:\?|\.\.\.|<<)|\r---/m.test(text)) return undefined;
  const [kind, apiVersion] = [only(text, KIND), only(text, VERSION)];
  return kind === undefined || apiVersion === undefined ? undefined : { apiVersion, kind };
}

/** Kinds that speak of CloudNativePG's without holding any of its objects. */
const definitions =
  /^(?:CustomResourceDefinition|ClusterServiceVersion|(?:Mutating|Validating)WebhookConfiguration|ValidatingAdmissionPolicy|Role|ClusterRole|APIService|NetworkPolicy|Deployment)$/;

/** Looks at a document: bytes as characters are enough, and much cheaper than to decode and parse them. */
export function look(text: string, kinds: Kinds): Look {
  const head = text.includes("kind") ? headOf(text) : undefined;
  if (head === undefined) {
    if (!/^(?!---\s*$|%|#|\s|\.\.\.)./m.test(text) && !/^\s+[^\s#]/m.test(text)) return "empty";
    return mayHoldObjects(text, kinds) || mayBeValues(text) ? "known" : "other";
  }
  const { apiVersion, kind } = head;
  if (kind === "Kustomization" && !apiVersion.includes(".toolkit."))
    return text.includes("helmCharts") || text.includes("patches") ? "known" : "other";
  const type = kinds.typeOf(apiVersion, kind);
  if (type !== undefined && kinds.isWanted(type, () => text)) return "known";
  if (kind.endsWith("List") && kinds.mentionedIn(text)) return "known";
  return text.includes(CNPG_GROUP) && !definitions.test(kind) ? "known" : "other";
}

function mayHoldObjects(text: string, kinds: Kinds): boolean {
  if (text.includes("\\") && /\\[xuU/\r\n]/.test(text)) return true;
  return kinds.mentionedIn(text);
}

/** Whether a text without an object may be values of a chart that makes a Cluster. */
function mayBeValues(text: string): boolean {
  return /\b(?:instances|backups|scheduledBackups|helmCharts|imageCatalogRef)["']?[ \t]*:/.test(text);
}

/** Whether a text that can't be parsed is an object of CloudNativePG as far as its lines tell. */
export function saysCnpg(text: string): boolean {
  return /^[ \t]*(?:- )?[{,]?[ \t]*["']?apiVersion["']?[ \t]*:[ \t]*["']?(?:postgresql|barmancloud)\.cnpg\.io\//m.test(
    text,
  );
}

/** What one key at the beginning of a line says; undefined if it isn't there exactly once, as one plain word. */
function only(text: string, key: RegExp): string | undefined {
  key.lastIndex = 0;
  const found = key.exec(text)?.[1];
  if (found === undefined) return undefined;
  const again = key.exec(text) !== null;
  return again ? undefined : /^(["']?)([\w./-]+)\1(?:[ \t]+#.*)?$/.exec(found.trim())?.[2];
}
