import { type ChildProcess, fork } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import Mocha from "mocha";
import { getPulumiCli, PulumiCliError } from "../cli";
import { LabError } from "../lab/errors";
import { exitWith } from "../offline/exit";
import { alone, labSuites, onRequest } from "./labSuites";

const root = resolve(__dirname, "..");

interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** Milliseconds for one test. */
  readonly timeout: number;
  readonly reporter: string;
  /** How often a test that failed is tried again. Default: not at all. */
  readonly retries?: number;
}

/** One in some hundred runs of the engine ends at once, as gRPC has no connection to it yet ("14 UNAVAILABLE"). */
const ENGINE_RETRIES = 1;

const unit: Suite = {
  name: "unit and components",
  files: ["test/unit/**/*.test.ts", "test/components/**/*.test.ts"],
  timeout: 60_000,
  reporter: "dot",
};
const policies: Suite = {
  name: "policies",
  files: ["test/policies/**/*.test.ts"],
  timeout: 60_000,
  reporter: "dot",
};
const engine: Suite = {
  name: "engine",
  files: ["test/engine/*.test.ts"],
  timeout: 180_000,
  retries: ENGINE_RETRIES,
  reporter: "spec",
};
const longer: Suite = {
  name: "engine, what takes longer",
  files: ["test/engine/longer/*.test.ts"],
  timeout: 300_000,
  retries: ENGINE_RETRIES,
  reporter: "spec",
};

/** The suites of `npm test`, `npm run test:unit` and `npm run test:engine`, in order; what fails soonest comes first. */
const suitesOf: Readonly<Record<string, readonly Suite[]>> = {
  "": [unit, policies, engine],
  unit: [unit],
  engine: [engine, longer],
  longer: [longer],
};

/** Those of `npm run test:lab`. */
const labRuns: readonly Suite[] = labSuites.map((name) => ({
  name: `lab: ${name}`,
  files: [`test/lab/suites/${name}.test.ts`],
  timeout: 900_000,
  reporter: "spec",
}));

const single = new Set(alone.map((name) => `lab: ${name}`));
const asked = new Set(onRequest.map((name) => `lab: ${name}`));

/** How many suites of the lab run at a time: they wait most of their time. */
const LAB_JOBS = 3;

/** Minutes after which a suite of the lab is ended: the longest was seen to take 24, on a busy machine. */
const LAB_MINUTES = 35;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Runs one suite and counts.
 *
 * @param jobs files that run at the same time, each in a process of its own; 1: in this one
 */
async function run(suite: Suite, jobs: number): Promise<Counts> {
  console.log(`\n== ${suite.name}`);
  const mocha = new Mocha({
    timeout: suite.timeout,
    retries: suite.retries ?? 0,
    reporter: suite.reporter,
    forbidOnly: true,
    parallel: jobs > 1,
    jobs,
    // The times of tests that take long are of interest where they are printed.
    slow: suite.reporter === "spec" ? 20_000 : suite.timeout,
  });
  for (const file of globSync([...suite.files], { cwd: root }).sort()) mocha.addFile(resolve(root, file));
  // Side by side, each process loads its own.
  if (jobs === 1) await mocha.loadFilesAsync();
  return new Promise((done) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      done({ passed: passes, failed: failures, skipped: pending });
    });
  });
}

/** Processes of suites that run. */
const running = new Set<ChildProcess>();

/** Ends a suite's process and what it has started. */
function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    for (const child of running) end(child);
    process.exit(signal === "SIGINT" ? 130 : 143);
  });

/** Runs one suite in a process of its own, and prints what it says when it has ended or its time is over. */
async function runApart(suite: Suite): Promise<Counts> {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  const beat = setInterval(() => console.log(`… ${suite.name} (${seconds()} s)`), 60_000);
  const output = await new Promise<string>((done) => {
    const child = fork(__filename, ["suite", suite.name], { silent: true, detached: true });
    let said = "";
    running.add(child);
    const limit = setTimeout(() => {
      said += `\nended after ${LAB_MINUTES} minutes\n`;
      end(child);
    }, LAB_MINUTES * 60_000);
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    child.once("close", () => {
      clearTimeout(limit);
      running.delete(child);
      done(said);
    });
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
  const waiting = labRuns.filter(
    ({ name }) =>
      all || (words.length === 0 ? !asked.has(name) : words.some((word) => name.slice(5).includes(word))),
  );
  const unknown = words
    .filter((word) => word !== "all")
    .filter((word) => !labRuns.some(({ name }) => name.slice(5).includes(word)));
  if (unknown.length > 0)
    throw new LabError(`there is no suite ${unknown.join(", ")}; there are ${labSuites.join(", ")}`);
  // Only here: `npm test` has nothing to do with it.
  const { labUp } = require("../lab/up") as typeof import("../lab/up");
  await labUp(process.env.LAB_ENFORCE === "1" ? { enforce: true } : {});
  const results: Counts[] = [];
  let mending: Promise<void> | undefined;
  const work = (suites: Suite[]) => async () => {
    for (let suite = suites.shift(); suite !== undefined; suite = suites.shift()) {
      const counts = await runApart(suite);
      results.push(counts);
      if (counts.failed === 0) continue;
      mending ??= mend().finally(() => {
        mending = undefined;
      });
      await mending;
    }
  };
  const [apart, together] = [true, false].map((is) => waiting.filter(({ name }) => single.has(name) === is));
  await Promise.all(Array.from({ length: LAB_JOBS }, work(together ?? [])));
  await work(apart ?? [])();
  return results;
}

/**
 * After a suite that failed: brings the lab up again where it is not whole, so that the next ones tell of themselves.
 *
 * @throws LabError where it doesn't come up
 */
async function mend(): Promise<void> {
  const { labStatus } = require("../lab/status") as typeof import("../lab/status");
  const { labUp } = require("../lab/up") as typeof import("../lab/up");
  const { lines, up } = await labStatus();
  if (up) return;
  console.log(`\n== the lab is not whole\n${lines.join("\n")}`);
  await labUp();
}

/** Runs `npm test`, or with an argument some of it, what takes longer, or with `lab` the suites that need a cluster. */
async function main([which, ...names]: readonly string[]): Promise<number> {
  if (which === "suite") {
    const [name] = names;
    const suite = labRuns.find((known) => known.name === name);
    if (suite === undefined) throw new Error(`there is no suite ${name}`);
    const { passed, failed, skipped } = await run(suite, 1);
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
  else {
    const suites = suitesOf[which ?? ""];
    if (suites === undefined) throw new LabError(`${which}: there are unit, engine, longer and lab`);
    for (const suite of suites) results.push(await run(suite, Math.min(availableParallelism(), 4)));
  }
  const total = (key: keyof Counts) => results.reduce((sum, counts) => sum + counts[key], 0);
  if (total("skipped") > 0)
    console.log(
      `${total("skipped")} skipped: they need promtool, or a lab with pods, which takes root, or iptables and ipset; see docs/lab.md`,
    );
  console.log(`${total("passed")} passed, ${total("failed")} failed`);
  return total("failed") === 0 && total("passed") > 0 ? 0 : 1;
}

exitWith(main(process.argv.slice(2)), [PulumiCliError, LabError]);
