import { join } from "node:path";
import type { Figure, Report } from "./figures";
import { type Measured, measureNode } from "./measure";
import { median } from "./stats";

/** `tsc` over the program, from nothing. */
export async function typecheck(folder: string, quick: boolean): Promise<Report> {
  const rounds = quick ? 1 : 3;
  const tsc = require.resolve("typescript/bin/tsc");
  const runs: Measured[] = [];
  for (let i = 0; i < rounds; i++)
    runs.push(
      await measureNode(
        [tsc, "-p", "tsconfig.json", "--noEmit", "--incremental", "false"],
        join(folder, "tsc.txt"),
      ),
    );
  const how = rounds === 1 ? "one run" : `median of ${rounds}`;
  const seconds = median(runs.map((run) => run.seconds));
  const figures: Figure[] = [{ what: "wall time", value: seconds, unit: "s", budget: 3, how }];
  if (runs.every(({ megabytes }) => megabytes !== undefined))
    figures.push({
      what: "peak memory",
      value: median(runs.map(({ megabytes }) => megabytes ?? 0)),
      unit: "MB",
      budget: 500,
      how,
    });
  return { name: "typecheck", title: "tsc -p tsconfig.json --noEmit", figures, notes: [] };
}
