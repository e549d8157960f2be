import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { Offline, root, run } from "./offline";

const bad = `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: { name: db, namespace: orders }
spec:
  cluster: { name: db }
  method: plugin
  schedule: "0 3 * * *"
`;

/** A program in TypeScript, as somebody who installed the package would write it. */
const program = `
import { formatPath, lint, readText, type Finding } from "cnpg-lint";
const { resources, unreadable } = readText(process.argv[2] ?? "");
const findings: readonly Finding[] = lint(resources, { unreadable }).findings;
for (const { rule, path } of findings) console.log(rule.id, formatPath(path));
`;

describe("the packed linter", () => {
  const offline = new Offline();
  const project = join(offline.folder, "project");
  const installed = join(project, "node_modules", "cnpg-lint");
  /** In the other project, with this Node before any other one. */
  const inProject = (command: string, args: readonly string[], input = "") => {
    const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: project,
      env,
      input,
      encoding: "utf8",
    });
    return { code: status, out: stdout, err: stderr };
  };
  before(async () => {
    mkdirSync(project, { recursive: true });
    const packed = await run("npm", [
      "pack",
      "--workspace",
      "cnpg-lint",
      "--pack-destination",
      offline.folder,
      "--silent",
    ]);
    assert.equal(packed.code, 0, packed.output);
    const archive = readdirSync(offline.folder).find((file) => file.endsWith(".tgz")) ?? "";
    writeFileSync(join(project, "package.json"), '{ "name": "other", "private": true }');
    const { code, out, err } = inProject("npm", [
      "install",
      "--offline",
      "--no-audit",
      "--no-fund",
      join(offline.folder, archive),
    ]);
    assert.equal(code, 0, out + err);
  });
  after(() => offline.remove());

  it("is all that is installed, with the licences of what is in it", () => {
    assert.deepEqual(
      readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")),
      ["cnpg-lint"],
    );
    const read = (file: string) => readFileSync(join(installed, file), "utf8");
    assert.equal((JSON.parse(read("package.json")) as { dependencies?: object }).dependencies, undefined);
    assert.match(read("LICENSE"), /Apache License/);
    assert.match(read("dist/LICENSES.txt"), /^js-yaml\n[\s\S]*MIT[\s\S]*^fastest-levenshtein\n[\s\S]*MIT/m);
    assert.doesNotMatch(read("dist/index.js"), /require\("(?!node:)/);
  });

  it("runs by npx on a file and on the standard input", () => {
    writeFileSync(join(project, "db.yaml"), bad);
    const npx = (args: readonly string[], input = "") =>
      inProject("npx", ["--offline", "--no-install", "cnpg-lint", ...args], input);
    const { code, out } = npx(["--rule", "cnpg-schedule-six-fields", "db.yaml"]);
    assert.equal(code, 1);
    assert.match(
      out,
      /^db\.yaml\n {2}7 {2}mandatory {2}ScheduledBackup orders\/db {2}cnpg-schedule-six-fields/,
    );
    assert.equal(npx(["-"], bad).code, 1);
    const { version } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      version: string;
    };
    assert.equal(npx(["--version"]).out, `${version}\n`);
    assert.match(npx(["--explain", "cnpg-schedule-six-fields"]).out, /^Bad: [\s\S]*^Good: /m);
  });

  it("is a library with types", async () => {
    writeFileSync(join(project, "program.ts"), program);
    const compiled = await run(join(root, "node_modules", ".bin", "tsc"), [
      ...["--ignoreConfig", "--strict", "--module", "nodenext", "--target", "es2022", "--pretty", "false"],
      ...["--types", "node", "--typeRoots", join(root, "node_modules", "@types")],
      join(project, "program.ts"),
    ]);
    assert.equal(compiled.code, 0, compiled.output);
    const { code, out, err } = inProject(process.execPath, ["program.js", bad]);
    assert.equal(code, 0, err);
    assert.match(out, /^cnpg-schedule-six-fields spec\.schedule$/m);
  });
});
