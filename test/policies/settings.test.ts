import assert from "node:assert/strict";
import { Judge } from "../../policies/core/judge";
import { isProduction } from "../../policies/core/production";
import { Resource } from "../../policies/core/resource";
import { levelOf, type Severity, undecidedLevel } from "../../policies/core/rule";
import {
  covers,
  defaultSettings,
  levelUnder,
  parametersUnder,
  readSettings,
  SettingsError,
} from "../../policies/core/settings";
import { rules } from "../../policies/rules";

const problemsOf = (given: unknown): readonly string[] => {
  try {
    readSettings(given, rules);
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems;
  }
};

const resource = (metadata: Record<string, unknown> = {}, place = "") =>
  new Resource({
    type: "Cluster.postgresql.cnpg.io",
    value: { metadata: { name: "orders-db", namespace: "orders", ...metadata } },
    origin: { urn: "urn:pulumi:dev::p::kubernetes:postgresql.cnpg.io/v1:Cluster::dev/orders-db" },
    place,
  });

const exemption = { rule: "cnpg-fsync", resource: "orders/*", reason: "A throw-away cluster." };

describe("settings of the policies", () => {
  it("are the recommended pack when nothing is set", () => {
    for (const nothing of [undefined, null, {}]) {
      const { pack, exemptions, rules: set } = readSettings(nothing, rules);
      assert.deepEqual({ pack, exemptions, set }, { pack: "recommended", exemptions: [], set: {} });
    }
  });

  it("name every problem, with its path", () => {
    const problems = problemsOf({
      pack: "harsh",
      prod: true,
      production: [1],
      rules: {
        "cnpg-typo": "advisory",
        "cnpg-fsync": "forbidden",
        "cnpg-instances": { minimum: "two", most: 3 },
      },
      exemptions: [
        "all",
        { rule: "cnpg-typo", resource: "", reason: "short", expires: "2027-13-01", why: "" },
      ],
    });
    for (const start of [
      "prod: unknown",
      'pack: "harsh"; one of recommended, strict, advisory',
      "production: true, false, or a list of words",
      "rules.cnpg-typo: there is no such rule",
      'rules.cnpg-fsync.level: "forbidden"; one of mandatory, advisory, disabled',
      'rules.cnpg-instances.minimum: "two"; a number',
      "rules.cnpg-instances.most: unknown; this rule has minimum",
      "exemptions[0]: a map",
      "exemptions[1].why: unknown",
      'exemptions[1].rule: "cnpg-typo": there is no such rule',
      'exemptions[1].resource: ""',
      'exemptions[1].reason: "short"',
      'exemptions[1].expires: "2027-13-01"',
    ])
      assert.ok(
        problems.some((problem) => problem.startsWith(start)),
        `${start}\n${problems.join("\n")}`,
      );
    assert.equal(problems.length, 13, problems.join("\n"));
  });

  it("are refused where they are no map", () => {
    for (const given of ["strict", ["strict"], 3]) assert.equal(problemsOf(given).length, 1);
    assert.match(problemsOf({ rules: [] }).join(), /^rules: a map/);
    assert.match(problemsOf({ exemptions: {} }).join(), /^exemptions: a list/);
  });

  it("need a reason for an exemption", () => {
    assert.match(problemsOf({ exemptions: [{ ...exemption, reason: undefined }] }).join(), /reason: missing/);
    assert.match(problemsOf({ exemptions: [{ ...exemption, reason: "         x" }] }).join(), /reason/);
  });

  it("take the last day of an exemption as text or as YAML's date", () => {
    for (const expires of ["2027-01-31", new Date("2027-01-31")])
      assert.equal(
        readSettings({ exemptions: [{ ...exemption, expires }] }, rules).exemptions[0]?.expires,
        "2027-01-31",
      );
  });

  it("match an exemption by name, namespace and name, kind and URN, with * for any text, and nothing else", () => {
    const covered = (pattern: string) => covers({ ...exemption, resource: pattern }, resource());
    for (const pattern of [
      "orders-db",
      "orders/orders-db",
      "orders/*",
      "*-db",
      "Cluster orders/orders-db",
      "urn:pulumi:dev::*::dev/orders-db",
      "*",
    ])
      assert.ok(covered(pattern), pattern);
    for (const pattern of ["orders", "orders-d", "order./orders-db", "billing/*", "rders-db", "ORDERS/*"])
      assert.ok(!covered(pattern), pattern);
  });

  it("end an exemption after its last day, and tell which ones are of no use", () => {
    const rule = rules.find(({ id }) => id === "cnpg-fsync");
    assert.ok(rule?.scope === "resource");
    const off = new Resource({
      type: "Cluster.postgresql.cnpg.io",
      value: {
        metadata: { name: "orders-db", namespace: "orders" },
        spec: { postgresql: { parameters: { fsync: "off" } } },
      },
      origin: {},
    });
    const judged = (expires: string) => {
      const settings = { ...defaultSettings(), today: "2027-01-31", exemptions: [{ ...exemption, expires }] };
      const judge = new Judge(settings);
      const exempted = judge.resource(rule, off).every((finding) => finding.exemption !== undefined);
      return { exempted, idle: judge.idleExemptions().map(({ message }) => message) };
    };
    assert.deepEqual(judged("2027-01-31"), { exempted: true, idle: [] });
    const ended = judged("2027-01-30");
    assert.equal(ended.exempted, false);
    assert.match(ended.idle.join(), /ended on 2027-01-30/);
    const unused = new Judge({ ...defaultSettings(), exemptions: [exemption] });
    assert.match(unused.idleExemptions()[0]?.message ?? "", /is of no use: take it away/);
  });

  it("take for production what a whole word of stack, namespace or label says", () => {
    const settings = defaultSettings();
    assert.ok(isProduction(settings, resource({}, "prod")));
    assert.ok(isProduction(settings, resource({}, "acme-prod-eu")));
    assert.ok(isProduction(settings, resource({ namespace: "live" })));
    assert.ok(isProduction(settings, resource({ labels: { environment: "Production" } })));
    assert.ok(isProduction(settings, resource({ labels: { "app.kubernetes.io/environment": "prd" } })));
    for (const place of ["dev", "product", "reproduction", "delivery", "alive"])
      assert.ok(!isProduction(settings, resource({}, place)), place);
    assert.ok(!isProduction({ ...settings, production: ["gold"] }, resource({}, "prod")));
    assert.ok(isProduction({ ...settings, production: ["gold"] }, resource({ namespace: "shop-gold" })));
    assert.ok(isProduction({ ...settings, production: true }, resource()));
    assert.ok(!isProduction({ ...settings, production: false }, resource({}, "prod")));
  });

  it("take levels from a rule's own setting, and otherwise from the pack", () => {
    const [rule] = rules.filter(({ id }) => id === "cnpg-fsync");
    assert.ok(rule);
    assert.equal(levelUnder(readSettings({}, rules), rule), levelOf(rule, "recommended"));
    assert.equal(levelUnder(readSettings({ pack: "advisory" }, rules), rule), "advisory");
    const own = readSettings({ pack: "advisory", rules: { "cnpg-fsync": "mandatory" } }, rules);
    assert.equal(levelUnder(own, rule), "mandatory");
    const map = readSettings({ rules: { "cnpg-fsync": { level: "disabled" } } }, rules);
    assert.equal(levelUnder(map, rule), "disabled");
  });

  it("make what is critical or high mandatory in the recommended pack, and in the strict one all but low", () => {
    const levels = (severity: Severity) => {
      const facts = { severity } as Parameters<typeof levelOf>[0];
      return [levelOf(facts, "recommended"), levelOf(facts, "strict"), levelOf(facts, "advisory")];
    };
    assert.deepEqual(levels("critical"), ["mandatory", "mandatory", "advisory"]);
    assert.deepEqual(levels("high"), ["mandatory", "mandatory", "advisory"]);
    assert.deepEqual(levels("medium"), ["advisory", "mandatory", "advisory"]);
    assert.deepEqual(levels("low"), ["advisory", "advisory", "advisory"]);
  });

  it("let only critical rules stop for what they can't decide, and no rule that is disabled speak", () => {
    const facts = (severity: Severity) => ({ severity }) as Parameters<typeof levelOf>[0];
    assert.equal(undecidedLevel(facts("critical"), "mandatory"), "mandatory");
    assert.equal(undecidedLevel(facts("critical"), "advisory"), "advisory");
    assert.equal(undecidedLevel(facts("high"), "mandatory"), "advisory");
    assert.equal(undecidedLevel(facts("low"), "disabled"), "disabled");
  });

  it("fill in the defaults of parameters that are not set", () => {
    const rule = rules.find(({ id }) => id === "cnpg-postgres-supported");
    assert.ok(rule);
    const set = readSettings({ rules: { "cnpg-postgres-supported": { oldest: 16 } } }, rules);
    assert.deepEqual(parametersUnder(set, rule), {
      oldest: 16,
      newest: rule.parameters?.newest?.default,
    });
  });
});
