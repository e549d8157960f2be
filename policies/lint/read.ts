import { readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Resource } from "../core/resource";
import type { Rule } from "../core/rule";
import { rules as allRules } from "../rules";
import { type Collected, nothingYet, type UnreadableDocument } from "./collected";
import { DocumentReader } from "./documents";
import { findFiles, reasonOf, type Unavailable } from "./files";
import { chartOf, settleTemplates } from "./helm";
import { Kinds } from "./kinds";
import { Kustomizations } from "./kustomize";
import { isPart } from "./partial";
import { saysCnpg } from "./quick";
import { besideValues } from "./valuesFiles";

/** What there is to judge. */
export interface ReadResult {
  /** Objects of kinds that rules know, in the order in which they were read. */
  readonly resources: readonly Resource[];
  /** Documents of such kinds that can't be read, or only by some tools. */
  readonly unreadable: readonly UnreadableDocument[];
  /** Files and folders that can't be read at all. */
  readonly unavailable: readonly Unavailable[];
  /** Whether files were named one by one, and others lie beside them that may belong to them. */
  readonly partial: boolean;
  /** What was left out that may have been meant, and is nothing that is certainly to be judged. */
  readonly notes: readonly string[];
  readonly files: number;
  /** Documents of whatever kind. */
  readonly documents: number;
}

/** How to read. */
export interface ReadOptions {
  /** Kinds that none of them knows are left out. Default: every rule. */
  readonly rules?: readonly Rule[];
  /** What the path `-` stands for. Default: nothing. */
  readonly stdin?: Buffer | string;
  /** Default: that of the process. */
  readonly workingDirectory?: string;
  /** Program that renders charts whose templates make objects of CloudNativePG, or false. Default: `helm`, if it is there. */
  readonly helm?: string | false;
  /** Is given every file that is read, with its bytes; `-` for the standard input. */
  readonly onFile?: (file: string, bytes: Buffer) => void;
}

/** Bytes that a file may have. */
const LARGEST = 1024 * 1024 * 1024;

/** Bytes of a file in another language that is looked at. */
const LARGEST_SOURCE = 1024 * 1024;

/**
 * Reads files, folders with all that is in them, or `-` for the standard input.
 *
 * @example
 * const { resources, unreadable } = readPaths(["deploy"]);
 * const { findings } = lint(resources, { unreadable });
 */
export function readPaths(paths: readonly string[], options: ReadOptions = {}): ReadResult {
  const { rules = allRules, stdin = "", workingDirectory = process.cwd(), helm = "helm", onFile } = options;
  const into = nothingYet();
  const reader = new DocumentReader(kindsOf(rules), into);
  const found = findFiles(
    paths.filter((path) => path !== "-"),
    workingDirectory,
  );
  const unavailable = [...found.unavailable];
  const kustomizations = new Kustomizations();
  const places = found.files.map((file) => resolve(workingDirectory, file));
  const reading = (file: string, read: () => void) => {
    try {
      read();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      unavailable.push({ path: file, message: reasonOf(error) });
    }
  };
  // First all kustomizations: one may name patches that lie in another folder.
  for (const place of places) kustomizations.look(resolve(place, ".."));
  for (const [i, file] of found.files.entries()) {
    const place = places[i] ?? file;
    reading(file, () => {
      if (statSync(place).size > LARGEST) {
        const message = "can't be read: it is larger than 1 GB. Split it.";
        const after = into.resources.length;
        into.unreadable.push({ origin: { file, line: 1 }, message, after, certain: false });
        return;
      }
      const patchOf = kustomizations.patchOf(place);
      const bytes = readFileSync(place);
      onFile?.(file, bytes);
      reader.read(file, bytes, {
        patchOf: patchOf && shownFrom(workingDirectory, patchOf),
        beside: () => besideValues(place),
      });
    });
  }
  for (const file of found.others)
    reading(file, () => {
      const place = resolve(workingDirectory, file);
      if (statSync(place).size > LARGEST_SOURCE) return;
      const text = readFileSync(place, "latin1");
      const after = into.resources.length;
      // What a chart's templates include is rendered with them.
      if (file.endsWith(".tpl") && chartOf(place) !== undefined) {
        if (saysCnpg(text)) into.templates.push({ file, line: 1, cnpg: true, after });
      } else if (makesObjects(text))
        into.left.add("language", "", file, { origin: { file, line: 1 }, after });
    });
  const wantsStdin = paths.includes("-");
  if (wantsStdin) reader.read("-", Buffer.from(stdin));
  for (const place of kustomizations.withInnerPatches) {
    const file = shownFrom(workingDirectory, place);
    const at = { origin: { file, line: 1 }, after: into.resources.length };
    into.left.add("patch", shownFrom(workingDirectory, resolve(place, "..")), file, at);
  }
  settleTemplates(into, reader, { workingDirectory, helm });
  if (wantsStdin) onFile?.("-", Buffer.from(stdin));
  const files = found.files.length + (wantsStdin ? 1 : 0);
  const partial = !wantsStdin && found.alone && isPart(places, kindsOf(rules));
  return { ...resultOf(into), partial, unavailable, notes: [...found.notes, ...into.left.notes], files };
}

/** Reads a text as if it were a file. */
export function readText(text: string | Buffer, file = "-", rules: readonly Rule[] = allRules): ReadResult {
  const into = nothingYet();
  const reader = new DocumentReader(kindsOf(rules), into);
  reader.read(file, Buffer.from(text));
  settleTemplates(into, reader, { workingDirectory: "/", helm: false });
  return { ...resultOf(into), partial: false, unavailable: [], notes: into.left.notes, files: 1 };
}

const made = new WeakMap<readonly Rule[], Kinds>();

function kindsOf(rules: readonly Rule[]): Kinds {
  const kinds = made.get(rules) ?? new Kinds(rules);
  made.set(rules, kinds);
  return kinds;
}

function resultOf({ resources, unreadable, left, documents }: Collected) {
  const all = [...unreadable, ...left.findings.map((finding) => ({ ...finding, certain: false }))];
  return { resources, unreadable: all, documents };
}

/** Whether a file in a language that is not read here makes objects of CloudNativePG. */
function makesObjects(text: string): boolean {
  if (/\b(?:postgresql|barmancloud)\.cnpg\.io\b/.test(text)) return true;
  return /\bchart\s*=\s*"cluster"/.test(text) && text.includes("cloudnative-pg");
}

function shownFrom(workingDirectory: string, place: string): string {
  const inside = relative(workingDirectory, place).replaceAll("\\", "/");
  return inside.startsWith("..") ? place : inside === "" ? "." : inside;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}
