import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { type Taken, taken } from "./allowancesTable";
import { lacksForEnforcement, Networked } from "./networked";
import { Functions } from "./networkedFunctions";
import { type Allowed, allowancesOf, named, without } from "./networkedPolicies";

/** Seconds in which what works has to work, and what is put back has to work again. */
const patience = 300;

/** A suite of its own for each part of the table: together they take longer than a suite may. */
export function allowancesAreNeeded(part: keyof typeof taken): void {
  describe(`Each allowance of network policies in force, ${part}`, function () {
    this.timeout(1_200_000);
    this.slow(180_000);

    let used: Used;
    let on: Networked;
    let does: Functions;

    /** What is quick to try, and is tried while an allowance is missing that it has nothing to do with. */
    const quick = [
      "answersThePooled",
      "answersTheDirect",
      "scrapedInstances",
      "scrapedPoolers",
      "streams",
      "archives",
      "seesInstances",
    ] as const;

    before(async function () {
      used = await useLab(this, "node");
      if (lacksForEnforcement(used).length > 0) return this.skip();
      on = await Networked.prepare(used, "n-taken");
      does = new Functions(on);
      await on.up();
      for (const name of quick) await does.named(name)(patience);
    });

    afterEach(async function () {
      if (this.currentTest?.state !== "failed") return;
      console.error(this.currentTest.err?.message, `\n${await on.explain()}`);
    });

    after(async () => {
      if (on !== undefined) await on.remove();
      used?.cluster.close();
    });

    it("is in the table of what breaks without it", () => {
      const listed = Object.values(taken).flatMap((rows: readonly Taken[]) =>
        rows.flatMap(({ allowances }) => allowances),
      );
      assert.deepEqual(allowancesOf(on).map(named).sort(), [...new Set(listed)].sort());
    });

    for (const { allowances, breaks, cut = [], repair = [], seconds = 8 } of taken[part] as readonly Taken[])
      it(`${allowances.join(" and ")}: without it ${breaks.length === 0 ? "nothing breaks here" : `${breaks.join(", ")} fails`}`, async () => {
        const all = allowancesOf(on);
        const gone = allowances.map(
          (name): Allowed => all.find((each) => named(each) === name) ?? assert.fail(name),
        );
        const doing = (list: readonly string[], time: number) =>
          Promise.all(list.map((name) => does.named(name)(time)));
        await without(on, gone, async () => {
          await doing(
            quick.filter((name) => !breaks.includes(name) && !cut.includes(name)),
            60,
          );
          // One after the other: some of them take away what others need.
          for (const name of breaks) {
            const why = await doing([name], seconds).then(
              () => undefined,
              (error: Error) => error.message,
            );
            assert(why !== undefined, `${name} still succeeds`);
            console.log(`      ${name}: ${why.replaceAll(/\s+/g, " ").slice(0, 300)}`);
          }
        });
        for (const name of [...repair, ...breaks]) await doing([name], patience);
        await does.twoReady(patience);
      });
  });
}
