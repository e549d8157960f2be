// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of Flux
import assert from "node:assert/strict";
import { dump } from "js-yaml";
import { Judge } from "../../../policies/core/judge";
import { Resource } from "../../../policies/core/resource";
import { type Rule, resourceRule, stackRule } from "../../../policies/core/rule";
import { defaultSettings, readSettings } from "../../../policies/core/settings";
import { formatPath, UNKNOWN } from "../../../policies/core/view";
import { environmentsOf } from "../../../policies/lint/environments";
import { allRules, lint } from "../../../policies/lint/lint";
import { type ReadResult, readText } from "../../../policies/lint/read";
import { rules } from "../../../policies/rules";
import { allCases, UNKNOWN_TEXT } from "../cases";

const sixFields = allRules.filter(({ id }) => id === "cnpg-schedule-six-fields");
const wrongType = allRules.filter(({ id }) => id === "cnpg-wrong-type");
const schedule = (name: string, value: unknown) =>
  JSON.stringify({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "ScheduledBackup",
    metadata: { name },
    spec: { schedule: value },
  });
const facts = {
  title: "T.",
  severity: "high",
  tags: [],
  why: "W.",
  remedy: "R.",
  url: "https://example.com",
} as const;

const judged = ({ resources, unreadable }: ReadResult, rules: readonly Rule[] = allRules) =>
  lint(resources, { unreadable, rules });

/** Files of several names as one result. */
function readAll(files: Readonly<Record<string, string>>): ReadResult {
  const results = Object.entries(files).map(([file, text]) => readText(text, file));
  const [first] = results;
  assert.ok(first !== undefined);
  return { ...first, resources: results.flatMap(({ resources }) => resources) };
}

describe("linting", () => {
  it("reports values of another type than rules ask for, once each", () => {
    const { findings } = judged(readText(schedule("a", 5)), [...sixFields, ...wrongType]);
    assert.deepEqual(
      findings.map(({ rule, path, message, level }) => [rule.id, formatPath(path), message, level]),
      [["cnpg-wrong-type", "spec.schedule", "a number is there, where a text belongs.", "advisory"]],
    );
  });

  it("has no finding of a wrong type where a value is unknown or fits", () => {
    for (const value of ["${SCHEDULE}", "0 0 3 * * *", null])
      assert.deepEqual(
        judged(readText(schedule("a", value)), wrongType).findings.filter(({ kind }) => kind === "violation"),
        [],
      );
  });

  it("reports documents that can't be read where they stand, between the others", () => {
    const text = `${schedule("a", "0 3 * * *")}\n---\nkind: Cluster\napiVersion: postgresql.cnpg.io/v1\nspec: [\n---\n${schedule("b", "0 3 * * *")}`;
    const { findings } = judged(readText(text), [...sixFields, ...wrongType]);
    assert.deepEqual(
      findings.map(({ rule: { id } }) => id),
      ["cnpg-schedule-six-fields", "cnpg-unreadable", "cnpg-schedule-six-fields"],
    );
    assert.equal(findings[1]?.level, "mandatory");
  });

  it("takes levels and exemptions of both from the settings", () => {
    const { resources } = readText(schedule("a", 5));
    const settings = readSettings(
      {
        rules: { "cnpg-wrong-type": "mandatory", "cnpg-unreadable": "disabled" },
        exemptions: [{ rule: "cnpg-schedule-six-fields", resource: "a", reason: "It is only a test." }],
      },
      allRules,
    );
    const unreadable = [
      { origin: { file: "x.yaml", line: 3 }, message: "can't be read.", after: 0, certain: true },
    ];
    const { findings, notes } = lint(resources, {
      settings,
      rules: [...sixFields, ...wrongType],
      unreadable,
    });
    assert.deepEqual(
      findings.map(({ rule, level }) => [rule.id, level]),
      [["cnpg-wrong-type", "mandatory"]],
    );
    assert.match(notes.join(), /exemption of a from cnpg-schedule-six-fields is of no use/);
  });

  it("goes on when a rule fails, and tells which", () => {
    const broken = resourceRule({
      ...facts,
      id: "broken",
      types: ["ScheduledBackup.postgresql.cnpg.io"],
      judge: () => assert.fail("out of order"),
    });
    const { findings, faults } = judged(readText(schedule("a", "0 3 * * *"), "x.yaml"), [
      broken,
      ...sixFields,
    ]);
    assert.equal(findings.length, 1);
    assert.match(
      faults[0] ?? "",
      /^The rule broken failed on ScheduledBackup a \(x\.yaml:1\): .*out of order/,
    );
  });

  it("advises what production needs where nothing says what is production, and is silent in development", () => {
    const kept = rules.filter(({ id }) => id === "cnpg-database-kept");
    const levels = (namespace: string) =>
      judged(
        readText(
          `apiVersion: postgresql.cnpg.io/v1\nkind: Database\nmetadata: { name: d, namespace: ${namespace} }\nspec: { name: d, databaseReclaimPolicy: delete }\n`,
        ),
        kept,
      ).findings.map(({ level }) => level);
    assert.deepEqual(levels("shop-prod"), ["mandatory"]);
    assert.deepEqual(levels("shop"), ["advisory"]);
    assert.deepEqual(levels("shop-dev"), []);
  });

  it("notes that rules compare with Google Cloud only where something is kept there", () => {
    const notes = (configuration: string) =>
      judged(
        readText(
          `apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: { name: s }\nspec: { configuration: { ${configuration} } }\n---\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: c }\nspec: { instances: 1 }\n`,
        ),
      ).notes.join();
    assert.match(
      notes("destinationPath: 'gs://acme/x'"),
      /buckets and IAM of Google Cloud, which are not here/,
    );
    assert.equal(notes("destinationPath: 's3://acme/x'"), "");
  });

  it("takes no other name for a slip where the one that is asked for may be behind a placeholder", () => {
    const found = rules.filter(({ id }) => id === "barman-object-store-found");
    const store = (name: string) =>
      `apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: { name: "${name}", namespace: a }\nspec: { configuration: {} }\n---\n`;
    const cluster = `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: c, namespace: a }\nspec:\n  plugins: [{ name: barman-cloud.cloudnative-pg.io, parameters: { barmanObjectName: garage-immich } }]\n`;
    const said = (...names: string[]) =>
      judged(readText(names.map(store).join("") + cluster), found).findings.map(({ message }) => message);
    assert.match(
      said("garage-immihc").join(),
      /there is no ObjectStore "garage-immich" in a, but "garage-immihc"/,
    );
    assert.deepEqual(said("garage-immihc", "garage-${APP}"), []);
  });

  it("says the same of an object whether it was read from a text or not, in every case of every rule", () => {
    let compared = 0;
    for (const one of allCases()) {
      const [rule] = rules.filter(({ id }) => id === one.rule);
      const given = one.resources.filter(({ token }) => !token.startsWith("gcp:"));
      if (rule === undefined || given.length < one.resources.length) continue;
      const texts = given.map(({ inputs }) => dump(withUnknown(inputs, "ENC[AES256_GCM,data:x]")));
      const read = readText(texts.join("---\n"), "case.yaml");
      const where = `${one.rule}: ${one.name}\n${texts.join("---\n")}`;
      assert.deepEqual(read.unreadable, [], where);
      // Whatever a rule may look up has to be read, and not only what it judges.
      if (one.expect !== "not applicable") assert.equal(read.resources.length, given.length, where);
      const direct = read.resources.map(({ type, origin }, i) => {
        const value = withUnknown(given[i]?.inputs);
        return new Resource({ type, value, origin, place: "case.yaml" });
      });
      if (read.resources.length < given.length) continue;
      const settings = readSettings(one.settings, allRules);
      const said = (resources: readonly Resource[]) => {
        const { findings, faults } = lint(resources, { rules: [rule], settings });
        assert.deepEqual(faults, [], where);
        return findings.map(({ path, message, kind }) => `${kind} ${formatPath(path)}: ${message}`);
      };
      assert.deepEqual(said(read.resources), said(direct), where);
      compared++;
    }
    assert.ok(compared > 5);
  });
});

/** The value with every text that holds {@link UNKNOWN_TEXT} as an unknown one, or as what a reader takes for one. */
function withUnknown(value: unknown, unknown: unknown = UNKNOWN): unknown {
  if (typeof value === "string") return value.includes(UNKNOWN_TEXT) ? unknown : value;
  if (Array.isArray(value)) return value.map((inner) => withUnknown(inner, unknown));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withUnknown(inner, unknown)]));
}

describe("environments", () => {
  const pairs = stackRule({
    ...facts,
    id: "pairs",
    types: ["ScheduledBackup.postgresql.cnpg.io"],
    judge: ({ stack, report }) => {
      for (const backup of stack.ofType("ScheduledBackup.postgresql.cnpg.io"))
        if (stack.ofType("Secret").length === 0) report(backup, [], "has no Secret");
    },
  });
  const environments = (files: Readonly<Record<string, string>>) =>
    environmentsOf(readAll(files).resources).map((one) => one.map(({ origin }) => origin.file).join(" "));
  const secret = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } });
  const a = schedule("a", "@daily");
  const b = schedule("b", "@daily");

  it("are one as long as no object is there twice", () => {
    assert.deepEqual(environments({ "dev/a.yaml": a, "prod/b.yaml": b, "c.yaml": secret }), [
      "dev/a.yaml prod/b.yaml c.yaml",
    ]);
  });

  it("are the folders or files in which an object is defined again, with what is around them", () => {
    assert.deepEqual(
      environments({ "e/dev/a.yaml": a, "e/dev/b.yaml": b, "e/prod/a.yaml": a, "s.yaml": secret }),
      ["s.yaml e/dev/a.yaml e/dev/b.yaml", "s.yaml e/prod/a.yaml"],
    );
    assert.deepEqual(environments({ "one.yaml": a, "two.yaml": a, "b.yaml": b }), [
      "b.yaml one.yaml",
      "b.yaml two.yaml",
    ]);
    assert.deepEqual(
      environments({ "dev/eu/a.yaml": a, "dev/us/a.yaml": a, "dev/b.yaml": b, "prod/a.yaml": a }),
      ["dev/b.yaml dev/eu/a.yaml", "dev/b.yaml dev/us/a.yaml", "prod/a.yaml"],
    );
  });

  it("are not parted by objects of Kubernetes itself, or by an object that is twice in one file", () => {
    assert.equal(environments({ "a/n.yaml": secret, "b/n.yaml": secret, "c.yaml": a }).length, 1);
    assert.equal(environments({ "a.yaml": `${a}\n---\n${a}` }).length, 1);
  });

  it("have findings only where they hold, and of what is in several only what holds in all", () => {
    const files = { "dev/a.yaml": a, "dev/s.yaml": secret, "prod/a.yaml": a, "b.yaml": b };
    const found = (more: Readonly<Record<string, string>>) =>
      judged(readAll({ ...files, ...more }), [pairs]).findings.map(({ resource }) => resource.origin.file);
    assert.deepEqual(found({}), ["prod/a.yaml"]);
    assert.deepEqual(found({ "s.yaml": secret }), []);
  });

  it("don't make the work grow out of proportion", () => {
    const files: Record<string, string> = {};
    for (let i = 0; i < 300; i++) {
      files[`e${i}.yaml`] = a;
      files[`s${i}.yaml`] = schedule(`b-${i}`, "@daily");
    }
    const sizes = environmentsOf(readAll(files).resources).map(({ length }) => length);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 8 * 600);
  });
});

describe("what was before", () => {
  it("is found by the name, and among several by the file that is called most alike", () => {
    const texts: string[] = [];
    const rule: Rule = {
      ...facts,
      id: "change",
      scope: "change",
      types: ["ScheduledBackup.postgresql.cnpg.io"],
      judge: ({ before, view }) => {
        texts.push(`${before.view.text("spec", "schedule")} > ${view.text("spec", "schedule")}`);
      },
    };
    const before = readAll({ "old/dev/a.yaml": schedule("a", "d1"), "old/prod/a.yaml": schedule("a", "p1") });
    const now = readAll({
      "dev/a.yaml": schedule("a", "d2"),
      "prod/a.yaml": schedule("a", "p2"),
      "new.yaml": schedule("new", "n"),
    });
    lint(now.resources, { rules: [rule], before: before.resources });
    assert.deepEqual(texts, ["d1 > d2", "p1 > p2"]);
  });
});

describe("the judge", () => {
  it("is the same for the linter and for the policy pack", () => {
    const { resources } = readText(schedule("a", "0 3 * * *"));
    const [rule] = sixFields;
    const [resource] = resources;
    assert.ok(rule?.scope === "resource" && resource !== undefined);
    assert.deepEqual(
      new Judge(defaultSettings()).resource(rule, resource).map(({ message }) => message),
      lint(resources, { rules: sixFields }).findings.map(({ message }) => message),
    );
  });
});
