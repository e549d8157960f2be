import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { JsonReport } from "../../../policies/lint/output/json";

const bin = resolve(__dirname, "../../../cnpg-lint/bin/cnpg-lint.js");
const schedule = (value: string, name = "a") =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: ${name} }\nspec:\n  cluster: { name: db }\n  method: plugin\n  schedule: ${value}\n`;
const good = schedule('"0 0 3 * * *"');
const bad = schedule('"0 3 * * *"');
const only = ["--rule", "cnpg-schedule-six-fields"];

describe("cnpg-lint on the command line", () => {
  let folder = "";
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  /** Runs the real program. */
  const run = (args: readonly string[], input = "", cwd = folder) => {
    const env = { ...process.env, NO_COLOR: undefined };
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
      cwd,
      input,
      env,
      encoding: "utf8",
    });
    return { code: status, out: stdout, err: stderr };
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cnpg-lint-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("prints what both halves of a Cluster say when it is asked to, for people and as JSON", () => {
    write(
      "good.yaml",
      `${good}---\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\n`,
    );
    assert.doesNotMatch(run(["good.yaml"]).out, /half/);
    const shown =
      /The two halves agree:\n\ngood.yaml:9\n +db +cloud half +cluster half\n {2}– backups +— +none\n/;
    const { out } = run(["--compare", "good.yaml"]);
    assert.match(out, shown);
    assert.match(out, /^warning: db is not backed up/m);
    const [compared, ...more] =
      (JSON.parse(run(["--compare", "--format", "json", "good.yaml"]).out) as JsonReport).comparisons ?? [];
    assert.deepEqual([compared?.cluster, compared?.file, compared?.line, more], ["db", "good.yaml", 9, []]);
    assert.deepEqual(
      compared?.rows.map(({ what, verdict }) => [what, verdict]),
      [["backups", "unknown"]],
    );
    const { code, err } = run(["--compare", "--format", "sarif", "good.yaml"]);
    assert.deepEqual([code, err], [2, "error: --compare: with --format text or json, and not with sarif\n"]);
  });

  it("ends with 0 when all is well, with 1 at a mandatory finding, from files, folders and the standard input", () => {
    write("good.yaml", good);
    write("sub/bad.yaml", bad);
    assert.equal(run([...only, "good.yaml"]).code, 0);
    const { code, out } = run([...only, "."]);
    assert.equal(code, 1);
    assert.match(out, /^sub\/bad\.yaml\n {2}7 {2}mandatory/);
    assert.equal(run([...only, "-"], bad).code, 1);
    assert.equal(run([...only, "-"], good).code, 0);
  });

  it("ends with 0 at advisory findings, unless there are more than allowed", () => {
    const advisory = ["--pack", "advisory", ...only, "-"];
    assert.equal(run(advisory, bad).code, 0);
    assert.equal(run([...advisory, "--max-warnings", "1"], bad).code, 0);
    assert.equal(run([...advisory, "--max-warnings", "0"], bad).code, 1);
  });

  it("notes a placeholder once, and calls it a finding where that is asked for, and not under strict", () => {
    const template = schedule(["$", "{SCHEDULE}"].join(""));
    const { code, out, err } = run(
      ["--rule", "cnpg-schedule-six-fields", "--rule", "cnpg-schedule-fires", "-"],
      template,
    );
    assert.equal(code, 0);
    assert.match(out, /^No findings/);
    assert.match(err, /spec\.schedule is a placeholder; not judged by 2 rules: cnpg-schedule-\w/);
    assert.equal(err.match(/spec\.schedule/g)?.length, 1);
    assert.equal(run(["--pack", "strict", ...only, "-"], template).out, out.replace(/Rules.*/s, ""));
    const strict = run(["--fail-on-undecided", ...only, "-"], template);
    assert.match(strict.out, /Can't be judged: spec\.schedule is a placeholder/);
  });

  it("ends with 1 at a document that can't be read, and with 2 at a file that isn't there", () => {
    assert.equal(run([...only, "-"], "kind: Cluster\napiVersion: postgresql.cnpg.io/v1\nspec: [\n").code, 1);
    write("bad.yaml", bad);
    const { code, out, err } = run([...only, "nope.yaml", "bad.yaml"]);
    assert.equal(code, 2);
    assert.match(err, /^error: nope\.yaml: there is no such file or folder$/m);
    assert.match(out, /mandatory/);
  });

  it("ends with 2 at anything that is asked wrongly, and says what", () => {
    for (const [args, says] of [
      [[], /what to judge/],
      [["--nope"], /--nope/],
      [["--format", "xml", "-"], /--format xml: one of text, json, sarif, github/],
      [["--pack", "x", "-"], /--pack x: one of recommended/],
      [["--production=maybe", "-"], /--production maybe: one of true, false/],
      [["--max-warnings", "-1", "-"], /max-warnings/],
      [["--max-warnings", "x", "-"], /a number/],
      [
        ["--rule", "cnpg-schedule-six", "-"],
        /no rule cnpg-schedule-six\. Similar: .*cnpg-schedule-six-fields/,
      ],
      [["--explain", "nope"], /no rule nope/],
      [["--config", "nope.yaml", "-"], /nope\.yaml: there is no such file/],
      [["--output", "no/such/folder.txt", "-"], /--output no\/such\/folder\.txt/],
    ] as const) {
      const { code, err, out } = run(args, good);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, says);
      assert.match(err, /^error: /m);
      assert.equal(out, "");
    }
  });

  it("reads settings from the nearest cnpg-lint.yaml above, or from the one that is named", () => {
    write("cnpg-lint.yaml", "rules:\n  cnpg-schedule-six-fields: advisory\n");
    write("other.yaml", "rules: { cnpg-schedule-six-fields: disabled }\n");
    write("deep/er/bad.yaml", bad);
    const inside = join(folder, "deep", "er");
    assert.equal(run([...only, "bad.yaml"], "", inside).code, 0);
    assert.match(run([...only, "bad.yaml"], "", inside).out, /advisory/);
    assert.match(run([...only, "--config", "../../other.yaml", "bad.yaml"], "", inside).out, /^No findings/);
    write("cnpg-lint.yaml", "# nothing\n");
    assert.equal(run([...only, "bad.yaml"], "", inside).code, 1);
  });

  it("names everything that is wrong with the settings, and the line of what is no YAML", () => {
    write(
      "cnpg-lint.yaml",
      "pack: lax\nrules: { nope: advisory }\nexemptions:\n  - { rule: cnpg-schedule-six-fields, resource: a, reason: because it is, expires: 2026-13-01 }\n",
    );
    const { code, err } = run(["-"], good);
    assert.equal(code, 2);
    assert.match(err, /cnpg-lint\.yaml: pack: "lax"/);
    assert.match(err, /cnpg-lint\.yaml: rules\.nope/);
    assert.match(err, /cnpg-lint\.yaml: exemptions\[0\]\.expires: "2026-13-01"/);
    write("cnpg-lint.yaml", "pack: strict\nrules: [\n");
    assert.match(run(["-"], good).err, /cnpg-lint\.yaml:\d+: /);
  });

  it("leaves out what is exempted until its day, and says when an exemption is of no use", () => {
    const settings = (expires: string) =>
      `exemptions:\n  - rule: cnpg-schedule-six-fields\n    resource: a\n    reason: Hourly is what we want here.\n    expires: ${expires}\n`;
    write("cnpg-lint.yaml", settings("2999-01-31"));
    assert.equal(run([...only, "-"], bad).code, 0);
    assert.match(run([...only, "-"], good).err, /note: .*is of no use/);
    write("cnpg-lint.yaml", settings("2020-01-31"));
    const { code, err } = run([...only, "-"], bad);
    assert.equal(code, 1);
    assert.match(err, /ended on 2020-01-31/);
  });

  it("takes --production and --pack over the settings", () => {
    write("cnpg-lint.yaml", "pack: strict\nproduction: true\n");
    const args = ["--format", "json", "--pack", "advisory"];
    const advisory = JSON.parse(run([...args, "-"], bad).out) as JsonReport;
    assert.equal(advisory.summary.mandatory, 0);
    for (const production of ["--production", "--production=true", "--production=false"])
      assert.equal(run([...args, production, "-"], bad).code, 0);
  });

  it("writes notes to the standard error, and the report to a file if asked", () => {
    write("templates/x.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  {{- toYaml .Values.x }}\n");
    write("bad.yaml", bad);
    const { code, out, err } = run([...only, "--format", "sarif", "--output", "report.sarif", "."]);
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(err, /^note: templates\/x\.yaml: a Helm template/m);
    assert.match(err, /^1 mandatory finding:/m);
    assert.equal(
      (JSON.parse(readFileSync(join(folder, "report.sarif"), "utf8")) as { version: string }).version,
      "2.1.0",
    );
    assert.match(run(["templates"]).err, /^note: No rule knows any object here: 1 documents in 1 files/m);
  });

  it("prints help, version, all rules, and all about one", () => {
    assert.match(run(["--help"]).out, /--max-warnings N/);
    assert.match(run(["--version"]).out, /^\d+\.\d+\.\d+\n$/);
    assert.match(run(["--list-rules"]).out, /^cnpg-schedule-six-fields +high +The schedule/m);
    const listed = JSON.parse(run(["--list-rules", "--format", "json"]).out) as { id: string }[];
    assert.ok(listed.some(({ id }) => id === "cnpg-unreadable"));
    assert.match(
      run(["--explain", "cnpg-schedule-six-fields"]).out,
      /robfig\/cron[\s\S]*What to do[\s\S]*https:/,
    );
  });

  it("compares with the manifests as they were", () => {
    write("old/a.yaml", good);
    write("a.yaml", bad);
    assert.equal(run([...only, "--before", "old", "a.yaml"]).code, 1);
    assert.equal(run([...only, "--before", "nope", "a.yaml"]).code, 2);
  });

  it("survives a reader that goes away, and loads nothing of Pulumi", () => {
    write("many.yaml", Array(3000).fill(bad).join("---\n"));
    const shell = spawnSync("sh", ["-c", '"$0" "$1" many.yaml | head -1; echo', process.execPath, bin], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(shell.stderr.replace(/^note: .*\n/gm, ""), "");
    const probe = `process.on("exit", () => { const bad = Object.keys(require.cache).filter((file) => file.includes("@pulumi")); if (bad.length > 0) { console.error(bad); process.exitCode = 9; } });`;
    write("probe.cjs", probe);
    const { status } = spawnSync(
      process.execPath,
      ["--require", join(folder, "probe.cjs"), bin, ...only, "-"],
      { input: good },
    );
    assert.equal(status, 0);
  });
});
