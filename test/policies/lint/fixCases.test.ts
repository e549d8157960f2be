import assert from "node:assert/strict";
import { type DumpOptions, dump } from "js-yaml";
import type { Finding } from "../../../policies/core/judge";
import { readSettings, type Settings } from "../../../policies/core/settings";
import { formatPath } from "../../../policies/core/view";
import { fixText } from "../../../policies/lint/fix/apply";
import { allRules, lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";
import { rules } from "../../../policies/rules";
import { allCases, type Case } from "../cases";
import { asleep } from "../judged";

/** The objects of a case as a file, in some layout; undefined where some of them are no objects of Kubernetes. */
function fileOf({ resources }: Case, options: DumpOptions): string | undefined {
  if (!resources.every(({ token }) => token.startsWith("kubernetes:"))) return undefined;
  return resources
    .map(({ inputs }) =>
      dump(JSON.parse(JSON.stringify(inputs).replaceAll("<unknown>", "$" + "{X}")), options),
    )
    .join("---\n");
}

function findingsOf(text: string, settings: Settings): readonly Finding[] {
  const { resources, unreadable } = readText(text, "case.yaml");
  const { findings, faults } = lint(resources, { settings, unreadable });
  assert.deepEqual(faults, []);
  return findings.filter(({ kind }) => kind === "violation");
}

const shown = ({ rule, resource, path, message }: Finding) =>
  `${rule.id}: ${resource.called} ${formatPath(path)}: ${message}`;
const placed = ({ rule, resource }: Finding) => `${rule.id}: ${resource.called}`;

const layouts: Readonly<Record<string, DumpOptions>> = {
  "lines of their own": { lineWidth: -1 },
  "braces and brackets": { lineWidth: -1, flowLevel: 2 },
  "double quotes": { lineWidth: -1, quoteStyle: "double", forceQuotes: true },
};

describe("--fix of every bad case that has one right value", () => {
  const fixed = new Set<string>();
  for (const [layout, options] of Object.entries(layouts))
    for (const one of allCases()) {
      if (one.expect !== "violation" || one.settings?.exemptions !== undefined) continue;
      const text = fileOf(one, options);
      if (text === undefined || one.before !== undefined) continue;
      const level = asleep.has(one.rule) ? { pack: "strict" } : {};
      const settings = readSettings({ ...level, ...one.settings }, rules);
      const before = findingsOf(text, settings);
      const own = before.filter(({ rule, fixes }) => rule.id === one.rule && fixes !== undefined);
      if (own.length === 0) continue;
      it(`${one.rule}: ${one.name}, in ${layout}`, () => {
        const { text: after, notes, changes } = fixText(text, "case.yaml", own);
        assert.deepEqual(notes, []);
        assert.ok(changes.length >= own.length);
        fixed.add(one.rule);
        const left = findingsOf(after, settings);
        const gone = new Set(own.map(shown));
        assert.deepEqual(
          left.map(shown).filter((finding) => gone.has(finding)),
          [],
        );
        const known = new Set(before.map(placed));
        assert.deepEqual(left.filter((finding) => !known.has(placed(finding))).map(shown), []);
      });
    }

  it("is of most rules that have such a value", () => {
    assert.ok(fixed.size >= 25, [...fixed].join(", "));
    for (const id of fixed) assert.ok(allRules.some((rule) => rule.id === id));
  });
});
