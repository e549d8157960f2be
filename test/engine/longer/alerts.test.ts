import assert from "node:assert/strict";
import { alerts, ruleGroups } from "../../../components/monitoring/alerts";
import { tryMutants } from "../../helpers/alerts/mutants";
import { check, findPromtool, missing, test } from "../../helpers/alerts/promtool";
import { batches, batchOf, runOf } from "../../helpers/alerts/runs";
import { scenarios } from "../../helpers/alerts/scenarios";
import { well } from "../../helpers/alerts/scenariosOfClusters";
import { dev, environments } from "../../helpers/alerts/world";

describe("alerts, as promtool evaluates them", () => {
  let path = "";

  before(function () {
    const found = findPromtool();
    if (found === undefined) {
      console.log(missing);
      this.skip();
    }
    path = found;
  });

  for (const [name, environment] of Object.entries({ ...environments, dev }))
    it(`are rules that Prometheus takes: ${name}`, async () => {
      assert.equal(await check(path, ruleGroups(environment)), undefined);
    });

  it("fire at their fault, and at no other", async () => {
    const all = batches(scenarios);
    const outcomes = await test(path, all.map(runOf));
    const wrong = all.flatMap(({ placed }, index) => {
      const { failed = [], broken = [], said = "" } = outcomes[index] ?? {};
      const named = failed.map(({ expr, at, got }) => {
        const { scenario } = placed.find(({ namespace }) => expr.includes(`"${namespace}|`)) ?? {};
        const fires = got.map(({ labels, value }) => `${labels} ${value}`);
        return { scenario: scenario?.name, minute: at / 60, fires, expected: scenario?.expect.get(at) };
      });
      return broken.length > 0 ? [said.slice(0, 2000)] : named.map((one) => JSON.stringify(one));
    });
    assert.equal(wrong.join("\n"), "");
  });

  it("are each seen firing", () => {
    const fired = new Set(
      scenarios.flatMap(({ expect }) => [...expect.values()].flat().map((fires) => fires.split(" ")[1])),
    );
    assert.deepEqual(
      alerts.map(({ name }) => name).filter((name) => !fired.has(name)),
      [],
    );
  });

  it("of another environment in the same Prometheus fire there, and none of this one's", async () => {
    const { series, step } = batchOf(well.slice(1, 2));
    const main = environments.main;
    const told = (environment: string) =>
      `count by (alertname) (ALERTS{alertstate="firing",cnpg_environment="${environment}"})`;
    const groups = [...ruleGroups({ ...main, clusters: [] }), ...ruleGroups(dev)];
    const [outcome] = await test(path, [
      {
        name: "two environments",
        groups,
        series: series.filter(({ metric }) => !metric.endsWith(":declared")),
        step,
        queries: ["prod", "dev"].map((name) => ({ at: 7200, expr: told(name), expected: [] })),
      },
    ]);
    const [one, ...others] = outcome?.failed ?? [];
    assert.deepEqual([one?.expr, others], [told("dev"), []]);
    assert.ok((one?.got.length ?? 0) > 40, JSON.stringify(one?.got));
  });

  it("are noticed when anything of them is broken", async () => {
    const { all, missed } = await tryMutants(path, scenarios);
    const ratio = 1 - missed.length / all;
    console.log(
      `      ${all} mutants, ${missed.length} of them missed: ${(100 * ratio).toFixed(1)} % caught`,
    );
    assert.ok(ratio >= 0.95, missed.map(({ alert, what }) => `${alert}: ${what}`).join("\n"));
  });
});
