import { levelOf, type Rule } from "../../core/rule";
import { fingerprintsOf } from "./fingerprints";
import { type Entry, type Report, type Suppressed, sentenceOf } from "./report";

/** The report as SARIF 2.1.0, which GitHub's code scanning and many an editor read. */
export function formatSarif(report: Report): string {
  const { entries, suppressed, rules, version } = report;
  const all = [...entries, ...suppressed.map(({ entry }) => entry)];
  const fingerprints = fingerprintsOf(all);
  const index = new Map(rules.map((rule, i) => [rule.id, i]));
  const content = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "cnpg-lint",
            semanticVersion: version,
            rules: rules.map(descriptor),
          },
        },
        columnKind: "utf16CodeUnits",
        results: all.map((entry, i) => ({
          ...result(entry, index.get(entry.rule.id), fingerprints[i] ?? ""),
          ...suppressionsOf(suppressed[i - entries.length]),
        })),
      },
    ],
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function descriptor(rule: Rule): object {
  const { id, title, severity, why, remedy, url, tags } = rule;
  return {
    id,
    name: id.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: {
      text: `${why}\n\n${remedy}`,
      markdown: `${why}\n\n**What to do.** ${remedy}\n\n[Documentation](${url})`,
    },
    helpUri: url,
    defaultConfiguration: { level: levelOf(rule, "recommended") === "mandatory" ? "error" : "warning" },
    properties: { tags: [...tags], severity },
  };
}

/** In the file, a comment; outside of it, the settings or the baseline. */
function suppressionsOf(suppressed: Suppressed | undefined): object {
  if (suppressed === undefined) return {};
  const { by, reason } = suppressed;
  const kind = by === "comment" ? "inSource" : "external";
  return { suppressions: [{ kind, ...(reason !== undefined && { justification: reason }) }] };
}

function result(entry: Entry, ruleIndex: number | undefined, fingerprint: string): object {
  const { rule, level, kind, file, line, object, path } = entry;
  return {
    ruleId: rule.id,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level:
      level === "mandatory" ? "error" : kind === "undecided" || rule.severity === "low" ? "note" : "warning",
    message: { text: object === undefined ? sentenceOf(entry) : `${object.called}: ${sentenceOf(entry)}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: line } },
        ...(object !== undefined && {
          logicalLocations: [
            {
              name: object.name ?? object.called,
              fullyQualifiedName: `${object.called}${path && ` ${path}`}`,
              kind: "object",
            },
          ],
        }),
      },
    ],
    partialFingerprints: { "cnpgLint/v1": fingerprint },
    properties: { severity: rule.severity, kind },
  };
}

/** A file as a URI, relative where the file is. */
function uriOf(file: string): string {
  if (file === "-") return "stdin";
  const path = file.split("/").map(encodeURIComponent).join("/");
  if (/^[A-Za-z]:\//.test(file)) return `file:///${file[0]}:${path.slice(path.indexOf("/"))}`;
  return file.startsWith("/") ? `file://${path}` : path;
}
