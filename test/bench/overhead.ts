import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readProject } from "../../offline/stackFile";
import type { Figure, Report } from "./figures";
import { type Measured, measureNode } from "./measure";
import { hostFlags, root, stackByHand, stackOf, stateFile } from "./stackOf";
import { differences, readState, realResources } from "./state";
import { interleave, median } from "./stats";

const budget = 1.1;

interface Stack {
  readonly name: string;
  readonly clusters: number;
  readonly monitored: boolean;
  readonly rounds: number;
}

const stacks: readonly Stack[] = [
  { name: "1 cluster", clusters: 1, monitored: false, rounds: 11 },
  { name: "10 clusters", clusters: 10, monitored: false, rounds: 9 },
  { name: "100 clusters", clusters: 100, monitored: false, rounds: 5 },
  { name: "100 clusters with monitoring", clusters: 100, monitored: true, rounds: 5 },
];

/** Our program against the same resources written by hand; engine, providers and host of the program are the same. */
export async function overhead(folder: string, quick: boolean): Promise<Report> {
  const figures: Figure[] = [];
  const notes: string[] = [];
  for (const stack of stacks) {
    const outcome = await compare(join(folder, stack.name), stack, quick ? 3 : stack.rounds);
    figures.push(...outcome.figures);
    notes.push(outcome.note);
  }
  return {
    name: "overhead",
    title: "Our program against the same resources written by hand (pulumi up of a new stack, offline)",
    figures,
    notes,
  };
}

async function compare(
  folder: string,
  { name, clusters, monitored }: Stack,
  rounds: number,
): Promise<{ figures: Figure[]; note: string }> {
  mkdirSync(folder, { recursive: true });
  const project = readProject(root).name;
  const files = {
    stack: join(folder, "stack.json"),
    byHand: join(folder, "stack-by-hand.json"),
    resources: join(folder, "resources.json"),
    output: join(folder, "output.txt"),
  };
  writeFileSync(files.stack, JSON.stringify(stackOf(clusters, monitored)));
  writeFileSync(files.byHand, JSON.stringify(stackByHand));
  const script = (name: string): string[] => [...hostFlags, join(__dirname, name)];

  await measureNode(
    [...script("record.ts"), files.stack, join(folder, "recorded"), files.resources],
    files.output,
  );
  // A fresh state for every run; the last one of each arm is kept for the comparison.
  const run = async (arm: string, stackFile: string): Promise<Measured> => {
    const place = join(folder, arm);
    rmSync(place, { recursive: true, force: true });
    return measureNode([...script("arm.ts"), arm, stackFile, place, files.resources], files.output);
  };
  const arms = { ours: () => run("ours", files.stack), byHand: () => run("byHand", files.byHand) };
  // Once unmeasured each: tsx keeps what it has translated.
  await interleave(1, arms);
  const measured = await interleave(rounds, arms);

  const [ours, byHand] = ["ours", "byHand"].map((arm) => readState(stateFile(join(folder, arm), project)));
  const different = differences(ours ?? [], byHand ?? []);
  if (different.length > 0)
    throw new Error(`${name}: the arms declare different resources:\n${different.slice(0, 3).join("\n")}`);
  const real = realResources(ours ?? []).length;
  return {
    figures: [
      ratio(name, "wall time", "s", pick(measured, "seconds"), rounds),
      ...(measured.ours.every(({ megabytes }) => megabytes !== undefined)
        ? [ratio(name, "peak memory", "MB", pick(measured, "megabytes"), rounds)]
        : []),
    ],
    note: `${name}: the same ${real} resources in both arms; ours has ${(ours ?? []).length - real} components and providers on top, by hand ${(byHand ?? []).length - real}.`,
  };
}

type Arms<T> = { readonly ours: T; readonly byHand: T };

function pick(measured: Arms<Measured[]>, key: "seconds" | "megabytes"): Arms<number[]> {
  const values = (all: Measured[]): number[] => all.map((one) => one[key] ?? 0);
  return { ours: values(measured.ours), byHand: values(measured.byHand) };
}

function ratio(name: string, what: string, unit: string, of: Arms<number[]>, rounds: number): Figure {
  const [ours, byHand] = [median(of.ours), median(of.byHand)];
  const digits = unit === "s" ? 2 : 0;
  return {
    what: `${name}, ${what}`,
    value: ours / byHand,
    unit: "×",
    budget,
    how: `${ours.toFixed(digits)} ${unit} ours, ${byHand.toFixed(digits)} ${unit} by hand; medians of ${rounds}`,
  };
}
