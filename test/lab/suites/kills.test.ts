import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { Store } from "../../../lab/stack/store";
import type { Ended } from "../../engine/offline";
import { useLab } from "../use";
import { LabStack } from "./labStack";

/** How many updates are killed; `LAB_KILLS=50` takes half an hour. */
const kills = Number(process.env.LAB_KILLS ?? 6);
const seed = Number(process.env.LAB_SEED ?? Date.now() % 1_000_000);

/** What a run that is killed was to do, and the share of its time after which it is killed. */
interface Kill {
  readonly what: "parameter" | "replace" | "destroy";
  readonly after: number;
}

const kill = fc.record({
  what: fc.constantFrom<Kill["what"]>("parameter", "replace", "destroy"),
  // Every moment as likely as any other: doubles are drawn by their bits, nearly all of them next to 0.
  after: fc.noBias(fc.integer({ min: 0, max: 1000 })).map((thousandths) => thousandths / 1000),
});

/** Longer than a run of each kind takes here, in seconds. */
const lasts = { create: 45, parameter: 25, replace: 60, destroy: 20 } as const;

describe(`An update killed at a random moment (seed ${seed}), on a real Kubernetes`, function () {
  this.timeout(600_000);
  let stack: LabStack;
  let generation = 1;
  let cost = 1;
  /** Whether the next update makes the cluster. */
  let creates = true;

  before(async function () {
    const { cluster, stores } = await useLab(this, "node");
    stack = await LabStack.fresh(cluster, new Store(cluster, stores), "a-kills");
  });
  after(async () => {
    await stack?.remove();
    stack?.cluster.close();
  });

  const write = () =>
    stack.write({ generation, parameters: { random_page_cost: String(cost) } }, { forceDestroy: true });

  /** The next run, with the one command that an error names for what was made and not noted. */
  async function next(...args: string[]): Promise<Ended> {
    const first = await stack.start("--no-policies", ...args);
    const { output } = first;
    if (first.code === 0) return first;
    const [, curl] = /(curl -X DELETE \S+)/.exec(output) ?? [];
    if (curl !== undefined) {
      await stack.store.deleteBucket(stack.bucket);
      return stack.start("--no-policies", ...args);
    }
    assert.match(output, /PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true/);
    return stack.offline.start(["--lab", "--stack-file", stack.file, "--no-policies", ...args], {
      PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true",
    });
  }

  fc.sample(kill, { numRuns: kills, seed }).forEach(({ what, after }, i) => {
    it(`${i + 1}: ${what}, after ${after.toFixed(3)} of its time, goes on at the next run`, async () => {
      const kind = creates && what !== "destroy" ? "create" : what;
      if (!creates && what === "replace") generation++;
      if (!creates && what === "parameter") cost = (cost % 9) + 1;
      write();
      const args = what === "destroy" ? ["--destroy"] : [];
      const seconds = after * lasts[kind];
      const killed = await stack.killedAfter(seconds, "--no-policies", ...args);
      // What the kernel still has to end.
      await pause(500);
      const { code, output } = await next(...args);
      assert.equal(
        code,
        0,
        `${kind} killed after ${seconds} s:\n${killed.output}\n--- the next run:\n${output}`,
      );
      creates = what === "destroy";
      if (creates) {
        const ref = { apiVersion: "v1", kind: "Namespace", name: stack.namespace };
        assert.equal(await stack.cluster.get(ref), undefined);
        return;
      }
      assert.equal(await stack.sql("show random_page_cost", String(cost)), String(cost));
      const again = await stack.start("--no-policies");
      assert.match(again.output, /Nothing changed/);
    });
  });
});
