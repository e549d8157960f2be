import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policies/rules";
import { CONFTEST_VERSION, conftest, POLICY } from "./conftest";
import type { Figure, Report } from "./figures";
import { manifestsOf } from "./manifests";
import { type Measured, measure, measureNode } from "./measure";
import { root } from "./stackOf";
import { interleave, median } from "./stats";

const sizes = [2_500, 5_000, 10_000] as const;
const largest = sizes[2];
// A start of Node takes about 40 ms on an idle machine: three times that are the 120 ms that one file may take.
const budgets = {
  seconds: 1.5,
  megabytes: 300,
  growth: 1.3,
  timeRatio: 1 / 3,
  memoryRatio: 1,
  oneFile: 3,
  oneFileMegabytes: 60,
};

/** `cnpg-lint` of many documents in one file: against budgets, against fewer documents, and against conftest. */
export async function lint(folder: string, quick: boolean): Promise<Report> {
  const rounds = quick ? 3 : 7;
  const place = join(folder, "lint");
  mkdirSync(place, { recursive: true });
  const file = (documents: number): string => join(place, `${documents}.yaml`);
  for (const documents of sizes) writeFileSync(file(documents), manifestsOf(documents));
  const output = join(place, "output.txt");
  // Advisory throughout, so that it ends with 0 whatever it finds.
  const linter = [join(root, "cnpg-lint", "bin", "cnpg-lint.js"), "--pack", "advisory", "--format", "json"];
  const ours = (documents: number) => () => measureNode([...linter, file(documents)], output);

  const found = conftest();
  const policy = join(place, "policy");
  mkdirSync(policy, { recursive: true });
  writeFileSync(join(policy, "main.rego"), POLICY);
  const test = ["test", "--policy", policy, "--output", "json", file(largest)];
  const theirs = "path" in found ? { theirs: () => measure(found.path, test, output) } : {};

  const [one, empty] = [join(place, "one.yaml"), join(place, "empty.js")];
  writeFileSync(one, manifestsOf(2));
  writeFileSync(empty, "");
  // Once unmeasured: what is older than its sources is built, and Node keeps what it has compiled.
  await ours(sizes[0])();
  const arms: Readonly<Record<string, () => Promise<Measured>>> = {
    empty: () => measureNode([empty], output),
    one: () => measureNode([...linter, one], output),
    small: ours(sizes[0]),
    medium: ours(sizes[1]),
    large: ours(largest),
    ...theirs,
  };
  const measured = await interleave(rounds, arms);
  const of = (arm: string) => ({
    seconds: median((measured[arm] ?? []).map(({ seconds }) => seconds)),
    megabytes: median((measured[arm] ?? []).map(({ megabytes }) => megabytes ?? 0)),
  });
  const [small, medium, large] = [of("small"), of("medium"), of("large")];
  const figures: Figure[] = [
    {
      what: `${largest} documents, wall time`,
      value: large.seconds,
      unit: "s",
      budget: budgets.seconds,
      how: `${rules.length} rules; median of ${rounds}, whole process`,
    },
    ...memory(`${largest} documents`, large.megabytes, budgets.megabytes),
    {
      what: "one file, wall time against starting Node",
      value: of("one").seconds / of("empty").seconds,
      unit: "×",
      budget: budgets.oneFile,
      how: `${Math.round(of("one").seconds * 1000)} ms ours, ${Math.round(of("empty").seconds * 1000)} ms an empty file; medians of ${rounds}`,
    },
    ...memory("one file", of("one").megabytes, budgets.oneFileMegabytes),
    growth(small.seconds, medium.seconds, large.seconds),
  ];
  if ("path" in found) figures.push(...against(large, of("theirs"), rounds));
  return {
    name: "lint",
    title: "cnpg-lint of many documents in one file, one in five of them of CloudNativePG",
    figures,
    notes:
      "path" in found
        ? [`conftest v${CONFTEST_VERSION} judges by three small rules; cnpg-lint by all ${rules.length}.`]
        : [`conftest is not compared with: ${found.problem}.`],
  };
}

function memory(what: string, megabytes: number, budget: number): Figure[] {
  // Without /proc there is nothing to read it from.
  if (megabytes === 0) return [];
  return [{ what: `${what}, peak memory`, value: megabytes, unit: "MB", budget, how: "of the process" }];
}

function growth(small: number, medium: number, large: number): Figure {
  const first = (medium - small) / (sizes[1] - sizes[0]);
  const second = (large - medium) / (sizes[2] - sizes[1]);
  const inWords = [small, medium, large]
    .map((seconds, i) => `${seconds.toFixed(2)} s for ${sizes[i]}`)
    .join(", ");
  return {
    what: `growth from ${sizes[1]} to ${sizes[2]} against ${sizes[0]} to ${sizes[1]}`,
    value: second / first,
    unit: "×",
    budget: budgets.growth,
    how: inWords,
  };
}

type Medians = { readonly seconds: number; readonly megabytes: number };

function against(ours: Medians, theirs: Medians, rounds: number): Figure[] {
  const time: Figure = {
    what: "against conftest, wall time",
    value: ours.seconds / theirs.seconds,
    unit: "×",
    budget: budgets.timeRatio,
    how: `${ours.seconds.toFixed(2)} s ours, ${theirs.seconds.toFixed(2)} s conftest; medians of ${rounds}`,
  };
  if (theirs.megabytes === 0) return [time];
  return [
    time,
    {
      what: "against conftest, peak memory",
      value: ours.megabytes / theirs.megabytes,
      unit: "×",
      budget: budgets.memoryRatio,
      how: `${ours.megabytes.toFixed(0)} MB ours, ${theirs.megabytes.toFixed(0)} MB conftest; medians of ${rounds}`,
    },
  ];
}
