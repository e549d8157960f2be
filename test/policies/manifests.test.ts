import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../policies/core/judge";
import { defaultSettings, type Settings } from "../../policies/core/settings";
import { formatPath } from "../../policies/core/view";
import { allRules, lint } from "../../policies/lint/lint";
import { readText } from "../../policies/lint/read";

const folders = { good: join(__dirname, "good"), bad: join(__dirname, "bad") };

/** What the linter shows of a file by itself; a placeholder's value that it does not know is no finding in `recommended`. */
function findingsOf(folder: keyof typeof folders, file: string, settings: Partial<Settings> = {}): Finding[] {
  const { resources, unreadable } = readText(readFileSync(join(folders[folder], file)), `${folder}/${file}`);
  const { findings, faults } = lint(resources, {
    settings: { ...defaultSettings(), ...settings },
    unreadable,
  });
  assert.deepEqual(faults, []);
  return findings.filter(({ kind }) => kind === "violation");
}

const show = (findings: readonly Finding[]) =>
  findings
    .map(
      ({ rule, resource, path, message }) => `${rule.id}: ${resource.called} ${formatPath(path)}: ${message}`,
    )
    .join("\n");

const filesIn = (folder: keyof typeof folders) => globSync("*.yaml", { cwd: folders[folder] }).sort();

/** The ids that a file's first lines name behind a word: `# expect: a, b`. */
function idsBehind(word: string, folder: keyof typeof folders, file: string): string[] {
  const [, ids = ""] =
    new RegExp(`^# ${word}: (.*)$`, "m").exec(readFileSync(join(folders[folder], file), "utf8")) ?? [];
  return ids
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "")
    .sort();
}

const idsOf = (findings: readonly Finding[], level: Finding["level"]) =>
  [...new Set(findings.filter((finding) => finding.level === level).map(({ rule }) => rule.id))].sort();

describe("manifests as people write them", () => {
  it("are at least twenty good ones and fifteen bad ones", () => {
    assert.ok(filesIn("good").length >= 20);
    assert.ok(filesIn("bad").length >= 15);
  });

  describe("good ones are clean in the recommended pack", () => {
    for (const file of filesIn("good"))
      it(file, () => {
        const findings = findingsOf("good", file);
        const advised = idsBehind("advises", "good", file);
        assert.equal(show(findings.filter(({ rule }) => !advised.includes(rule.id))), "");
        assert.deepEqual(idsOf(findings, "advisory"), advised);
        assert.deepEqual(idsOf(findings, "mandatory"), []);
      });
  });

  describe("good ones are no worse with Windows' line ends", () => {
    for (const file of filesIn("good"))
      it(file, () => {
        const text = readFileSync(join(folders.good, file), "utf8").replaceAll("\n", "\r\n");
        const { resources, unreadable } = readText(text, `good/${file}`);
        const { findings } = lint(resources, { unreadable });
        const mandatory = findings.filter(({ kind, level }) => kind === "violation" && level === "mandatory");
        assert.equal(show(mandatory), "");
      });
  });

  describe("bad ones break just the rules that they name", () => {
    for (const file of filesIn("bad"))
      it(file, () => {
        const findings = findingsOf("bad", file);
        assert.deepEqual(idsOf(findings, "mandatory"), idsBehind("expect", "bad", file), show(findings));
        assert.deepEqual(idsOf(findings, "advisory"), idsBehind("advises", "bad", file), show(findings));
      });
  });

  it("are never echoed where they are secret", () => {
    for (const folder of ["good", "bad"] as const)
      for (const file of filesIn(folder)) {
        const said = show(findingsOf(folder, file, { pack: "strict" }));
        for (const secret of ["sentinel-hunter2", "not-a-real-key", "Y2hhbmdlLW1l"])
          assert.ok(!said.includes(secret), `${file}: a message holds a secret`);
      }
  });

  it("stop nobody in the advisory pack", () => {
    for (const file of filesIn("bad"))
      assert.deepEqual(idsOf(findingsOf("bad", file, { pack: "advisory" }), "mandatory"), []);
  });

  it("name rules that there are", () => {
    const known = new Set(allRules.map(({ id }) => id));
    for (const folder of ["good", "bad"] as const)
      for (const file of filesIn(folder))
        for (const word of ["expect", "advises"])
          for (const id of idsBehind(word, folder, file)) assert.ok(known.has(id), `${file}: ${id}`);
  });
});
