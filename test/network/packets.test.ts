import assert from "node:assert/strict";
import fc from "fast-check";
import { decideEnvironment } from "../../components/environment/decide";
import { networkResources } from "../../components/network/environment";
import type { NetworkPlan } from "../../components/plan/network";
import { Problems } from "../../components/problems";
import { isNeeded } from "./expected";
import { judge, netcheck } from "./netcheck";
import {
  type Choice,
  choices,
  everybody,
  everyFlow,
  everything,
  type Flow,
  kinds,
  nameOf,
  stackOf,
  stores,
} from "./scenario";

function planOf(choice: Choice): NetworkPlan {
  const problems = new Problems();
  const { network } = decideEnvironment(problems, "dev", stackOf(choice));
  assert.deepEqual(problems.list, [], JSON.stringify(choice));
  return network;
}

const manifestsOf = (plan: NetworkPlan) => networkResources(plan).map(({ inputs }) => inputs);

describe("Network policies, judged by Cilium's own engine", function () {
  this.timeout(1_800_000);

  let program: string;
  before(function () {
    const found = netcheck();
    if (found === undefined) {
      console.error("not run: there is no Go, with which Cilium's policy engine is built");
      this.skip();
    } else program = found;
  });

  /** Connections of which the engine says another thing than what is documented. */
  function wrong(
    choice: Choice,
    plan = planOf(choice),
    flows: readonly Flow[] = everyFlow(choice.operator),
  ): string[] {
    const { refused, allowed } = judge(program, everybody, flows, manifestsOf(plan));
    return [
      ...refused,
      ...flows.flatMap((flow, i) =>
        allowed[i] === isNeeded(choice, flow)
          ? []
          : [`${allowed[i] ? "allowed" : "denied"}: ${nameOf(flow)}`],
      ),
    ];
  }

  for (const kind of kinds)
    for (const store of stores)
      it(`allow what a database needs and nothing else: ${kind}, ${store}`, () => {
        assert.deepEqual(wrong({ ...everything, kind, store }), []);
      });

  it("do so for whatever a stack file says", () => {
    fc.assert(
      fc.property(choices, fc.infiniteStream(fc.nat()), (choice, draw) => {
        const all = everyFlow(choice.operator);
        const some = Array.from(
          { length: 1000 },
          () => all[(draw.next().value as number) % all.length] as Flow,
        );
        const flows = [...all.filter((flow) => isNeeded(choice, flow)), ...some];
        assert.deepEqual(wrong(choice, planOf(choice), flows), [], JSON.stringify(choice));
      }),
      { numRuns: Number(process.env.NETWORK_RUNS ?? 300) },
    );
  });

  // With an application beside the database whoever is in that namespace may connect, and whoever may read from all of a cluster may by its pooler.
  const narrow: readonly Choice[] = [
    { ...everything, beside: false, readsPooler: false },
    { ...everything, beside: false, reads: false },
  ];
  for (const kind of kinds)
    it(`need each of their allowances: ${kind}`, () => {
      const needless: string[] = [];
      for (const choice of narrow.map((each) => ({ ...each, kind }))) {
        const plan = planOf(choice);
        const needed = everyFlow(true).filter((flow) => isNeeded(choice, flow));
        for (const [i, rule] of plan.rules.entries())
          for (const [j, { why, direction }] of rule.allows.entries()) {
            const allows = rule.allows.filter((_, k) => k !== j);
            const rules = plan.rules.map((each, k) => (k === i ? { ...each, allows } : each));
            if (wrong(choice, { ...plan, rules }, needed).length === 0)
              needless.push(`${rule.name} ${direction}: ${why}`);
          }
      }
      assert.deepEqual(needless, []);
    });

  it("deny nothing where they only look", () => {
    const plan = planOf({ ...everything, kind: "cilium" });
    const flows = everyFlow(true);
    const { refused, allowed } = judge(
      program,
      everybody,
      flows,
      manifestsOf({ ...plan, policies: "audit" }),
    );
    assert.deepEqual([refused, allowed.every(Boolean)], [[], true]);
  });
});
