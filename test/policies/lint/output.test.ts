import assert from "node:assert/strict";
import { allRules, lint } from "../../../policies/lint/lint";
import { formatGithub } from "../../../policies/lint/output/github";
import { formatJson, type JsonReport } from "../../../policies/lint/output/json";
import { entriesOf, type Report } from "../../../policies/lint/output/report";
import { formatSarif } from "../../../policies/lint/output/sarif";
import { formatText } from "../../../policies/lint/output/text";
import { readText } from "../../../policies/lint/read";

const rules = allRules.filter(({ id }) =>
  ["cnpg-schedule-six-fields", "cnpg-wrong-type", "cnpg-unreadable"].includes(id),
);

const schedule = (name: string, value: string) =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: ${name}, namespace: orders }\nspec:\n  schedule: ${value}\n`;

function reportOf(text: string, file = "deploy/back ups,100%.yaml"): Report {
  const { resources, unreadable, files, documents } = readText(text, file);
  const { findings } = lint(resources, { unreadable, rules });
  const entries = entriesOf(findings);
  return {
    entries,
    suppressed: [],
    notes: ["One note."],
    rules,
    files,
    documents,
    objects: resources.length,
    version: "1.2.3",
  };
}

const mixed = [
  schedule("a", '"0 3 * * *"'),
  schedule("b", "5"),
  schedule("c", '"0 3 * *"'),
  schedule("d", '"0 4 * * *"'),
  schedule("e", '"$' + '{X}"'),
  "kind: Cluster\napiVersion: postgresql.cnpg.io/v1\nspec: [\n",
].join("---\n");

/** A value that would be a command of a terminal and of GitHub. */
const evil = schedule("a", '"\\e[31m 3 * *\\n::error::x"');

describe("the report as text", () => {
  const text = formatText(reportOf(mixed), false);

  it("groups findings by file, with line, level, object, rule, path and message", () => {
    assert.match(
      text,
      /^deploy\/back ups,100%\.yaml\n {3}5 {2}mandatory {2}ScheduledBackup orders\/a {2}cnpg-schedule-six-fields \(high\)\n {6}spec\.schedule: "0 3 \* \* \*" has five fields/,
    );
    assert.match(text, /Can't be judged: spec\.schedule is a placeholder\./);
    assert.match(
      text,
      /\n3 mandatory and 2 advisory findings: 5 objects judged, of 6 documents in 1 file\. --fix mends 3\.\n$/,
    );
  });

  it("says what to do once for each rule", () => {
    assert.equal(text.split("Write seconds first, as in").length, 2);
    assert.equal(text.split("has five fields").length, 3);
  });

  it("has colours only if asked, and never commands for the terminal from a value", () => {
    assert.ok(!text.includes("\u001b"));
    assert.ok(formatText(reportOf(mixed), true).includes("\u001b[31mmandatory"));
    assert.ok(!formatText(reportOf(evil), false).includes("\u001b"));
  });

  it("says so if there is nothing to say", () => {
    assert.equal(
      formatText(reportOf(schedule("a", '"@daily"')), false),
      "No findings: 1 object judged, of 1 document in 1 file.\n",
    );
  });
});

describe("the report as JSON", () => {
  it("has the documented shape", () => {
    const report = JSON.parse(formatJson(reportOf(mixed))) as JsonReport;
    assert.deepEqual(Object.keys(report), ["version", "summary", "findings", "suppressed", "notes"]);
    assert.equal(report.version, 1);
    assert.deepEqual(report.summary, { mandatory: 3, advisory: 2, files: 1, documents: 6, objects: 5 });
    assert.deepEqual(report.notes, ["One note."]);
    const [first] = report.findings;
    const { title, remedy, url, fingerprint, ...rest } = first ?? assert.fail();
    assert.match(fingerprint, /^[0-9a-f]{32}$/);
    assert.ok([title, remedy, url].every((text) => typeof text === "string" && text.length > 10));
    assert.deepEqual(rest, {
      rule: "cnpg-schedule-six-fields",
      severity: "high",
      level: "mandatory",
      kind: "violation",
      file: "deploy/back ups,100%.yaml",
      line: 5,
      object: { type: "ScheduledBackup.postgresql.cnpg.io", namespace: "orders", name: "a" },
      path: "spec.schedule",
      message: '"0 3 * * *" has five fields, so CNPG takes the first one for seconds. Write "0 0 3 * * *".',
      fixable: true,
    });
    assert.deepEqual(
      report.findings.map(({ kind, line }) => [kind, line]),
      [
        ["violation", 5],
        ["violation", 11],
        ["violation", 23],
        ["undecided", 29],
        ["violation", 34],
      ],
    );
    assert.equal(report.findings.at(-1)?.object, undefined);
  });
});

interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly semanticVersion: string;
        readonly rules: readonly SarifRule[];
      };
    };
    readonly columnKind: string;
    readonly results: readonly SarifResult[];
  }[];
}
interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly helpUri: string;
  readonly defaultConfiguration: { readonly level: string };
  readonly properties: { readonly tags: readonly string[] };
}
interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
    readonly logicalLocations?: readonly { readonly fullyQualifiedName: string; readonly kind: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

describe("the report as SARIF", () => {
  const sarifOf = (text: string, file?: string) => JSON.parse(formatSarif(reportOf(text, file))) as Sarif;
  const levels = ["none", "note", "warning", "error"];

  it("is a log of version 2.1.0 with one run and its rules", () => {
    const { $schema, version, runs } = sarifOf(mixed);
    assert.match($schema, /sarif-2\.1\.0/);
    assert.equal(version, "2.1.0");
    assert.equal(runs.length, 1);
    const driver = runs[0]?.tool.driver ?? assert.fail();
    assert.equal(driver.name, "cnpg-lint");
    assert.match(driver.semanticVersion, /^\d+\.\d+\.\d+$/);
    assert.equal(new Set(driver.rules.map(({ id }) => id)).size, driver.rules.length);
    for (const rule of driver.rules) {
      for (const text of [
        rule.id,
        rule.name,
        rule.shortDescription.text,
        rule.fullDescription.text,
        rule.help.text,
      ])
        assert.ok(typeof text === "string" && text.length > 0, rule.id);
      assert.match(rule.name, /^[A-Z]\w+$/);
      assert.match(rule.help.markdown, /\]\(https:/);
      assert.ok(URL.canParse(rule.helpUri), rule.helpUri);
      assert.ok(levels.includes(rule.defaultConfiguration.level));
      assert.ok(Array.isArray(rule.properties.tags));
    }
  });

  it("has results that name their rule, level, place and a fingerprint of their own", () => {
    const [run] = sarifOf(mixed).runs;
    const { results, tool } = run ?? assert.fail();
    assert.deepEqual(
      results.map(({ level }) => level),
      ["error", "warning", "error", "note", "error"],
    );
    for (const { ruleId, ruleIndex, message, locations } of results) {
      assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
      assert.ok(message.text.length > 10);
      const [location] = locations;
      const { artifactLocation, region } = location?.physicalLocation ?? assert.fail();
      assert.equal(artifactLocation.uri, "deploy/back%20ups%2C100%25.yaml");
      assert.ok(Number.isInteger(region.startLine) && region.startLine >= 1);
      for (const { kind, fullyQualifiedName } of location?.logicalLocations ?? []) {
        assert.equal(kind, "object");
        assert.match(fullyQualifiedName, /^ScheduledBackup orders\/\w/);
      }
    }
    const fingerprints = results.map(({ partialFingerprints }) => partialFingerprints["cnpgLint/v1"]);
    assert.equal(new Set(fingerprints).size, results.length);
  });

  it("keeps fingerprints when lines move", () => {
    const fingerprints = (text: string) =>
      (sarifOf(text).runs[0]?.results ?? []).map(({ partialFingerprints }) => partialFingerprints);
    assert.deepEqual(fingerprints(`# more\n\n${mixed}`), fingerprints(mixed));
  });

  it("writes paths as URIs", () => {
    const uriOf = (file: string) =>
      sarifOf(schedule("a", '"0 3 * * *"'), file).runs[0]?.results[0]?.locations[0]?.physicalLocation
        .artifactLocation.uri;
    assert.equal(uriOf("-"), "stdin");
    assert.equal(uriOf("/tmp/ä b.yaml"), "file:///tmp/%C3%A4%20b.yaml");
    assert.equal(uriOf("C:/deploy/a.yaml"), "file:///C:/deploy/a.yaml");
  });
});

describe("the report as commands of GitHub", () => {
  it("has one annotation for each finding, with everything escaped", () => {
    const lines = formatGithub(reportOf(mixed)).trim().split("\n");
    assert.equal(lines.length, 6);
    assert.match(
      lines[0] ?? "",
      /^::error file=deploy\/back ups%2C100%25\.yaml,line=5,title=cnpg-schedule-six-fields::ScheduledBackup orders\/a: spec\.schedule: "0 3 \* \* \*" has five fields.*%0AWrite seconds first/,
    );
    assert.match(lines[1] ?? "", /^::warning .*title=cnpg-wrong-type::/);
    assert.match(lines[3] ?? "", /^::notice /);
    assert.match(lines[5] ?? "", /^3 mandatory and 2 advisory findings/);
  });

  it("lets no value begin a command of its own", () => {
    const lines = formatGithub(reportOf(evil)).trim().split("\n");
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /%0A::error::x/);
  });

  it("names no file for the standard input", () => {
    assert.match(
      formatGithub(reportOf(schedule("a", '"0 3 * * *"'), "-")),
      /^::error title=cnpg-schedule-six-fields::/,
    );
  });
});
