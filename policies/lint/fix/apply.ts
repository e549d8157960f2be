import { isUtf8 } from "node:buffer";
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Finding } from "../../core/judge";
import { unsealed } from "../../core/placeholder";
import type { Fix } from "../../core/rule";
import { formatPath, type Path } from "../../core/view";
import { reasonOf } from "../files";
import { parse } from "../yaml";
import { type Edit, edit } from "./edit";
import { documentsOf, placeOf } from "./place";

/** A change that was made. */
export interface Change {
  readonly finding: Finding;
  readonly file: string;
  /** Line of the finding, before anything was changed. */
  readonly line: number;
  readonly path: string;
  readonly fix: Fix;
  readonly before: string;
  readonly after: string;
}

/** What came of mending files. */
export interface Fixed {
  readonly changes: readonly Change[];
  /** What was not changed, and why. */
  readonly notes: readonly string[];
}

/** Mends what findings say of files, where that is one change alone. Each file is written as a whole, or not at all. */
export function fixFiles(findings: readonly Finding[], workingDirectory: string): Fixed {
  const changes: Change[] = [];
  const notes: string[] = [];
  const byFile = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { file } = finding.resource.origin;
    if (finding.fixes === undefined || file === undefined) continue;
    byFile.set(file, [...(byFile.get(file) ?? []), finding]);
  }
  for (const [file, own] of byFile) {
    const place = resolve(workingDirectory, file);
    try {
      const bytes = readFileSync(place);
      if (!isUtf8(bytes)) {
        notes.push(`${file} is not changed: it is not UTF-8.`);
        continue;
      }
      const fixed = fixText(bytes.toString("utf8"), file, own);
      if (fixed.changes.length > 0) replaceFile(place, fixed.text);
      changes.push(...fixed.changes);
      notes.push(...fixed.notes);
    } catch (error) {
      notes.push(`${file} is not changed: ${reasonOf(error)}.`);
    }
  }
  return { changes, notes };
}

/** Mends a file's text. */
export function fixText(
  text: string,
  file: string,
  findings: readonly Finding[],
): Fixed & { readonly text: string } {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const documents = documentsOf(text.slice(mark.length));
  const changes: Change[] = [];
  const notes: string[] = [];
  const done = new Set<string>();
  const moved: Removed[] = [];
  // All places first: every change moves what comes after it.
  const found = findings.map((finding) => ({ finding, place: placeOf(documents, finding.resource) }));
  for (const { finding, place } of found.sort((a, b) => order(a.finding, b.finding))) {
    const { rule, resource, path, fixes = [] } = finding;
    const line = resource.origin.lineOf?.(path) ?? resource.origin.line ?? 1;
    const document = place && documents[place.document];
    const why = (reason: string) =>
      notes.push(`${file}:${line}: ${formatPath(path)} is not changed for ${rule.id}: ${reason}.`);
    if (place === undefined || document === undefined) {
      why("the object is not written there as it was judged");
      continue;
    }
    let changed = document.text;
    const made: Change[] = [];
    let reason: string | undefined;
    for (const one of fixes.map(asWritten).sort(byPlace)) {
      const fix = { ...one, path: [...place.path, ...one.path] };
      const key = `${place.document} ${JSON.stringify(fix.path)}`;
      if (done.has(key) || moved.some((removed) => isBehind(fix.path, place.document, removed))) {
        reason = "it was changed for another rule; judge it again";
        break;
      }
      const edited = checked(changed, fix);
      if ("refused" in edited) {
        reason = edited.refused;
        break;
      }
      done.add(key);
      if (isRemoval(one)) moved.push({ document: place.document, path: fix.path });
      changed = edited.text;
      const { before, after } = edited;
      made.push({ finding, file, line, path: formatPath(one.path), fix: one, before, after });
    }
    if (reason !== undefined) {
      why(reason);
      continue;
    }
    document.text = changed;
    changes.push(...made);
  }
  return { text: mark + documents.map((document) => document.text).join(""), changes, notes };
}

/** An element that was taken out of its list. */
interface Removed {
  readonly document: number;
  readonly path: Path;
}

const isRemoval = (fix: Fix): boolean => "remove" in fix && typeof fix.path.at(-1) === "number";

/** Whether a path leads to, or through, an element that has moved up because one before it was taken out. */
function isBehind(path: Path, document: number, removed: Removed): boolean {
  const last = removed.path.length - 1;
  const [own, gone] = [path[last], removed.path[last]];
  if (document !== removed.document || typeof own !== "number" || typeof gone !== "number") return false;
  return own > gone && removed.path.slice(0, last).every((part, i) => part === path[i]);
}

/** Changes of one finding in the order of {@link order}. */
function byPlace(a: Fix, b: Fix): number {
  return lastFirst(isRemoval(a) ? a.path : undefined, isRemoval(b) ? b.path : undefined);
}

/** A change with placeholders as they stand in the text. */
function asWritten(fix: Fix): Fix {
  const plain = <T>(value: T): T => (typeof value === "string" ? unsealed(value) : value) as T;
  const path = fix.path.map(plain);
  if ("value" in fix) return { path, value: plain(fix.value) };
  return "key" in fix ? { path, key: plain(fix.key) } : { ...fix, path };
}

/** What is taken out of a list comes last, and the last of it first: the numbers of the others stay right. */
const order = (a: Finding, b: Finding): number => lastFirst(removalOf(a), removalOf(b));

function lastFirst(first: Path | undefined, second: Path | undefined): number {
  if (first === undefined || second === undefined)
    return Number(first !== undefined) - Number(second !== undefined);
  const differs = first.findIndex((part, i) => part !== second[i]);
  const [x, y] = [first[differs], second[differs]];
  return typeof x === "number" && typeof y === "number" ? y - x : 0;
}

function removalOf({ fixes = [] }: Finding): Path | undefined {
  return fixes.find(isRemoval)?.path;
}

/** The change, if it does to what the text says just what it should, and nothing else. */
function checked(text: string, fix: Fix): Edit {
  const edited = edit(text, fix);
  if ("refused" in edited) return edited;
  try {
    const [before, after] = [contentOf(text), contentOf(edited.text)];
    if (isDeepStrictEqual(expected(before, fix, edited), after)) return edited;
  } catch {
    // It can't be read any more.
  }
  return { refused: "this layout is not one that can be changed safely" };
}

function contentOf(text: string): unknown {
  const { documents, complaints } = parse(text);
  if (complaints.length > 0) throw new Error("a key is twice in one map");
  return documents[0];
}

/** A value after a change. */
function expected(before: unknown, fix: Fix, edited: Exclude<Edit, { refused: string }>): unknown {
  const path = edited.removed ?? fix.path;
  const inside = (value: unknown, rest: Path): unknown => {
    const [key, ...more] = rest;
    if (key === undefined)
      return "quoted" in fix ? JSON.parse(edited.after) : "value" in fix ? fix.value : value;
    const last = more.length === 0;
    if (Array.isArray(value) && typeof key === "number")
      return last && "remove" in fix
        ? value.filter((_, i) => i !== key)
        : value.map((one, i) => (i === key ? inside(one, more) : one));
    const map = (value ?? {}) as Record<string, unknown>;
    const kept = Object.entries(map).filter(([name]) => name !== key);
    if (last && "remove" in fix) return Object.fromEntries(kept);
    if (last && "key" in fix) return Object.fromEntries([...kept, [fix.key, map[key]]]);
    return Object.fromEntries([...kept, [key, inside(map[key], more)]]);
  };
  return inside(before, path);
}

/** Writes a file as a whole: whoever reads it sees the old text or the new one. */
function replaceFile(place: string, text: string): void {
  const real = realpathSync(place);
  const unfinished = `${real}.cnpg-lint-${process.pid}`;
  try {
    writeFileSync(unfinished, text, { mode: statSync(real).mode });
    renameSync(unfinished, real);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
