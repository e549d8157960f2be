import type { Finding } from "../core/judge";
import type { Rule } from "../core/rule";
import { levelUnder, type Settings } from "../core/settings";
import type { Request } from "./arguments";
import { comparisons } from "./comparisons";
import { type Ignore, IgnoreReader } from "./ignores";
import { allRules, lint } from "./lint";
import {
  type Entry,
  entriesOf,
  missedOnce,
  type Report,
  type Suppressed,
  undecidedNotes,
} from "./output/report";
import { type ReadResult, readPaths } from "./read";

/** With what manifests are judged. */
export interface Asked {
  readonly settings: Settings;
  readonly rules: readonly Rule[];
  readonly stdin: Buffer | string;
  readonly workingDirectory: string;
  readonly version: string;
}

/** What judging came to. */
export interface Judged {
  readonly report: Report;
  /** What is wrong so that the exit code has to say it; one line each. */
  readonly failures: readonly string[];
  /** Files that were read. */
  readonly files: readonly string[];
}

/** Reads what is named, and judges it. */
export function judge({ paths, before, compare, failOnUndecided }: Request, asked: Asked): Judged {
  const { settings, rules, stdin, workingDirectory, version } = asked;
  const comments = new IgnoreReader();
  const files: string[] = [];
  const onFile = (file: string, bytes: Buffer) => {
    files.push(file);
    comments.read(file, bytes);
  };
  const read = readPaths(paths, { stdin, workingDirectory, onFile });
  const earlier = before.length === 0 ? undefined : readPaths(before, { stdin, workingDirectory });
  const { findings, exempted, notes, faults } = lint(read.resources, {
    settings,
    rules,
    partial: read.partial,
    unreadable: read.unreadable,
    ...(earlier !== undefined && { before: earlier.resources }),
  });
  // A placeholder is no mistake of whoever wrote it.
  const noted = (finding: Finding) => !failOnUndecided && finding.kind === "undecided";
  const shown = findings.filter((finding) => !noted(finding));
  const taken = new Commented(comments.ignores);
  const all = entriesOf(shown);
  const unknown = entriesOf(findings.filter(noted)).filter((entry) => taken.by(entry) === undefined);
  const suppressed: Suppressed[] = [
    ...all.flatMap((entry) => {
      const by = taken.by(entry);
      return by === undefined ? [] : [{ entry, by: "comment" as const, reason: by.reason }];
    }),
    ...exempted.flatMap((finding) =>
      entriesOf([finding]).map((entry) => ({
        entry,
        by: "exemption" as const,
        reason: finding.exemption?.reason ?? "",
      })),
    ),
  ];
  const report: Report = {
    entries: missedOnce(all.filter((entry) => taken.by(entry) === undefined)),
    suppressed,
    notes: [
      ...read.notes,
      ...undecidedNotes(unknown),
      ...(shown.some(({ elsewhere }) => elsewhere !== undefined) ? [partly] : []),
      ...notes,
      ...taken.idle(rules, settings, read.partial),
      ...(read.resources.length === 0 ? [nothing(read)] : []),
    ],
    ...(compare && { comparisons: comparisons(read.resources, { settings, rules }) }),
    rules,
    files: read.files,
    documents: read.documents,
    objects: read.resources.length,
    version,
  };
  const failures = [
    ...comments.problems,
    ...[read, earlier]
      .flatMap((one) => one?.unavailable ?? [])
      .map(({ path, message }) => `${path}: ${message}`),
    ...faults.map((fault) => `${fault}\nThis is a fault of the linter. Please report it.`),
  ];
  return { report, failures, files };
}

const partly =
  "Only some files of a folder are given, so that what is missing may be in the others. Judge the folder to be sure.";

function nothing({ documents, files }: ReadResult): string {
  return `No rule knows any object here: ${documents} documents in ${files} files were looked at.`;
}

/** Comments that take findings out, and whether they were of use. */
class Commented {
  private readonly used = new Set<Ignore>();
  private readonly byFile = new Map<string, Ignore[]>();

  constructor(private readonly all: readonly Ignore[]) {
    for (const one of all) this.byFile.set(one.file, [...(this.byFile.get(one.file) ?? []), one]);
  }

  /** The comment that takes a finding out. */
  by({ file, line, rule }: Entry): Ignore | undefined {
    const found = this.byFile
      .get(file)
      ?.find((one) => one.rule === rule.id && one.from <= line && line <= one.to);
    if (found !== undefined) this.used.add(found);
    return found;
  }

  /** Comments that took nothing out, of rules that were asked. */
  idle(rules: readonly Rule[], settings: Settings, partial: boolean): string[] {
    return this.all.flatMap((one) => {
      if (this.used.has(one)) return [];
      const where = `${one.file}:${one.line}`;
      const rule = allRules.find(({ id }) => id === one.rule);
      if (rule === undefined) return [`${where}: there is no rule ${one.rule}, which this comment ignores.`];
      if (!rules.includes(rule) || levelUnder(settings, rule) === "disabled") return [];
      // What it compares with may be in a file that is not given.
      if (partial && rule.scope === "stack") return [];
      return [`${where}: nothing here breaks ${one.rule}: take the comment away that ignores it.`];
    });
  }
}
