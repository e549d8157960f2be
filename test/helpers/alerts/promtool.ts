import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import type { RuleGroup } from "../../../components/plan/monitoring";
import { type Series, written } from "./series";

/** How to get what these tests can't do without. */
export const missing =
  "without promtool nothing shows that alerts fire: `apt-get install prometheus` has it, or say where it is with PROMTOOL=…";

/** Prometheus's own tool for rules, by `PROMTOOL` or on the PATH; undefined where there is none. */
export function findPromtool(): string | undefined {
  const path = process.env.PROMTOOL ?? "promtool";
  const { status } = spawnSync(path, ["--version"]);
  return status === 0 ? path : undefined;
}

/** A sample that a query should result in. */
export interface Sample {
  readonly labels: string;
  readonly value: number;
}

/** A query at a time, in seconds, and what it should result in. */
export interface Query {
  readonly at: number;
  readonly expr: string;
  readonly expected: readonly Sample[];
}

/** One run: rules over series, and queries. */
export interface Run {
  readonly name: string;
  readonly groups: readonly RuleGroup[];
  readonly series: readonly Series[];
  /** Seconds between samples, and between evaluations. */
  readonly step: number;
  readonly queries: readonly Query[];
}

/** A query that did not result in what it should. */
export interface Failure {
  readonly expr: string;
  /** When, in seconds. */
  readonly at: number;
  readonly got: readonly Sample[];
}

/** What promtool says of a run. */
export interface Outcome {
  readonly failed: readonly Failure[];
  /** Rules that could not be evaluated, which ends a run. */
  readonly broken: readonly string[];
  readonly said: string;
}

function write(folder: string, { name, groups, series, step, queries }: Run): string {
  const rules = join(folder, "rules.yaml");
  writeFileSync(rules, dump({ groups }, { lineWidth: -1 }));
  const until = Math.max(...queries.map(({ at }) => at));
  const test = {
    rule_files: [rules],
    evaluation_interval: `${step}s`,
    group_eval_order: groups.map((group) => group.name),
    tests: [
      {
        name,
        interval: `${step}s`,
        input_series: series.map((one) => written(one, step, until)),
        promql_expr_test: queries.map(({ at, expr, expected }) => ({
          expr,
          eval_time: `${at}s`,
          exp_samples: expected,
        })),
      },
    ],
  };
  const file = join(folder, "test.yaml");
  writeFileSync(file, dump(test, { lineWidth: -1 }));
  return file;
}

/** Runs promtool. What it says of successes and of failures goes to different places, so both go to one file, in their order. */
async function promtool(path: string, folder: string, args: readonly string[]) {
  const log = join(folder, "log");
  const file = openSync(log, "w");
  const status = await new Promise<number | null>((done, fail) => {
    const child = spawn(path, args, { stdio: ["ignore", file, file] });
    child.once("error", fail);
    child.once("close", done);
  });
  closeSync(file);
  return { status, said: readFileSync(log, "utf8") };
}

/** Samples as promtool prints them after `got:`. */
function samplesIn(text: string): Sample[] {
  const all = text.replaceAll('\\"', '"').matchAll(/(\{[^{}]*\}) ([^\s,"]+)/g);
  return [...all].map(([, labels = "", value]) => ({ labels, value: Number(value) }));
}

/** A time as Go writes it, `1h17m0s`, in seconds. */
export function seconds(text: string): number {
  const sizes: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
  return [...text.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (sizes[unit] ?? Number.NaN),
    0,
  );
}

function outcomeOf(said: string): Outcome {
  const failures = said.matchAll(/expr: ("[^\n]*"), time: (\w+),\s+exp:[^\n]*\s+got:([^\n]*)/g);
  const failed = [...failures].map(([, expr = '""', at = "", got = ""]) => ({
    expr: JSON.parse(expr) as string,
    at: seconds(at),
    got: samplesIn(got),
  }));
  const broken = [...said.matchAll(/^\s+rule: ([^,]+), time: [^,]+, err: /gm)].map(([, name = ""]) => name);
  if (failed.length === 0 && broken.length === 0 && !/^\s*SUCCESS/m.test(said))
    throw new Error(said.slice(0, 4000));
  return { failed, broken: [...new Set(broken)], said };
}

/** One run, by a promtool of its own. */
async function once(path: string, run: Run): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "alerts-"));
  try {
    const { said } = await promtool(path, folder, ["test", "rules", write(folder, run)]);
    return outcomeOf(said);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Does runs, as many at a time as there are processors, and tells of each what came of it.
 *
 * @throws Error where promtool could not do one
 */
export async function test(path: string, runs: readonly Run[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  // What takes longest comes first, so that no processor waits at the end.
  const size = ({ series, step, queries }: Run) =>
    (series.length * Math.max(...queries.map(({ at }) => at))) / step;
  const waiting = runs.map((run, index) => ({ run, index })).sort((a, b) => size(b.run) - size(a.run));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      outcomes[next.index] = await once(path, next.run);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return outcomes;
}

/** Whether a file of rules is right by Prometheus's own reading; what it says where not. */
export async function check(path: string, groups: readonly RuleGroup[]): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "alerts-"));
  try {
    const file = join(folder, "rules.yaml");
    writeFileSync(file, dump({ groups }, { lineWidth: -1 }));
    const { status, said } = await promtool(path, folder, ["check", "rules", file]);
    return status === 0 ? undefined : said;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
