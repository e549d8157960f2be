import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { load } from "js-yaml";

const root = resolve(__dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const bad =
  'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: a }\nspec: { cluster: { name: db }, method: plugin, schedule: "0 3 * * *" }\n';

describe("the GitHub Action", () => {
  const action = load(read("action.yml")) as Action;
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cnpg-action-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the scripts of its steps as GitHub does, with these inputs; what `uses` another action is left out. */
  function act(inputs: Readonly<Record<string, string>>): { code: number; out: string } {
    const given = Object.fromEntries(
      Object.entries(action.inputs).map(([name, { default: value = "" }]) => [name, inputs[name] ?? value]),
    );
    const outputs: Record<string, Record<string, string>> = {};
    let out = "";
    const contentOf = (name: string): string => {
      const [kind = "", id = "", , key = ""] = name.split(".");
      if (kind === "inputs") return given[id] ?? assert.fail(`no input ${id}`);
      if (kind === "steps") return outputs[id]?.[key] ?? "";
      return { "github.action_path": root, "runner.temp": folder }[name] ?? assert.fail(name);
    };
    for (const { id = "", run, env = {}, if: condition } of action.runs.steps) {
      if (run === undefined) continue;
      if (condition !== undefined) {
        const [, name = "", operator, value] =
          /^([\w.-]+) (!=) '(\w*)'$/.exec(condition) ?? assert.fail(condition);
        assert.equal(operator, "!=");
        if (contentOf(name) === value) continue;
      }
      const file = join(folder, `output-${id}`);
      writeFileSync(file, "");
      const { status, stdout, stderr } = spawnSync(
        "bash",
        ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", run],
        {
          cwd: folder,
          encoding: "utf8",
          env: {
            PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
            HOME: folder,
            GITHUB_OUTPUT: file,
            ...Object.fromEntries(
              Object.entries(env).map(([name, value]) => [
                name,
                value.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, expression: string) => contentOf(expression)),
              ]),
            ),
          },
        },
      );
      out += stdout + stderr;
      outputs[id] = Object.fromEntries(
        readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      );
      if (status !== 0) return { code: status ?? -1, out };
    }
    return { code: 0, out };
  }

  it("annotates lines, writes SARIF, and fails at a mandatory finding", () => {
    mkdirSync(join(folder, "de ploy"));
    writeFileSync(join(folder, "bad.yaml"), bad);
    const { code, out } = act({ paths: "bad.yaml", sarif: "out.sarif" });
    assert.equal(code, 1, out);
    assert.match(out, /^::error file=bad\.yaml,line=4,title=cnpg-schedule-six-fields::/m);
    const sarif = JSON.parse(readFileSync(join(folder, "out.sarif"), "utf8")) as { version: string };
    assert.equal(sarif.version, "2.1.0");
  });

  it("passes without one, and prints a text where no annotations are wanted", () => {
    writeFileSync(join(folder, "good.yaml"), bad.replace('"0 3', '"0 0 3'));
    const { code, out } = act({ paths: "good.yaml\n.\n", pack: "advisory", annotations: "false" });
    assert.equal(code, 0, out);
    assert.doesNotMatch(out, /^::/m);
  });

  it("fails with 2 at what can't be read", () => {
    assert.equal(act({ paths: "nope.yaml" }).code, 2);
  });

  it("takes every input of its scripts from the environment, where no text of theirs is a command", () => {
    for (const { run = "" } of action.runs.steps) assert.doesNotMatch(run, /\$\{\{/);
    for (const { uses } of action.runs.steps) if (uses !== undefined) assert.match(uses, /@[0-9a-f]{40}/);
  });
});

describe("the hook of pre-commit", () => {
  it("names a program that the package has, and files as people call manifests", () => {
    const [hook, ...more] = load(read(".pre-commit-hooks.yaml")) as {
      entry: string;
      language: string;
      files: string;
    }[];
    assert.deepEqual(more, []);
    const { bin, files } = JSON.parse(read("package.json")) as {
      bin: Record<string, string>;
      files: readonly string[];
    };
    assert.equal(hook?.language, "node");
    const program = bin[hook?.entry ?? ""] ?? assert.fail();
    assert.ok(files.some((file) => program.startsWith(file)));
    for (const file of ["a.yaml", "deploy/b.yml", "c.json"])
      assert.match(file, new RegExp(hook?.files ?? "^$"));
    assert.doesNotMatch("a.yaml.gotmpl", new RegExp(hook?.files ?? ""));
  });

  it("judges the files that it is given alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "cnpg-hook-"));
    writeFileSync(join(folder, "a.yaml"), bad);
    writeFileSync(join(folder, "b.yaml"), bad);
    const program = join(root, "cnpg-lint/bin/cnpg-lint.js");
    const { status, stdout } = spawnSync(process.execPath, [program, "a.yaml"], {
      cwd: folder,
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true, force: true });
    assert.equal(status, 1);
    assert.match(stdout, /in 1 file\./);
  });
});

describe("the container recipe in docs/lint.md", () => {
  it("begins at a pinned image, installs without scripts, and runs as nobody in particular", () => {
    const [, recipe = ""] = /```Dockerfile\n([\s\S]*?)```/.exec(read("docs/lint.md")) ?? [];
    const steps = recipe
      .replace(/\\\n\s*/g, "")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => /^([A-Z]+) (.+)$/.exec(line) ?? assert.fail(line));
    assert.deepEqual(
      steps.map(([, instruction]) => instruction),
      ["FROM", "COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT"],
    );
    const of = (name: string) => steps.find(([, instruction]) => instruction === name)?.[2] ?? "";
    assert.match(of("FROM"), /^docker\.io\/library\/node:24\.\d+\.\d+-\w+-slim$/);
    assert.match(of("RUN"), /npm install .*--ignore-scripts/);
    assert.deepEqual(JSON.parse(of("ENTRYPOINT")), ["cnpg-lint"]);
    assert.doesNotMatch(of("USER"), /root|^0/);
  });
});
