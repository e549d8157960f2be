import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Figure, Report } from "./figures";
import { type Measured, measureNode } from "./measure";
import { hostFlags, stack, stackOf } from "./stackOf";
import { median } from "./stats";

/** `helm template` of CNPG's `cluster` chart, measured once: this long for each release. */
const helmSecondsPerRelease = 0.081;
const steepest = 1.25;

/** `npm start` of many clusters, from start to exit: against Helm, and against itself with fewer. */
export async function scale(folder: string, quick: boolean): Promise<Report> {
  const rounds = new Map(quick ? [[100, 3]] : [[100, 5]]);
  rounds.set(300, quick ? 1 : 3);
  if (!quick) rounds.set(1000, 1);
  const medians = new Map<number, { seconds: number; megabytes: number | undefined }>();
  for (const [clusters, times] of rounds) {
    const runs: Measured[] = [];
    for (let i = 0; i < times; i++) runs.push(await start(folder, clusters));
    medians.set(clusters, {
      seconds: median(runs.map(({ seconds }) => seconds)),
      megabytes: runs[0]?.megabytes === undefined ? undefined : median(runs.map((r) => r.megabytes ?? 0)),
    });
  }
  const figures = [...medians].map(([clusters, { seconds, megabytes }]): Figure => {
    const memory = megabytes === undefined ? "" : `, peak ${megabytes.toFixed(0)} MB`;
    return {
      what: `${clusters} clusters`,
      value: seconds,
      unit: "s",
      ...(clusters === 100 && { budget: 100 * helmSecondsPerRelease }),
      how: `${((seconds / clusters) * 1000).toFixed(1)} ms a cluster${memory}; median of ${rounds.get(clusters)}`,
    };
  });
  const at = (clusters: number): number => medians.get(clusters)?.seconds ?? Number.NaN;
  const first = (at(300) - at(100)) / 200;
  if (!quick) {
    const second = (at(1000) - at(300)) / 700;
    figures.push({
      what: "growth from 300 to 1000 against 100 to 300",
      value: second / first,
      unit: "×",
      budget: steepest,
      how: `${(first * 1000).toFixed(1)} ms, then ${(second * 1000).toFixed(1)} ms for each cluster more`,
    });
  }
  return {
    name: "scale",
    title:
      "npm start of a new stack with many clusters: whole process, engine and offline providers included",
    figures,
    notes: [
      "The budget for 100 clusters is what `helm template` of CNPG's cluster chart took for 100 releases, at 81 ms each. That chart",
      "is in no package registry, so it isn't run here; the figure was measured elsewhere, on a machine with two processors.",
      ...(quick ? ["1000 clusters, and with them the growth: left out by --quick."] : []),
    ],
  };
}

async function start(folder: string, clusters: number): Promise<Measured> {
  const place = join(folder, "scale");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const stackFile = join(place, "stack.json");
  writeFileSync(stackFile, JSON.stringify(stackOf(clusters)));
  const state = ["--folder", join(place, "state")];
  return measureNode(
    [...hostFlags, "offline/start.ts", "--stack", stack, "--stack-file", stackFile, ...state],
    join(place, "output.txt"),
  );
}
