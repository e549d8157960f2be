import { styleText } from "node:util";
import { formatComparisons } from "./comparisons";
import { countsInWords, countsOf, type Entry, harmless, type Report, sentenceOf } from "./report";

/** The report for people: by file, and what to do the first time that a rule is named. */
export function formatText(report: Report, colours: boolean): string {
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  const explained = new Set<string>();
  const byFile = new Map<string, Entry[]>();
  for (const entry of report.entries) {
    const same = byFile.get(entry.file);
    if (same === undefined) byFile.set(entry.file, [entry]);
    else same.push(entry);
  }
  const lines: string[] = [];
  for (const [file, entries] of byFile) {
    lines.push(style("underline", harmless(file)));
    const width = entries.reduce((most, { line }) => Math.max(most, String(line).length), 0);
    for (const entry of entries) {
      const { rule, line, level, object } = entry;
      const indent = " ".repeat(width + 4);
      const mark = style(level === "mandatory" ? "red" : "yellow", level);
      const called = object === undefined ? "" : `${object.called}  `;
      lines.push(
        `  ${String(line).padStart(width)}  ${mark}  ${harmless(called)}${style("dim", `${rule.id} (${rule.severity})`)}`,
        `${indent}${harmless(sentenceOf(entry)).replaceAll("\n", `\n${indent}`)}`,
      );
      if (explained.has(rule.id)) continue;
      explained.add(rule.id);
      lines.push(style("dim", `${indent}${rule.remedy}`), style("dim", `${indent}${rule.url}`));
    }
    lines.push("");
  }
  if (report.comparisons !== undefined) lines.push(formatComparisons(report.comparisons), "");
  lines.push(summaryOf(report));
  return `${lines.join("\n")}\n`;
}

/** `2 mandatory and 1 advisory findings in 3 objects of 40 documents, 12 files.` */
export function summaryOf({ entries, suppressed, objects, documents, files }: Report): string {
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const words = countsInWords(countsOf(entries));
  const mendable = entries.filter(({ finding }) => finding.fixes !== undefined).length;
  const more = [
    ...(mendable > 0 ? [`--fix mends ${mendable}`] : []),
    ...[
      ["in the baseline", "baseline"],
      ["ignored by comments", "comment"],
      ["exempted", "exemption"],
    ].flatMap(([what, by]) => {
      const count = suppressed.filter((one) => one.by === by).length;
      return count > 0 ? [`${count} ${count === 1 ? "is" : "are"} ${what}`] : [];
    }),
  ];
  const rest = more.length === 0 ? "" : ` ${more.join(", ")}.`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${counted(objects, "object")} judged, of ${counted(documents, "document")} in ${counted(files, "file")}.${rest}`;
}
