import type { Corpus, CorpusSet, Kind } from "./list";

/** What is counted of a finding. */
export interface Found {
  readonly rule: string;
  readonly level: "mandatory" | "advisory";
  readonly kind: "violation" | "undecided";
  readonly file: string;
  readonly object?: { readonly type: string; readonly namespace?: string; readonly name?: string };
}

export type Judgement = "fault" | "true" | "little use" | "false" | "not looked at";

export interface Score {
  faults: number;
  found: number;
  /** Faults and found ones by kind. */
  readonly kinds: Map<string, { faults: number; found: number }>;
  readonly findings: Record<Judgement, number>;
  mandatory: number;
  falseMandatory: number;
  undecided: number;
  /** `<id> <kind>` of faults that no finding names. */
  readonly missed: string[];
  /** `<id> <rule>` of findings that nobody has judged. */
  readonly unjudged: Set<string>;
}

export function emptyScore(): Score {
  return {
    faults: 0,
    found: 0,
    kinds: new Map(),
    findings: { fault: 0, true: 0, "little use": 0, false: 0, "not looked at": 0 },
    mandatory: 0,
    falseMandatory: 0,
    undecided: 0,
    missed: [],
    unjudged: new Set(),
  };
}

/** Adds what the linter said about a set to a score. */
export function add(
  score: Score,
  { kinds }: Pick<Corpus, "kinds">,
  set: CorpusSet,
  all: readonly Found[],
): void {
  const findings = all.filter(({ kind }) => kind === "violation");
  score.undecided += all.length - findings.length;
  for (const { kind, objects = 1, object } of set.faults) {
    const { rules } = kindOf(kinds, kind);
    const named = findings.filter(
      (finding) => rules.includes(finding.rule) && (object === undefined || finding.object?.name === object),
    );
    const found = Math.min(objects, new Set(named.map(whereOf)).size);
    score.faults += objects;
    score.found += found;
    const counts = score.kinds.get(kind) ?? { faults: 0, found: 0 };
    counts.faults += objects;
    counts.found += found;
    score.kinds.set(kind, counts);
    if (found < objects) score.missed.push(`${set.id} ${kind}`);
  }
  const expected = new Set(set.faults.flatMap(({ kind }) => kindOf(kinds, kind).rules));
  for (const { rule, level } of findings) {
    const judged = judgementOf(set, expected, rule);
    score.findings[judged]++;
    if (judged === "not looked at") score.unjudged.add(`${set.id} ${rule}`);
    if (level !== "mandatory") continue;
    score.mandatory++;
    if (judged === "false") score.falseMandatory++;
  }
}

function judgementOf(set: CorpusSet, expected: ReadonlySet<string>, rule: string): Judgement {
  // First: a rule may be right about one object of the set and wrong about another.
  if (set.false?.includes(rule)) return "false";
  if (expected.has(rule)) return "fault";
  if (set.true?.includes(rule)) return "true";
  return set.littleUse?.includes(rule) ? "little use" : "not looked at";
}

function kindOf(kinds: Readonly<Record<string, Kind>>, kind: string): Kind {
  const found = kinds[kind];
  if (found === undefined) throw new Error(`list.json has no kind ${kind}`);
  return found;
}

function whereOf({ file, object }: Found): string {
  return JSON.stringify([file, object?.type, object?.namespace, object?.name]);
}

/** The share of the faults that were found, and its mean over the kinds: frequent ones hide rare ones. */
export function recallOf({ faults, found, kinds }: Score): { all: number; kinds: number } {
  const shares = [...kinds.values()].map((counts) => counts.found / counts.faults);
  return { all: found / faults, kinds: shares.reduce((sum, share) => sum + share, 0) / shares.length };
}

/** The share of the judged findings that are true, and of those that are of use as well. */
export function precisionOf({ findings }: Score): { true: number; useful: number } {
  const { fault, true: others, "little use": little, false: wrong } = findings;
  const judged = fault + others + little + wrong;
  return { true: (judged - wrong) / judged, useful: (fault + others) / judged };
}
