import { harmless, type Report, sentenceOf } from "./report";
import { summaryOf } from "./text";

/** The report as commands of GitHub Actions: annotations at the lines of a pull request. */
export function formatGithub(report: Report): string {
  const lines = report.entries.map((entry) => {
    const { level, kind, rule, file, line, object } = entry;
    const command = level === "mandatory" ? "error" : kind === "undecided" ? "notice" : "warning";
    const properties = [
      ...(file === "-" ? [] : [`file=${property(file)}`, `line=${line}`]),
      `title=${property(rule.id)}`,
    ].join(",");
    const called = object === undefined ? "" : `${object.called}: `;
    return `::${command} ${properties}::${data(`${called}${sentenceOf(entry)}\n${rule.remedy}`)}`;
  });
  return `${[...lines, summaryOf(report)].join("\n")}\n`;
}

/** Line breaks would end the command, and let a value of a manifest begin another one. */
function data(text: string): string {
  const whole = text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  return harmless(whole);
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
