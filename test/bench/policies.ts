import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allPatches, patchesVariable } from "../../policies/pack/patches";
import { rules } from "../../policies/rules";
import type { Figure, Report } from "./figures";
import { measureNode } from "./measure";
import { hostFlags, stackOf } from "./stackOf";
import { interleave, median } from "./stats";

type Measured = Readonly<Record<string, readonly { readonly seconds: number }[]>>;

const clusters = 100;
/** Against the same preview with an SDK's pack of one policy that does nothing: what the rules and their reading cost. */
const budget = 1.1;

/** A preview with the policy pack against one without, and against ones without some of the patches of the SDK. */
export async function policies(folder: string, quick: boolean): Promise<Report> {
  const rounds = quick ? 3 : 7;
  const place = join(folder, "policies");
  mkdirSync(place, { recursive: true });
  const [stackFile, output] = [join(place, "stack.json"), join(place, "output.txt")];
  writeFileSync(stackFile, JSON.stringify(stackOf(clusters)));
  const run =
    (arm: string, patches: readonly string[] = allPatches) =>
    () => {
      process.env[patchesVariable] = patches.join(",") || "none";
      return measureNode(
        [...hostFlags, join(__dirname, "preview.ts"), arm, stackFile, join(place, "state"), place],
        output,
      );
    };
  const butOne = allPatches.map(
    (patch) =>
      [
        patch,
        run(
          "with",
          allPatches.filter((one) => one !== patch),
        ),
      ] as const,
  );
  const arms = {
    without: run("without"),
    empty: run("empty"),
    with: run("with"),
    unpatched: run("with", []),
    ...Object.fromEntries(butOne),
  };
  // Once unmeasured each: it makes the stack, and compiled code is kept for the next start.
  await interleave(1, arms);
  const measured = await interleave(rounds, arms);
  delete process.env[patchesVariable];
  const seconds = (arm: string) => median((measured as Measured)[arm]?.map((one) => one.seconds) ?? []);
  const [without, empty, full, unpatched] = [
    seconds("without"),
    seconds("empty"),
    seconds("with"),
    seconds("unpatched"),
  ];
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
      against("against a preview with a pack of one policy that does nothing", full, empty, budget),
      against("against a preview without policies", full, without),
      against("without any patch of the SDK, against a preview without policies", unpatched, without),
      ...allPatches.map((patch) =>
        against(`without the patch ${patch}, against a preview with all of them`, seconds(patch), full),
      ),
    ],
    notes: [
      `A pack that does nothing takes ${(empty / without).toFixed(3)} × the time of none: two calls a resource.`,
    ],
  };
}
