import { fork } from "node:child_process";
import { globSync } from "node:fs";
import { resolve } from "node:path";
import Mocha from "mocha";
import { LabError } from "../test/lab/errors";
import { getPulumiCli, PulumiCliError } from "./cli";

const root = resolve(__dirname, "..");

interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** Milliseconds for one test. */
  readonly timeout: number;
  readonly reporter: string;
}

/** The suites of `npm test`, in order; what fails soonest comes first. */
const suites: readonly Suite[] = [
  {
    name: "unit and components",
    files: ["test/unit/**/*.test.ts", "test/components/**/*.test.ts"],
    timeout: 20_000,
    reporter: "dot",
  },
  { name: "policies", files: ["test/policies/**/*.test.ts"], timeout: 60_000, reporter: "dot" },
  { name: "engine", files: ["test/engine/**/*.test.ts"], timeout: 180_000, reporter: "spec" },
];

/** Those of `npm run test:lab`, which need a cluster; what takes longest comes first. */
const labSuites: readonly Suite[] = [
  "target",
  "archiving",
  "leastPrivilege",
  "agreement",
  "operations",
  "pooler",
  "grants",
  "grantsTroubles",
  "passwordSync",
  "lab",
  "admission",
  "recovery",
  "restore",
  "migration",
  "replica",
  "roles",
  "masking",
  "export",
].map((name) => ({
  name: `lab: ${name}`,
  files: [`test/lab/suites/${name}.test.ts`],
  timeout: 900_000,
  reporter: "spec",
}));

/** Suites that run when they are asked for: `npm run test:lab recovery roles`, or `all`. Most of their minutes are waiting. */
const onRequest = [
  ...["pooler", "grants", "grantsTroubles", "passwordSync", "recovery", "restore"],
  ...["migration", "replica", "roles", "masking", "export"],
].map((name) => `lab: ${name}`);

/** How many suites of the lab run at a time: they wait most of their time. */
const LAB_JOBS = 3;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs one suite in this process and counts. */
async function run(suite: Suite): Promise<Counts> {
  console.log(`\n== ${suite.name}`);
  const mocha = new Mocha({
    timeout: suite.timeout,
    reporter: suite.reporter,
    forbidOnly: true,
    slow: suite.timeout,
  });
  for (const file of globSync([...suite.files], { cwd: root }).sort()) mocha.addFile(resolve(root, file));
  await mocha.loadFilesAsync();
  return new Promise((done) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      done({ passed: passes, failed: failures, skipped: pending });
    });
  });
}

/** Runs one suite in a process of its own, and prints what it says when it has ended. */
async function runApart(suite: Suite): Promise<Counts> {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  const beat = setInterval(() => console.log(`… ${suite.name} (${seconds()} s)`), 60_000);
  const output = await new Promise<string>((done) => {
    const child = fork(__filename, ["suite", suite.name], { silent: true });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    child.once("close", () => done(said));
  });
  clearInterval(beat);
  console.log(`${output.trimEnd()}\n(${seconds()} s)`);
  const [, passed, failed, skipped] = /^counts: (\d+) (\d+) (\d+)$/m.exec(output) ?? [];
  return passed === undefined
    ? { passed: 0, failed: 1, skipped: 0 }
    : { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

/**
 * Brings the lab up and runs its suites: those whose name has one of the words in it, without a word those that need no
 * asking, and with `all` all of them.
 */
async function runLab(words: readonly string[]): Promise<Counts[]> {
  const all = words.includes("all");
  const waiting = labSuites.filter(
    ({ name }) =>
      all ||
      (words.length === 0 ? !onRequest.includes(name) : words.some((word) => name.slice(5).includes(word))),
  );
  const unknown = words
    .filter((word) => word !== "all")
    .filter((word) => !labSuites.some(({ name }) => name.slice(5).includes(word)));
  if (unknown.length > 0)
    throw new LabError(
      `there is no suite ${unknown.join(", ")}; there are ${labSuites.map(({ name }) => name.slice(5)).join(", ")}`,
    );
  // Only here: `npm test` has nothing to do with it.
  const { labUp } = require("../test/lab/up") as typeof import("../test/lab/up");
  await labUp();
  const results: Counts[] = [];
  const work = async () => {
    for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift())
      results.push(await runApart(suite));
  };
  await Promise.all(Array.from({ length: LAB_JOBS }, work));
  return results;
}

/** Runs `npm test`, or with the argument `lab` the suites that need a cluster. */
async function main([which, ...names]: readonly string[]): Promise<number> {
  if (which === "suite") {
    const [name] = names;
    const suite = labSuites.find((known) => known.name === name);
    if (suite === undefined) throw new Error(`there is no suite ${name}`);
    const { passed, failed, skipped } = await run(suite);
    console.log(`counts: ${passed} ${failed} ${skipped}`);
    return failed;
  }
  // Looked for once, with progress, instead of within the time limit of the first test that needs it.
  const cli = await getPulumiCli();
  console.log(`Pulumi CLI ${cli.version} (${cli.how})`);
  process.env.PULUMI_CNPG_CLI = cli.path;
  process.chdir(root);
  const results: Counts[] = [];
  if (which === "lab") results.push(...(await runLab(names)));
  else for (const suite of suites) results.push(await run(suite));
  const total = (key: keyof Counts) => results.reduce((sum, counts) => sum + counts[key], 0);
  if (total("skipped") > 0)
    console.log(`${total("skipped")} skipped: they need a lab with pods, which takes root; see docs/lab.md`);
  console.log(`${total("passed")} passed, ${total("failed")} failed`);
  return total("failed") === 0 && total("passed") > 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const forPeople = error instanceof PulumiCliError || error instanceof LabError;
    console.error(forPeople ? `error: ${(error as Error).message}` : error);
    process.exit(1);
  },
);
