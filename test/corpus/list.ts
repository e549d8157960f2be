import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What goes wrong, and which rules say so. */
export interface Kind {
  readonly severity: "data" | "security" | "outage" | "hygiene";
  readonly why: string;
  /** Ids; none as long as no rule sees it. */
  readonly rules: readonly string[];
}

/** A fault that a person found. */
export interface Fault {
  readonly kind: string;
  /** How many objects have it. Default: 1. */
  readonly objects?: number;
  /** The name of the one object that has it, where others of its kind do not. */
  readonly object?: string;
}

/** Manifests of a public repository that belong together, and what a person says about them. */
export interface CorpusSet {
  readonly id: string;
  /** `<owner>/<name>` on GitHub. */
  readonly repo: string;
  readonly commit: string;
  /** The SHA-256 of each file's text, by its path. */
  readonly files: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
  /** Nothing that loses data, opens a door or stops the database. */
  readonly good?: true;
  /** Never shown one by one, so that no rule is fitted to it. */
  readonly blind?: true;
  /** What is right there and looks wrong. */
  readonly silent?: string;
  /** Rules whose other findings here were looked at: they are true. */
  readonly true?: readonly string[];
  /** As `true`, and of little use: said twice, or nobody is hurt. */
  readonly littleUse?: readonly string[];
  /** Rules that say here what is not so. */
  readonly false?: readonly string[];
}

export interface Corpus {
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly sets: readonly CorpusSet[];
}

export function corpus(): Corpus {
  return JSON.parse(readFileSync(join(__dirname, "list.json"), "utf8")) as Corpus;
}
