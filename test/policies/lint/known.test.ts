import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Baseline } from "../../../policies/lint/baseline";
import { run } from "../../../policies/lint/cli";
import type { JsonReport } from "../../../policies/lint/output/json";

const schedule = (value: string, name = "a", behind = "") =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: ${name} }\nspec:\n  cluster: { name: db }\n  method: plugin\n  pluginConfiguration: { name: barman-cloud.cloudnative-pg.io }\n  schedule: ${value}${behind}\n`;
const bad = schedule('"0 3 * * *"');
const only = ["--rule", "cnpg-schedule-six-fields"];
const comment = "# cnpg-lint-ignore cnpg-schedule-six-fields: hourly is what we want here";

let folder = "";
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const read = (file: string) => readFileSync(join(folder, file), "utf8");
async function linted(args: readonly string[], input = "", place = folder) {
  let [out, err] = ["", ""];
  const code = await run(args, {
    workingDirectory: place,
    stdin: () => Promise.resolve(Buffer.from(input)),
    out: (text) => {
      out += text;
    },
    error: (text) => {
      err += text;
    },
    colours: false,
  });
  return { code, out, err };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cnpg-lint-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a comment that ignores a rule", () => {
  for (const [where, text] of [
    ["at the end of the line", schedule('"0 3 * * *"', "a", ` ${comment}`)],
    ["on the line above", bad.replace("  schedule", `  ${comment}\n  schedule`)],
    ["above other comments", bad.replace("  schedule", `  ${comment}\n\n  # more\n  schedule`)],
    ["at the top of the document", `${comment}\n${bad}`],
    ["behind the document marker", `--- ${comment}\n${bad}`],
    ["before the document marker", `${comment}\n---\n${bad}`],
    ["with Windows' line ends", `${comment}\n${bad}`.replaceAll("\n", "\r\n")],
    [
      "among other rules",
      `# cnpg-lint-ignore cnpg-cluster-name, cnpg-schedule-six-fields: both are meant so\n${bad}`,
    ],
  ] as const)
    it(`takes the finding out ${where}`, async () => {
      const { code, out, err } = await linted([...only, "-"], text);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(
        out,
        /^No findings: 1 object judged, of 1 document in 1 file\. 1 is ignored by comments\.\n$/,
      );
    });

  it("takes out that rule alone, and in its own document alone", async () => {
    const { out } = await linted(
      [...only, "--format", "json", "-"],
      `${comment}\n${bad}---\n${schedule('"0 4 * * *"', "b")}`,
    );
    const { findings, suppressed, summary } = JSON.parse(out) as JsonReport;
    assert.deepEqual(
      findings.map(({ line }) => line),
      [18],
    );
    assert.deepEqual([summary.mandatory, summary.advisory], [1, 0]);
    assert.deepEqual(
      suppressed.map(({ line, suppressedBy, reason }) => [line, suppressedBy, reason]),
      [[9, "comment", "hourly is what we want here"]],
    );
    const other = `# cnpg-lint-ignore cnpg-cluster-name: this is another rule\n${bad}`;
    assert.equal((await linted([...only, "-"], other)).code, 1);
  });

  it("is none in a text that only looks so", async () => {
    const text = bad.replace(
      "spec:",
      `  annotations:\n    a: "${comment}"\n    b: |\n      ${comment}\nspec:`,
    );
    assert.equal((await linted([...only, "-"], text.replace("{ name: a }", "\n  name: a"))).code, 1);
  });

  it("is a note where it is of no use, or of a rule that there is not", async () => {
    const good = schedule('"0 0 3 * * *"');
    assert.match(
      (await linted([...only, "-"], `${comment}\n${good}`)).err,
      /^note: -:1: nothing here breaks cnpg-schedule/,
    );
    const unknown = `# cnpg-lint-ignore cnpg-nope: there is no such rule\n${good}`;
    assert.match((await linted([...only, "-"], unknown)).err, /^note: -:1: there is no rule cnpg-nope/);
    // Of a rule that was not asked nobody can tell.
    assert.equal((await linted(["--rule", "cnpg-cluster-name", "-"], `${comment}\n${good}`)).err, "");
  });

  it("ends with 2 and its line where it has no reason, or can't be read", async () => {
    for (const [text, says] of [
      [
        "# cnpg-lint-ignore cnpg-schedule-six-fields",
        /^error: -:1: this comment can't be read\. Write # cnpg-lint-ignore </m,
      ],
      ["# cnpg-lint-ignore", /^error: -:1: this comment can't be read/m],
      [
        "# cnpg-lint-ignore cnpg-schedule-six-fields: why",
        /^error: -:1: this comment gives no reason of ten/m,
      ],
    ] as const) {
      const { code, err } = await linted([...only, "-"], `${text}\n${bad}`);
      assert.equal(code, 2);
      assert.match(err, says);
    }
  });

  it("stands in SARIF as a suppression in the source, beside exemptions as external ones", async () => {
    write(
      "cnpg-lint.yaml",
      "exemptions: [{ rule: cnpg-schedule-six-fields, resource: b, reason: Hourly is meant. }]\n",
    );
    const { out } = await linted(
      [...only, "--format", "sarif", "-"],
      `${comment}\n${bad}---\n${schedule('"0 4 * * *"', "b")}`,
    );
    const [{ results }] = (JSON.parse(out) as { runs: [{ results: { suppressions?: object[] }[] }] }).runs;
    assert.deepEqual(
      results.map(({ suppressions }) => suppressions),
      [
        [{ kind: "inSource", justification: "hourly is what we want here" }],
        [{ kind: "external", justification: "Hourly is meant." }],
      ],
    );
  });

  it("keeps --fix away", async () => {
    write("a.yaml", `${comment}\n${bad}`);
    await linted([...only, "--fix", "a.yaml"]);
    assert.equal(read("a.yaml"), `${comment}\n${bad}`);
  });
});

describe("a baseline", () => {
  const args = [...only, "--baseline", "base.json"];

  it("counts what it knows and does not show it, whatever the lines; what is new is shown", async () => {
    write("deploy/a.yaml", bad);
    const { code, out } = await linted([...args, "--write-baseline", "deploy"]);
    assert.deepEqual([code, out], [0, "base.json has 1 finding now.\n"]);
    write("deploy/a.yaml", `# one more line\n\n${bad}`);
    const known = await linted([...args, "deploy"]);
    assert.equal(known.code, 0);
    assert.match(known.out, /^No findings: .* 1 is in the baseline\.\n$/);
    write("deploy/b.yaml", schedule('"0 5 * * *"', "b"));
    const { out: json } = await linted([...args, "--format", "json", "deploy"]);
    const { findings, suppressed } = JSON.parse(json) as JsonReport;
    assert.deepEqual(
      findings.map(({ file }) => file),
      ["deploy/b.yaml"],
    );
    assert.deepEqual(
      suppressed.map(({ file, suppressedBy }) => [file, suppressedBy]),
      [["deploy/a.yaml", "baseline"]],
    );
  });

  it("is the same from another working directory", async () => {
    write("deploy/a.yaml", bad);
    await linted([...args, "--write-baseline", "deploy"]);
    const { code } = await linted(
      [...only, "--baseline", "../base.json", "a.yaml"],
      "",
      join(folder, "deploy"),
    );
    assert.equal(code, 0);
  });

  it("notes what does not occur any more, of files that were judged or that are gone", async () => {
    write("a.yaml", bad);
    write("b.yaml", schedule('"0 5 * * *"', "b"));
    await linted([...args, "--write-baseline", "a.yaml", "b.yaml"]);
    write("a.yaml", schedule('"0 0 3 * * *"'));
    assert.match(
      (await linted([...args, "a.yaml"])).err,
      /^note: 1 of the findings in base\.json do not occur any more \(cnpg-schedule-six-fields\)/,
    );
    // Nobody looked at b.yaml.
    rmSync(join(folder, "a.yaml"));
    assert.match((await linted([...args, "b.yaml"])).err, /^note: 1 of the findings/);
    await linted([...args, "--write-baseline", "b.yaml"]);
    const { findings } = JSON.parse(read("base.json")) as Baseline;
    assert.deepEqual(
      findings.map(({ file }) => file),
      ["b.yaml"],
    );
  });

  it("keeps what it knows of files that are not given when it is written anew", async () => {
    write("a.yaml", bad);
    write("b.yaml", schedule('"0 5 * * *"', "b"));
    await linted([...args, "--write-baseline", "a.yaml", "b.yaml"]);
    await linted([...args, "--write-baseline", "b.yaml"]);
    assert.equal((JSON.parse(read("base.json")) as Baseline).findings.length, 2);
  });

  it("ends with 2 where there is none, or it is something else", async () => {
    const missing = await linted([...args, "-"], bad);
    assert.equal(missing.code, 2);
    assert.match(
      missing.err,
      /--baseline base\.json: there is no such file or folder\. Add --write-baseline to make it/,
    );
    write("base.json", "{}");
    assert.match((await linted([...args, "-"], bad)).err, /no baseline of version 1/);
    assert.match(
      (await linted([...only, "--write-baseline", "-"], bad)).err,
      /name the file by --baseline FILE/,
    );
  });

  it("holds no value of a manifest", async () => {
    write("a.yaml", bad);
    await linted([...args, "--write-baseline", "a.yaml"]);
    assert.doesNotMatch(read("base.json"), /0 3 \*/);
  });
});

describe("--fix on the command line", () => {
  it("mends, says what, and reports what is left", async () => {
    write("a.yaml", bad);
    const { code, out, err } = await linted([...only, "--fix", "a.yaml"]);
    assert.equal(code, 0);
    assert.match(
      err,
      /^fixed: a\.yaml:8: spec\.schedule: "0 3 \* \* \*" → "0 0 3 \* \* \*" \(cnpg-schedule-six-fields\)$/m,
    );
    assert.match(out, /^No findings/);
    assert.equal(read("a.yaml"), schedule('"0 0 3 * * *"'));
    assert.match((await linted([...only, "--fix", "-"], bad)).err, /^error: --fix: names files and folders/);
  });

  it("tells nothing of what it takes away or puts into quotes: it may be a secret", async () => {
    const cluster = `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec:\n  postgresql:\n    parameters:\n      primary_conninfo: password=sentinel-hunter2\n      archive_timeout: 5min\n  externalClusters:\n    - name: x\n      connectionParameters:\n        password: 4711471147\n`;
    write("a.yaml", cluster);
    const { err, out } = await linted(["--fix", "a.yaml"]);
    assert.match(err, /primary_conninfo: taken away/);
    assert.match(err, /put into quotes/);
    assert.doesNotMatch(`${err}${out}`, /hunter2|4711/);
  });

  it("leaves what the baseline knows", async () => {
    write("a.yaml", bad);
    await linted([...only, "--baseline", "base.json", "--write-baseline", "a.yaml"]);
    await linted([...only, "--baseline", "base.json", "--fix", "a.yaml"]);
    assert.equal(read("a.yaml"), bad);
  });
});

describe("the report", () => {
  it("goes through a file line by line, whatever the order of rules and objects", async () => {
    write("a.yaml", `${schedule("5", "z")}---\n${bad}---\n${schedule('"x"', "y")}`);
    const { out } = await linted(["--format", "json", "--pack", "strict", "a.yaml"]);
    const lines = (JSON.parse(out) as JsonReport).findings.map(({ line }) => line);
    assert.ok(lines.length > 3);
    assert.deepEqual(
      lines,
      [...lines].sort((a, b) => a - b),
    );
  });
});
