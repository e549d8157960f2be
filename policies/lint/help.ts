import { levelOf, type Rule } from "../core/rule";
import type { Examples } from "./examples";

export const help = `Judges manifests of CloudNativePG, and what belongs to them, by what fails silently.

  cnpg-lint <files, folders or ->...

  --format NAME        text (default), json, sarif, or github for annotations
  --output FILE        writes the report there instead of to the standard output
  --pack NAME          recommended (default), strict or advisory: the level of every rule
  --config FILE        settings; default: cnpg-lint.yaml in the working directory or the nearest one above
  --before PATH        the same manifests as they were: for rules about changes; can be given again
  --production[=false] everything is in production, or nothing; default: what its path, namespace or labels say
  --dev                the same as --production=false
  --compare            prints what both halves of every Cluster say as well; with text and json
  --rule ID            asks only this rule; can be given again
  --max-warnings N     ends with 1 if there are more advisory findings than that
  --fail-on-undecided  a placeholder that a rule would have to know is a finding, and no note
  --fix                writes what is right into the files, where that is one value alone; prints what it changed
  --baseline FILE      findings that are known: they are counted, and not shown
  --write-baseline     writes the findings that there are now into that file
  --list-rules         prints all rules; with --format json as JSON
  --explain ID         prints all about one rule
  --help, --version

Ends with 0 if there are no mandatory findings, with 1 if there are, with 2 if something can't be read or is asked wrongly.
Notes go to the standard error. In a file, \`# cnpg-lint-ignore RULE: reason\` takes a rule's findings out: at the end of a line or
above it for that line, at the top of a document for all of it.
`;

/** One line a rule, or all of them as JSON. */
export function listRules(rules: readonly Rule[], json: boolean): string {
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (json) {
    const facts = sorted.map(({ id, title, severity, tags, why, remedy, url, parameters = {} }) => ({
      id,
      title,
      severity,
      tags,
      why,
      remedy,
      url,
      parameters,
    }));
    return `${JSON.stringify(facts, undefined, 2)}\n`;
  }
  const width = Math.max(...sorted.map(({ id }) => id.length));
  const line = ({ id, severity, title }: Rule) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}`;
  return `${sorted.map(line).join("\n")}\n`;
}

/** All about one rule, with examples where there are some. */
export function explain(rule: Rule, examples?: Examples): string {
  const { id, title, severity, tags, why, remedy, url, productionOnly = false } = rule;
  const levels = (["recommended", "strict", "advisory"] as const)
    .map((pack) => `${levelOf(rule, pack)} in ${pack}`)
    .join(", ");
  const parameters = Object.entries(rule.parameters ?? {}).map(
    ([name, { type, default: value, description }]) =>
      `  ${name} (${type}, default ${JSON.stringify(value)}): ${description}`,
  );
  return `${[
    `${id}: ${title}`,
    "",
    `Severity    ${severity}: ${levels}`,
    `Tags        ${tags.join(", ")}`,
    ...(productionOnly ? ["Judges      only what is in production"] : []),
    "",
    "Why",
    `  ${why}`,
    "",
    "What to do",
    `  ${remedy}`,
    ...(parameters.length > 0 ? ["", "Parameters", ...parameters] : []),
    ...(examples === undefined ? [] : exampleLines(examples)),
    "",
    url,
  ].join("\n")}\n`;
}

function exampleLines({ bad, good }: Examples): string[] {
  const indented = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`.trimEnd());
  const shown = ({ text, before }: Examples["good"]) =>
    before === undefined
      ? indented(text)
      : ["  # Before:", ...indented(before), "", "  # Now:", ...indented(text)];
  return [
    "",
    `Bad: ${bad.name}`,
    ...shown(bad),
    ...bad.says.map((said) => `  → ${said}`),
    "",
    `Good: ${good.name}`,
    ...shown(good),
  ];
}
