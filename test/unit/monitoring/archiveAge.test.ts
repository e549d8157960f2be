import assert from "node:assert/strict";
import { ruleGroups } from "../../../components/monitoring/alerts";
import type { WatchedEnvironment } from "../../../components/plan/monitoring";
import { environmentOf, limits, watched } from "../../helpers/watched";

describe("the age of the last archived WAL", () => {
  const staleOf = (environment: WatchedEnvironment) =>
    ruleGroups(environment)
      .flatMap(({ rules }) => rules)
      .find((rule) => "alert" in rule && rule.alert === "CNPGWALArchiveStale")?.expr ?? "";
  const aged = (name: string, walArchiveAge: number, walSegment = 16 * 2 ** 20) =>
    watched(name, { limits: { ...limits, walArchiveAge }, walSegment });

  it("is judged by what was written within the shortest age of all: another cluster's day is not its own half hour", () => {
    const expr = staleOf(environmentOf([aged("shop/busy", 86_400), aged("shop/quiet", 1800)]));
    assert.match(expr, /increase\(cnpg_collector_wal_bytes\[30m\]\)/);
  });

  it("is judged by more than the largest WAL file holds, so that one was filled since", () => {
    const [small, large] = [16 * 2 ** 20, 1024 * 2 ** 20];
    assert.match(staleOf(environmentOf([aged("shop/pg", 1800, small)])), /> 67108864\)/);
    const both = environmentOf([aged("shop/pg", 1800, small), aged("shop/large", 1800, large)]);
    assert.match(staleOf(both), /> 1073741824\)/);
  });
});
