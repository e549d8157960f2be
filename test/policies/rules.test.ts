import assert from "node:assert/strict";
import { formatPath } from "../../policies/core/view";
import { policiesOf } from "../../policies/pack/policies";
import { rules } from "../../policies/rules";
import { allCases } from "./cases";
import { asleep, findingsOf } from "./judged";
import { askServer } from "./server";

const cases = allCases();

describe("rules", () => {
  for (const rule of rules) {
    describe(rule.id, () => {
      const own = cases.filter((one) => one.rule === rule.id);

      it("has cases of each kind", () => {
        for (const kind of ["violation", "clean", "undecided", "not applicable"] as const)
          assert.ok(
            own.some(({ expect }) => expect === kind),
            `no case is ${kind}`,
          );
      });

      for (const one of own) {
        it(one.name, () => {
          const findings = findingsOf(one);
          const shown = findings
            .map(({ kind, path, message }) => `${kind} ${formatPath(path)}: ${message}`)
            .join("\n");
          if (one.expect === "clean" || one.expect === "not applicable") {
            assert.equal(shown, "");
            return;
          }
          const fitting = findings.filter(
            ({ kind, path, message }) =>
              kind === one.expect &&
              (one.at === undefined || formatPath(path) === one.at) &&
              (one.says === undefined || new RegExp(one.says).test(message)),
          );
          assert.ok(
            fitting.length > 0,
            `expected ${one.expect} at ${one.at} saying ${one.says}, but there is:\n${shown}`,
          );
          if (one.count !== undefined) assert.equal(findings.length, one.count, shown);
        });
      }
    });
  }

  it("has a rule for every file of cases", () => {
    const known = new Set(rules.map(({ id }) => id));
    assert.deepEqual(
      [...new Set(cases.map(({ rule }) => rule))].filter((id) => !known.has(id)),
      [],
    );
  });

  it("says the same through the policy SDK's own server as by itself", async () => {
    for (const one of cases) {
      if (one.before !== undefined || one.settings?.exemptions !== undefined || asleep.has(one.rule))
        continue;
      const rule = rules.filter(({ id }) => id === one.rule);
      const policies = policiesOf(rule);
      const stack = { true: "prod", false: "dev" }[String(one.settings?.production)] ?? "test";
      const { diagnostics, notApplicable } = await askServer(policies, one.resources, stack);
      const own = diagnostics.filter(({ policy }) => policy === one.rule);
      const where = `${one.rule}: ${one.name}`;
      if (Object.keys(one.settings ?? {}).some((key) => key !== "production")) continue;
      assert.equal(own.length, findingsOf(one).length, where);
      for (const finding of findingsOf(one))
        assert.ok(
          own.some(({ message }) => message.includes(finding.message)),
          where,
        );
      if (one.expect === "not applicable")
        assert.ok(notApplicable.has(one.rule), `${where}: not declared as such`);
      else assert.ok(!notApplicable.has(one.rule), `${where}: declared as not applicable`);
    }
  });
});
