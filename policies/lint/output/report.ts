import { addTo } from "../../core/grouped";
import type { Finding } from "../../core/judge";
import { unsealed } from "../../core/placeholder";
import type { Rule } from "../../core/rule";
import { formatPath } from "../../core/view";
import type { ClusterComparison } from "../comparisons";

/** A finding, as all formats print it. */
export interface Entry {
  readonly rule: Rule;
  readonly level: "mandatory" | "advisory";
  readonly kind: "violation" | "undecided";
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The object; undefined for a document that can't be read. */
  readonly object?: {
    readonly type: string;
    readonly namespace?: string;
    readonly name?: string;
    /** As people call it: `Cluster orders/orders-db`. */
    readonly called: string;
  };
  /** As in `spec.plugins[0].name`; empty for the object as a whole. */
  readonly path: string;
  readonly message: string;
  /** What was said of which resource. */
  readonly finding: Finding;
}

/** A finding that was taken out, and by what. */
export interface Suppressed {
  readonly entry: Entry;
  readonly by: "comment" | "baseline" | "exemption";
  /** What its author says; a baseline has none. */
  readonly reason?: string;
}

/** What a run of the linter came to. */
export interface Report {
  readonly entries: readonly Entry[];
  readonly suppressed: readonly Suppressed[];
  readonly notes: readonly string[];
  /** What both halves of every Cluster say, where that was asked for. */
  readonly comparisons?: readonly ClusterComparison[];
  /** The rules that were asked. */
  readonly rules: readonly Rule[];
  readonly files: number;
  readonly documents: number;
  readonly objects: number;
  readonly version: string;
}

/** How many findings there are of each kind. */
export interface Counts {
  readonly mandatory: number;
  /** Those that could not be decided among them. */
  readonly advisory: number;
}

/** Findings as all formats print them, file by file and line by line. Their lines are looked up here, object by object. */
export function entriesOf(findings: readonly Finding[]): Entry[] {
  const entries = findings.map(entryOf);
  const files = new Map<string, number>();
  for (const { file } of entries) if (!files.has(file)) files.set(file, files.size);
  return entries.sort((a, b) => (files.get(a.file) ?? 0) - (files.get(b.file) ?? 0) || a.line - b.line);
}

function entryOf(finding: Finding): Entry {
  const { rule, level, kind, resource, path, message } = finding;
  const { origin, type, name, namespace, called } = resource;
  return {
    rule,
    level,
    kind,
    file: origin.file ?? "-",
    line: origin.lineOf?.(path) ?? origin.line ?? 1,
    ...(type !== "Document" && {
      object: {
        type,
        ...(namespace !== undefined && { namespace: unsealed(namespace) }),
        ...(name !== undefined && { name: unsealed(name) }),
        called,
      },
    }),
    path: formatPath(path),
    // "before the update" is Pulumi's; here a placeholder stands in the file.
    message: message.replace(/ is not known before the update\.$/, " is a placeholder."),
    finding,
  };
}

/** What could not be judged, one line for each placeholder with the rules that wanted to know it. */
export function undecidedNotes(entries: readonly Entry[]): string[] {
  const byPlace = new Map<string, string[]>();
  for (const { file, line, message, rule, object } of entries) {
    const [, what = message] = /: (.+)\.$/.exec(message) ?? [];
    const place = `${file}:${line}: ${object === undefined ? "" : `${object.called}: `}${what}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), rule.id]);
  }
  return [...byPlace].map(([place, rules]) => {
    const ids = [...new Set(rules)];
    return `${place}; not judged by ${ids.length === 1 ? "" : `${ids.length} rules: `}${ids.join(", ")}.`;
  });
}

/** What each rule misses in the files that are given, at the first object alone, where it may be in others and is advice. */
export function missedOnce(entries: readonly Entry[]): Entry[] {
  const missed = new Map<Rule, Entry[]>();
  for (const entry of entries) if (entry.finding.elsewhere === "once") addTo(missed, entry.rule, entry);
  return entries.flatMap((entry) => {
    const all = missed.get(entry.rule);
    if (entry.finding.elsewhere !== "once" || all === undefined) return entry;
    const [first, ...others] = all;
    if (first !== entry) return [];
    const more = others.length > 0 ? ` So it is at ${others.length} more.` : "";
    return { ...entry, message: `${entry.message}${more}` };
  });
}

export function countsOf(entries: readonly Entry[]): Counts {
  const mandatory = entries.filter(({ level }) => level === "mandatory").length;
  return { mandatory, advisory: entries.length - mandatory };
}

/** `3 mandatory findings and 1 advisory one`, or `no findings`. */
export function countsInWords({ mandatory, advisory }: Counts): string {
  if (mandatory + advisory === 0) return "no findings";
  const parts = [mandatory > 0 ? `${mandatory} mandatory` : "", advisory > 0 ? `${advisory} advisory` : ""];
  return `${parts.filter((part) => part !== "").join(" and ")} ${mandatory + advisory === 1 ? "finding" : "findings"}`;
}

/** The path and the message in one sentence. */
export function sentenceOf({ path, message, kind }: Entry): string {
  if (kind === "violation" && path !== "") return `${path}: ${message}`;
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** A text without what a terminal or a log would take for a command. Values of manifests stand in messages. */
export function harmless(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}
