import type { Comparison } from "../../core/comparison";
import { fingerprintsOf } from "./fingerprints";
import { countsOf, type Entry, type Report, type Suppressed } from "./report";

/**
 * The report as JSON. Fields are added in later versions, never taken away or changed in meaning as long as `version` is 1.
 */
export interface JsonReport {
  readonly version: 1;
  readonly summary: {
    readonly mandatory: number;
    readonly advisory: number;
    readonly files: number;
    readonly documents: number;
    readonly objects: number;
  };
  readonly findings: readonly JsonFinding[];
  /** Findings that do not count: a comment, an exemption or the baseline takes them out. */
  readonly suppressed: readonly (JsonFinding & {
    readonly suppressedBy: Suppressed["by"];
    /** What the comment or the exemption says. */
    readonly reason?: string;
  })[];
  /** With --compare: what both halves of each Cluster say. */
  readonly comparisons?: readonly {
    /** `<namespace>/<name>`. */
    readonly cluster: string;
    readonly file: string;
    readonly line: number;
    readonly rows: readonly Comparison[];
  }[];
  readonly notes: readonly string[];
}

export interface JsonFinding {
  /** Id of the rule. */
  readonly rule: string;
  readonly severity: "critical" | "high" | "medium" | "low";
  readonly level: "mandatory" | "advisory";
  /** `undecided`: the rule could not judge, because a value is a placeholder. */
  readonly kind: "violation" | "undecided";
  /** `-` for the standard input. */
  readonly file: string;
  readonly line: number;
  /** Left out for a document that can't be read. */
  readonly object?: { readonly type: string; readonly namespace?: string; readonly name?: string };
  /** As in `spec.plugins[0].name`; empty for the object as a whole. */
  readonly path: string;
  readonly message: string;
  readonly title: string;
  readonly remedy: string;
  readonly url: string;
  /** Whether --fix mends it. */
  readonly fixable: boolean;
  /** The same for as long as the finding is, whatever its line and its message. */
  readonly fingerprint: string;
}

export function formatJson(report: Report): string {
  const { entries, suppressed, notes, comparisons, files, documents, objects } = report;
  const all = [...entries, ...suppressed.map(({ entry }) => entry)];
  const fingerprints = new Map(fingerprintsOf(all).map((one, i) => [all[i], one]));
  const asJson = (entry: Entry): JsonFinding => {
    const { rule, level, kind, file, line, object, path, message, finding } = entry;
    const { id, severity, title, remedy, url } = rule;
    const { called: _, ...named } = object ?? { called: "" };
    return {
      rule: id,
      severity,
      level,
      kind,
      file,
      line,
      ...(object !== undefined && { object: named as NonNullable<JsonFinding["object"]> }),
      path,
      message,
      title,
      remedy,
      url,
      fixable: finding.fixes !== undefined,
      fingerprint: fingerprints.get(entry) ?? "",
    };
  };
  const content: JsonReport = {
    version: 1,
    summary: { ...countsOf(entries), files, documents, objects },
    findings: entries.map(asJson),
    suppressed: suppressed.map(({ entry, by, reason }) => ({
      ...asJson(entry),
      suppressedBy: by,
      ...(reason !== undefined && { reason }),
    })),
    ...(comparisons !== undefined && {
      comparisons: comparisons.map(({ cluster, resource: { origin }, rows }) => ({
        cluster,
        file: origin.file ?? "-",
        line: origin.line ?? 1,
        rows,
      })),
    }),
    notes,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
