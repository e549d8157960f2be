import { globSync } from "node:fs";
import { resolve } from "node:path";
import Mocha from "mocha";
import { getPulumiCli, PulumiCliError } from "./cli";

const root = resolve(__dirname, "..");

/** The suites of `npm test`, in order; what fails soonest comes first. */
const suites = [
  {
    name: "unit and components",
    files: ["test/unit/**/*.test.ts", "test/components/**/*.test.ts"],
    timeout: 20_000,
    reporter: "dot",
  },
  { name: "engine", files: ["test/engine/**/*.test.ts"], timeout: 180_000, reporter: "spec" },
];

/** Runs one suite and returns how many tests passed and failed. */
async function run(suite: (typeof suites)[number]): Promise<{ passed: number; failed: number }> {
  console.log(`\n== ${suite.name}`);
  const mocha = new Mocha({
    timeout: suite.timeout,
    reporter: suite.reporter,
    forbidOnly: true,
    slow: suite.timeout,
  });
  for (const file of globSync(suite.files, { cwd: root }).sort()) mocha.addFile(resolve(root, file));
  await mocha.loadFilesAsync();
  return new Promise((done) => {
    const runner = mocha.run(() =>
      done({ passed: runner.stats?.passes ?? 0, failed: runner.stats?.failures ?? 0 }),
    );
  });
}

async function main(): Promise<number> {
  // Looked for once, with progress, instead of within the time limit of the first test that needs it.
  const cli = await getPulumiCli();
  console.log(`Pulumi CLI ${cli.version} (${cli.how})`);
  process.env.PULUMI_CNPG_CLI = cli.path;
  process.chdir(root);
  let [passed, failed] = [0, 0];
  for (const suite of suites) {
    const result = await run(suite);
    passed += result.passed;
    failed += result.failed;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof PulumiCliError ? `error: ${error.message}` : error);
    process.exit(1);
  },
);
