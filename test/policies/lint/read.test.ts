// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of Flux
import assert from "node:assert/strict";
import type { Resource } from "../../../policies/core/resource";
import { UNKNOWN, Undecided, type View } from "../../../policies/core/view";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";
import { rules } from "../../../policies/rules";

const schedule = (name: string, rest = "") =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata:\n  name: ${name}\nspec:\n  schedule: "0 0 3 * * *"\n${rest}`;
const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n";

const namesOf = (resources: readonly Resource[]) => resources.map(({ name }) => name);
/** The value behind a path, however it is written. */
const rawOf = (view: View) => (view as unknown as { value: unknown }).value;
const specOf = (text: string, ...path: string[]) => {
  const { resources, unreadable } = readText(
    `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec:\n${text}\n`,
  );
  assert.deepEqual(unreadable, []);
  return rawOf((resources[0] as Resource).view.at("spec", ...path));
};

describe("reading documents", () => {
  it("reads several documents of a file, and leaves out kinds that no rule knows", () => {
    const { resources, documents, notes } = readText(
      [schedule("a"), deployment, schedule("b")].join("---\n"),
    );
    assert.deepEqual(namesOf(resources), ["a", "b"]);
    assert.equal(documents, 3);
    assert.deepEqual(notes, []);
  });

  it("reads of Deployments the operator's alone", () => {
    const operator = deployment.replace("web", "cnpg, labels: { app.kubernetes.io/name: cloudnative-pg }");
    assert.deepEqual(namesOf(readText(`${deployment}---\n${operator}`).resources), ["cnpg"]);
  });

  it("reads Windows line ends, a byte order mark, UTF-16, and markers with comments", () => {
    const text = `# all\n--- # one\n${schedule("a")}...\n---\r\n${schedule("b").replaceAll("\n", "\r\n")}---\n`;
    for (const bytes of [
      Buffer.from(`\uFEFF${text}`),
      Buffer.from(`\uFEFF${text}`, "utf16le"),
      Buffer.from(`\uFEFF${text}`, "utf16le").swap16(),
    ])
      assert.deepEqual(namesOf(readText(bytes).resources), ["a", "b"]);
  });

  it("takes a marker in a block for the end of the document, and no other dashes", () => {
    const { resources, unreadable } = readText(
      `${schedule("a", "  x: |\n    ---\n    more\n  y: ----\n")}---\n${schedule("b")}`,
    );
    assert.deepEqual(namesOf(resources), ["a", "b"]);
    assert.deepEqual(unreadable, []);
  });

  it("reads the items of lists, whatever the list is called", () => {
    const items = ["a", "b"].map((name) => ({
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "ScheduledBackup",
      metadata: { name },
    }));
    const list = {
      apiVersion: "v1",
      kind: "List",
      items: [...items, { apiVersion: "apps/v1", kind: "Deployment" }],
    };
    assert.deepEqual(namesOf(readText(JSON.stringify(list)).resources), ["a", "b"]);
    const own = {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "ScheduledBackupList",
      items: [{ metadata: { name: "c" } }, "no object", null],
    };
    const { resources } = readText(JSON.stringify(own, undefined, 2));
    assert.deepEqual(
      resources.map(({ called }) => called),
      ["ScheduledBackup c"],
    );
  });

  it("reads JSON, and YAML in flow style at any indentation", () => {
    const flow = "{apiVersion: postgresql.cnpg.io/v1,\nkind: Cluster, metadata: {\nname: flow\n}}";
    assert.deepEqual(namesOf(readText(flow).resources), ["flow"]);
    assert.equal(specOf('  a: {\n    b: "x\n  y",\n  }\n  c: [\n1\n]', "a", "b"), "x y");
  });

  it("reads scalars as the API server does", () => {
    const of = (text: string) => specOf(`  x: ${text}`, "x");
    for (const [text, value] of [
      ["on", true],
      ["No", false],
      ["'on'", "on"],
      ["0755", 493],
      ["0o17", 15],
      ["0x1F", 31],
      ["1_000", 1000],
      ["-08", -8],
      ["1e3", 1000],
      [".5", 0.5],
      ["~", null],
      ["12:30", "12:30"],
      ["2026-01-31", "2026-01-31"],
      ["2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"],
      ["!!str 1", "1"],
      ["30d", "30d"],
      ["0 0 3 * * *", "0 0 3 * * *"],
    ] as const)
      assert.equal(of(text), value, text);
  });

  it("follows anchors, aliases and merge keys", () => {
    const text = "  base: &base { a: 1, b: 2 }\n  other: { <<: *base, b: 3 }\n  same: *base";
    assert.deepEqual(specOf(text, "other"), { a: 1, b: 3 });
    assert.deepEqual(specOf(text, "same"), { a: 1, b: 2 });
  });

  it("keeps what a tag of another tool hides as unknown", () => {
    assert.equal(specOf("  x: !vault secret/db", "x"), UNKNOWN);
    assert.equal(specOf("  x: !reference [a, b]", "x"), UNKNOWN);
    assert.equal(specOf("  x: !Sub { a: b }", "x"), UNKNOWN);
  });
});

describe("placeholders", () => {
  it("are unknown values, wholly or partly", () => {
    for (const text of [
      "${X}",
      '"${X}"',
      "db-${X}-1",
      "'{{ X }}'",
      '"a{{X}}b"',
      "${A}${B:=1}",
      "${A:0:3}",
      "a${A%%-*}",
      "$(NAME)",
      "$NAME",
      "db-$NAME-1",
      "s3://$BUCKET/db",
      "ENC[AES256_GCM,data:x]",
    ])
      assert.equal(specOf(`  x: ${text}`, "x"), UNKNOWN, text);
  });

  it("are no quotes of SQL, numbered parameters, or parts of words", () => {
    for (const text of ["DO $BODY$ x $BODY$", "f($1, $2)", "a$WORD", "\\\\$NAME", "costs $5", "$AB"])
      assert.equal(specOf(`  x: '${text}'`, "x"), text);
  });

  it("have the value of their default where they are the whole value", () => {
    assert.equal(specOf("  x: ${X:=3}", "x"), 3);
    assert.equal(specOf("  x: ${X:=yes}", "x"), true);
    assert.equal(specOf('  x: "${X:=3}"', "x"), "3");
    assert.equal(specOf("  x: ${X:-gs://acme}", "x"), "gs://acme");
    assert.equal(specOf("  x: ${X:=}", "x"), UNKNOWN);
  });

  it("are unknown values also where the text is no YAML before they are filled in", () => {
    const text = "  a: { b: ${X}, c: 1 }\n  d: {{ name }}\n  e: 'x{{ name }}'\n  f: 2";
    for (const [path, value] of [
      [["a", "b"], UNKNOWN],
      [["a", "c"], 1],
      [["d"], UNKNOWN],
      [["e"], UNKNOWN],
      [["f"], 2],
    ] as const)
      assert.equal(specOf(text, ...path), value, path.join("."));
  });

  it("in a key may be any key that they fit, and hide no other", () => {
    const text =
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: c }\nspec:\n  x:\n    "${KEY}": 1\n    a: 2\n' +
      '  d: { "${DOMAIN}/tier": 1 }\n  z: { "${KEY:=b}": 3 }\n  s: { "$${KEY}": 4 }\n';
    const { view } = readText(text).resources[0] as Resource;
    const at = (...path: string[]) => view.at("spec", ...path);
    assert.equal(at("x", "a").number(), 2);
    assert.deepEqual(at("x").knownKeys(), ["a"]);
    assert.throws(() => at("x").keys(), Undecided);
    assert.throws(() => at("x", "b").number(), Undecided);
    assert.equal(at("d", "acme.io/tier").unknown, true);
    assert.equal(at("d", "acme.io/other").exists, false);
    assert.deepEqual(at("z").keys(), ["b"]);
    assert.deepEqual(at("s").keys(), ["$${KEY}"]);
    const bare = readText(schedule("a", "  f: { ${KEY}: 5 }\n")).resources[0] as Resource;
    assert.equal(bare.view.at("spec", "f", "b").unknown, true);
  });

  it("in a key make no finding of what is not there", () => {
    const cluster = (spec: string) =>
      readText(
        `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: c }\nspec:\n  instances: 3\n${spec}`,
      );
    for (const [spec, expected] of [
      ['  postgresql: { parameters: { "${PARAM}": x, work-mem: 1 } }\n', ["cnpg-parameter-known"]],
      ['  "${FIELD}": x\n', []],
      ['  postgresql: { parameters: { "pg_${X}": x } }\n', []],
    ] as const) {
      const { findings } = lint(cluster(spec).resources, {
        rules: rules.filter(({ severity }) => severity !== "low" && severity !== "medium"),
      });
      const said = findings.filter(
        ({ kind, path }) => kind === "violation" && /\$|parameters/.test(path.join()),
      );
      assert.deepEqual(
        said.map(({ rule }) => rule.id),
        expected,
      );
    }
  });

  it("are none where CNPG has the same braces for something of its own", () => {
    const line = "host all all ${podselector:app} scram-sha-256";
    assert.equal(specOf(`  x: ${line}`, "x"), line);
  });

  it("are none when they are escaped, and leave the values beside them known", () => {
    assert.equal(specOf("  x: $${X}", "x"), "$${X}");
    assert.equal(specOf("  x: $${X}${Y}", "x"), UNKNOWN);
    assert.equal(specOf("  x: ${X}\n  z: 1", "z"), 1);
    assert.deepEqual(specOf("  l: [a, '${X}']", "l"), ["a", UNKNOWN]);
  });

  it("are none where the object's own template language has braces", () => {
    const text =
      "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\nspec:\n  target:\n    template:\n      data:\n        u: '{{ if .u }}{{ .u }}{{ end }}'\n  x: '{{ .Values.x }}'\n";
    const { resources, notes } = readText(text);
    const { view } = resources[0] as Resource;
    assert.equal(view.text("spec", "target", "template", "data", "u"), "{{ if .u }}{{ .u }}{{ end }}");
    assert.ok(view.at("spec", "x").unknown, "a value that Helm fills in");
    assert.deepEqual(notes, []);
    const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\ndata:\n  x: |\n    {{ define "x" }}{{ .y }}{{ end }}\n`;
    assert.equal(readText(map).resources[0]?.view.text("data", "x"), '{{ define "x" }}{{ .y }}{{ end }}\n');
  });

  it("of Helm between the lines make a template of the document: it is left out with a note", () => {
    for (const template of [
      schedule("a", "{{- if .Values.x }}\n  suspend: true\n{{- end }}\n"),
      schedule("{{ .Values.name }}"),
      schedule("a", "  suspend: {{ .Values.suspend }}\n"),
      schedule("a", "# {{- if .Values.x }}\n  suspend: true\n# {{- end }}\n"),
      schedule("a", "  cluster:\n    {{- toYaml .Values.x | nindent 4 }}\n"),
    ]) {
      const { resources, notes, unreadable } = readText(
        `${template}---\n${schedule("b")}`,
        "templates/x.yaml",
      );
      assert.deepEqual(namesOf(resources), ["b"]);
      assert.deepEqual(unreadable, []);
      assert.match(notes.join(), /^templates\/x\.yaml is a Helm template; render it first: helm template/);
    }
  });
});

describe("documents that can't be read", () => {
  const good = schedule("good");
  const cases: Readonly<Record<string, { text: string; line: number; says: RegExp }>> = {
    "tabs as indentation": { text: schedule("a", "\tx: 1\n"), line: 7, says: /tab characters/ },
    "an open bracket": { text: schedule("a", "  x: [1\n"), line: 8, says: /flow collection/ },
    "an unknown alias": { text: schedule("a", "  x: *nope\n"), line: 7, says: /unidentified alias/ },
    "a cycle of aliases": {
      text: schedule("a", "  x: &x\n    y: *x\n"),
      line: 1,
      says: /within what it stands for/,
    },
    "a key that is there twice": {
      text: schedule("a", "  schedule: x\n"),
      line: 7,
      says: /twice in one map/,
    },
    "aliases that expand without end": {
      text: schedule(
        "a",
        `  a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${Array.from({ length: 9 }, (_, i) => `  a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]\n`).join("")}`,
      ),
      line: 1,
      says: /more than \d+ values/,
    },
    "a map as a key, as braces with a blank between them make one": {
      text: schedule("a", "  x: { { .Values.x } }\n"),
      line: 7,
      says: /^can't be read: a key of a map is a map or a list itself\. /,
    },
    "nesting without end": {
      text: schedule("a", `  x: ${"[".repeat(5000)}\n`),
      line: 7,
      says: /nest|maxDepth/,
    },
    "a control character": { text: schedule("a", "  x: \u0007\n"), line: 7, says: /non-printable/ },
    "broken JSON": {
      text: '{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster",\n "spec": }}\n',
      line: 2,
      says: /read/,
    },
  };
  for (const [what, { text, line, says }] of Object.entries(cases))
    it(`names file and line of ${what}, and reads the others`, () => {
      const { resources, unreadable } = readText(`${good}---\n${text}---\n${good}`, "x.yaml");
      assert.equal(resources.filter(({ name }) => name === "good").length, 2);
      assert.equal(unreadable.length, 1);
      const [{ origin, message } = { origin: {}, message: "" }] = unreadable;
      assert.equal(origin.file, "x.yaml");
      assert.match(message, says);
      assert.equal(origin.line, 7 + line);
    });

  it("still judges an object with a key that is there twice, as kubectl does", () => {
    const { resources } = readText(schedule("a", "  schedule: last\n"));
    assert.equal(resources[0]?.view.text("spec", "schedule"), "last");
  });

  it("says so of bytes that are no UTF-8", () => {
    const bytes = Buffer.concat([
      Buffer.from(schedule("good")),
      Buffer.from("---\n"),
      Buffer.from(schedule("b\xe4r"), "latin1"),
    ]);
    const { resources, unreadable } = readText(bytes);
    assert.deepEqual(namesOf(resources), ["good"]);
    assert.match(unreadable[0]?.message ?? "", /not UTF-8/);
    assert.equal(unreadable[0]?.origin.line, 7);
  });

  it("ignores broken documents of kinds that no rule knows, and empty ones", () => {
    for (const text of [
      "",
      "\n",
      "---\n---\n",
      "# kind: Cluster\n",
      `${deployment}  x: [`,
      "kind: [",
      "a: b\n---\n- kind: Cluster\n",
    ]) {
      const { resources, unreadable } = readText(text);
      assert.deepEqual([resources.length, unreadable.length], [0, 0], text);
    }
  });
});
