/** Prints a bad and a good example of every rule, from its cases, as JSON: what `cnpg-lint --explain` shows. */
import { dump } from "js-yaml";
import { formatPath } from "../../policies/core/view";
import type { Examples } from "../../policies/lint/examples";
import { rules } from "../../policies/rules";
import { allCases, type Case, type Given } from "./cases";
import { findingsOf } from "./judged";

/** Objects as people write them; what is not known yet looks like a placeholder. */
function textOf(given: readonly Given[]): string {
  return given
    .map(({ token, inputs }) => {
      const isKubernetes = token.startsWith("kubernetes:");
      const text = dump(inputs, { lineWidth: 110, noRefs: true }).replaceAll("<unknown>", "$" + "{UNKNOWN}");
      return isKubernetes ? text : `# Pulumi's ${token}\n${text}`;
    })
    .join("---\n");
}

/** The shortest of some cases: what it shows is what the rule is about. */
function shortest(cases: readonly Case[]): { text: string; before?: string; one: Case } | undefined {
  const all = cases.map((one) => ({
    text: textOf(one.resources),
    ...(one.before !== undefined && { before: textOf(one.before) }),
    one,
  }));
  const length = ({ text, before = "" }: { text: string; before?: string }) => text.length + before.length;
  return all.sort((a, b) => length(a) - length(b))[0];
}

const cases = allCases();
const examples: Record<string, Examples> = {};
for (const { id } of rules) {
  const own = cases.filter(({ rule, settings }) => rule === id && settings?.exemptions === undefined);
  const bad = shortest(own.filter(({ expect }) => expect === "violation"));
  const good = shortest(own.filter(({ expect }) => expect === "clean"));
  if (bad === undefined || good === undefined) continue;
  const { one: badCase, ...badShown } = bad;
  const { one: goodCase, ...goodShown } = good;
  const said = findingsOf(badCase).map(({ path, message }) =>
    path.length === 0 ? message : `${formatPath(path)}: ${message}`,
  );
  examples[id] = {
    bad: { ...badShown, name: badCase.name, says: [...new Set(said)] },
    good: { ...goodShown, name: goodCase.name },
  };
}
process.stdout.write(JSON.stringify(examples));
