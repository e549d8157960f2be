import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Resource } from "../core/resource";
import type { Rule } from "../core/rule";
import { rules as allRules } from "../rules";
import { type Collected, DocumentReader, type UnreadableDocument } from "./documents";
import { findFiles, reasonOf, type Unavailable } from "./files";
import { Kinds } from "./kinds";
import { Kustomizations } from "./kustomize";

/** What there is to judge. */
export interface ReadResult {
  /** Objects of kinds that rules know, in the order in which they were read. */
  readonly resources: readonly Resource[];
  /** Documents of such kinds that can't be read, or only by some tools. */
  readonly unreadable: readonly UnreadableDocument[];
  /** Files and folders that can't be read at all. */
  readonly unavailable: readonly Unavailable[];
  /** What was left out that may have been meant: templates, patches. */
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
  /** Is given every file that is read, with its bytes; `-` for the standard input. */
  readonly onFile?: (file: string, bytes: Buffer) => void;
}

/** Bytes that a file may have. */
const LARGEST = 1024 * 1024 * 1024;

/**
 * Reads files, folders with all that is in them, or `-` for the standard input.
 *
 * @example
 * const { resources, unreadable } = readPaths(["deploy"]);
 * const { findings } = lint(resources, { unreadable });
 */
export function readPaths(paths: readonly string[], options: ReadOptions = {}): ReadResult {
  const { rules = allRules, stdin = "", workingDirectory = process.cwd(), onFile } = options;
  const into: Collected = { resources: [], unreadable: [], notes: new Set(), documents: 0 };
  const reader = new DocumentReader(new Kinds(rules), into);
  const found = findFiles(
    paths.filter((path) => path !== "-"),
    workingDirectory,
  );
  const unavailable = [...found.unavailable];
  for (const note of found.notes) into.notes.add(note);
  const kustomizations = new Kustomizations();
  const places = found.files.map((file) => resolve(workingDirectory, file));
  // First all kustomizations: one may name patches that lie in another folder.
  for (const place of places) kustomizations.look(resolve(place, ".."));
  for (const [i, file] of found.files.entries()) {
    const place = places[i] ?? file;
    try {
      if (statSync(place).size > LARGEST) {
        const message = "can't be read: it is larger than 1 GB. Split it.";
        into.unreadable.push({ origin: { file, line: 1 }, message, after: into.resources.length });
      } else {
        const bytes = readFileSync(place);
        onFile?.(file, bytes);
        reader.read(file, bytes, kustomizations.isPatch(place));
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      unavailable.push({ path: file, message: reasonOf(error) });
    }
  }
  const wantsStdin = paths.includes("-");
  if (wantsStdin) {
    onFile?.("-", Buffer.from(stdin));
    reader.read("-", Buffer.from(stdin));
  }
  const { resources, unreadable, documents } = into;
  const files = found.files.length + (wantsStdin ? 1 : 0);
  return { resources, unreadable, unavailable, notes: [...into.notes], files, documents };
}

/** Reads a text as if it were a file. */
export function readText(text: string | Buffer, file = "-", rules: readonly Rule[] = allRules): ReadResult {
  const into: Collected = { resources: [], unreadable: [], notes: new Set(), documents: 0 };
  new DocumentReader(new Kinds(rules), into).read(file, Buffer.from(text));
  const { resources, unreadable, documents } = into;
  return { resources, unreadable, unavailable: [], notes: [...into.notes], files: 1, documents };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}
