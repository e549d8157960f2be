import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { UsageError } from "./config";
import { reasonOf } from "./files";
import { fingerprintsOf } from "./output/fingerprints";
import type { Entry } from "./output/report";

/** Findings that were there when a repository began to be judged: they are counted, and not shown. */
export interface Baseline {
  readonly version: 1;
  readonly findings: readonly Known[];
}

/** One of them. All but the fingerprint is for people. */
interface Known {
  readonly fingerprint: string;
  readonly rule: string;
  /** Relative to the folder of the baseline. */
  readonly file: string;
  readonly object?: string;
  readonly path: string;
}

/** A baseline's file, wherever the linter is run. */
export class BaselineFile {
  private readonly place: string;

  constructor(
    private readonly named: string,
    private readonly workingDirectory: string,
  ) {
    this.place = resolve(workingDirectory, named);
  }

  /** @throws UsageError */
  read(): Baseline {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(this.place, "utf8"));
    } catch (error) {
      const hint = existsSync(this.place) ? "" : ". Add --write-baseline to make it";
      throw new UsageError(`--baseline ${this.named}: ${reasonOf(error)}${hint}`);
    }
    const { version, findings } = (content ?? {}) as { version?: unknown; findings?: unknown };
    const isKnown = (one: unknown) => typeof (one as Known | null)?.fingerprint === "string";
    if (version !== 1 || !Array.isArray(findings) || !findings.every(isKnown))
      throw new UsageError(
        `--baseline ${this.named}: no baseline of version 1. Write it with --write-baseline`,
      );
    return content as Baseline;
  }

  /** Entries that a baseline knows, those that it does not, and what in it does not occur any more. */
  part(
    { findings }: Baseline,
    entries: readonly Entry[],
    files: readonly string[],
  ): { readonly fresh: readonly Entry[]; readonly known: readonly Entry[]; readonly gone: readonly Known[] } {
    const given = this.fingerprints(entries);
    const wanted = new Set(findings.map(({ fingerprint }) => fingerprint));
    const isKnown = (i: number) => wanted.has(given[i] ?? "");
    const found = new Set(given);
    return {
      fresh: entries.filter((_, i) => !isKnown(i)),
      known: entries.filter((_, i) => isKnown(i)),
      gone: findings.filter((one) => !found.has(one.fingerprint) && this.wasJudged(one, files)),
    };
  }

  /** The text of a baseline with these findings, and those of an earlier one whose files were not judged now. */
  textOf(entries: readonly Entry[], files: readonly string[]): string {
    const earlier = existsSync(this.place) ? this.read().findings : [];
    const fingerprints = this.fingerprints(entries);
    const now = entries.map(({ rule, file, object, path }, i) => ({
      fingerprint: fingerprints[i] ?? "",
      rule: rule.id,
      file: this.fileOf(file),
      ...(object !== undefined && { object: object.called }),
      path,
    }));
    const kept = earlier.filter((one) => !this.wasJudged(one, files));
    const findings = [...kept, ...now].sort((a, b) => compare(a.file, b.file) || compare(a.rule, b.rule));
    return `${JSON.stringify({ version: 1, findings } satisfies Baseline, undefined, 2)}\n`;
  }

  private fingerprints(entries: readonly Entry[]): string[] {
    return fingerprintsOf(entries, (file) => this.fileOf(file));
  }

  /** A file relative to the baseline, whatever the working directory. */
  private fileOf(file: string): string {
    if (file === "-") return file;
    return relative(dirname(this.place), resolve(this.workingDirectory, file)).split(sep).join("/");
  }

  /** Whether what a finding is about was looked at: a file that is gone has none any more. */
  private wasJudged({ file }: Known, files: readonly string[]): boolean {
    if (files.some((one) => this.fileOf(one) === file)) return true;
    return file !== "-" && !existsSync(resolve(dirname(this.place), file));
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
