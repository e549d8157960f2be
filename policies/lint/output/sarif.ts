import { createHash } from "node:crypto";
import { levelOf, type Rule } from "../../core/rule";
import { type Entry, type Report, sentenceOf } from "./report";

/** The report as SARIF 2.1.0, which GitHub's code scanning and many an editor read. */
export function formatSarif(report: Report): string {
  const { entries, rules, version } = report;
  const index = new Map(rules.map((rule, i) => [rule.id, i]));
  const seen = new Map<string, number>();
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
        results: entries.map((entry) => result(entry, index.get(entry.rule.id), seen)),
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

function result(entry: Entry, ruleIndex: number | undefined, seen: Map<string, number>): object {
  const { rule, level, kind, file, line, object, path } = entry;
  // What a finding is known by when lines move and messages are worded anew.
  const identity = [rule.id, file, object?.type, object?.namespace, object?.name, path].join("\0");
  const nth = seen.get(identity) ?? 0;
  seen.set(identity, nth + 1);
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
    partialFingerprints: {
      "cnpgLint/v1": createHash("sha256").update(`${identity}\0${nth}`).digest("hex").slice(0, 32),
    },
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
