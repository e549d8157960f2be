import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policies/rules";
import type { Figure, Report } from "./figures";
import { measureNode } from "./measure";
import { hostFlags, stackOf } from "./stackOf";
import { interleave, median } from "./stats";

const clusters = 100;
const budget = 1.2;

/** A preview with the policy pack against one without. */
export async function policies(folder: string, quick: boolean): Promise<Report> {
  const rounds = quick ? 3 : 7;
  const place = join(folder, "policies");
  mkdirSync(place, { recursive: true });
  const [stackFile, output] = [join(place, "stack.json"), join(place, "output.txt")];
  writeFileSync(stackFile, JSON.stringify(stackOf(clusters)));
  const run = (arm: string) => () =>
    measureNode(
      [...hostFlags, join(__dirname, "preview.ts"), arm, stackFile, join(place, "state"), place],
      output,
    );
  const arms = { without: run("without"), empty: run("empty"), with: run("with") };
  // Once unmeasured each: it makes the stack, and compiled code is kept for the next start.
  await interleave(1, arms);
  const measured = await interleave(rounds, arms);
  const [without, empty, full] = [measured.without, measured.empty, measured.with].map((all) =>
    median(all.map(({ seconds }) => seconds)),
  ) as [number, number, number];
  const against = (what: string, value: number, base: number, limit?: number): Figure => ({
    what,
    value: value / base,
    unit: "×",
    ...(limit !== undefined && { budget: limit }),
    how: `${value.toFixed(2)} s against ${base.toFixed(2)} s; medians of ${rounds}`,
  });
  return {
    name: "policies",
    title: `A preview of ${clusters} clusters with the policy pack of ${rules.length} rules`,
    figures: [
      against("against a preview without policies", full, without, budget),
      against("against a preview with a pack of one policy that does nothing", full, empty),
    ],
    notes: [
      `A pack that does nothing takes ${(empty / without).toFixed(3)} × the time of none: two calls a resource.`,
    ],
  };
}
