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
  { name: "engine", files: ["test/engine/**/*.test.ts"], timeout: 180_000, reporter: "spec" },
];

/** Those of `npm run test:lab`, which need a cluster. */
const labSuites: readonly Suite[] = [
  { name: "lab", files: ["test/lab/suites/*.test.ts"], timeout: 600_000, reporter: "spec" },
];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs one suite and counts. `only`: part of the names of the files that are to run. */
async function run(suite: Suite, only: string): Promise<Counts> {
  console.log(`\n== ${suite.name}`);
  const mocha = new Mocha({
    timeout: suite.timeout,
    reporter: suite.reporter,
    forbidOnly: true,
    slow: suite.timeout,
  });
  const files = globSync([...suite.files], { cwd: root }).sort();
  for (const file of files.filter((name) => name.includes(only))) mocha.addFile(resolve(root, file));
  await mocha.loadFilesAsync();
  return new Promise((done) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      done({ passed: passes, failed: failures, skipped: pending });
    });
  });
}

/** Runs `npm test`, or with the argument `lab` the suites that need a cluster, which it brings up first. */
async function main([which, only = ""]: readonly string[]): Promise<number> {
  // Looked for once, with progress, instead of within the time limit of the first test that needs it.
  const cli = await getPulumiCli();
  console.log(`Pulumi CLI ${cli.version} (${cli.how})`);
  process.env.PULUMI_CNPG_CLI = cli.path;
  process.chdir(root);
  if (which === "lab") {
    // Only here: `npm test` has nothing to do with it.
    const { labUp } = require("../test/lab/up") as typeof import("../test/lab/up");
    await labUp();
  }
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of which === "lab" ? labSuites : suites) {
    const counts = await run(suite, only);
    for (const key of ["passed", "failed", "skipped"] as const) total[key] += counts[key];
  }
  if (total.skipped > 0)
    console.log(`${total.skipped} skipped: they need a lab with pods, which takes root; see docs/lab.md`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const forPeople = error instanceof PulumiCliError || error instanceof LabError;
    console.error(forPeople ? `error: ${(error as Error).message}` : error);
    process.exit(1);
  },
);
