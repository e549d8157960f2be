// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of Flux
import assert from "node:assert/strict";
import { hasPlaceholder, mayBeSame, sealed, unsealed } from "../../../policies/core/placeholder";
import type { Resource } from "../../../policies/core/resource";
import { UNKNOWN, Undecided } from "../../../policies/core/view";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";
import { rules } from "../../../policies/rules";
import { namesOf, schedule, specOf } from "./samples";

const isUnknown = (value: unknown) =>
  value === UNKNOWN || (typeof value === "string" && hasPlaceholder(value));

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
      assert.ok(isUnknown(specOf(`  x: ${text}`, "x")), text);
  });

  it("of other tools are unknown values too", () => {
    for (const text of [
      "$lower_case",
      "s3://$bucket/$path",
      '"###X###"',
      '"s3://##X##/db"',
      '"@@X@@"',
      "__BUCKET_NAME__",
      "gs://__BUCKET__/x",
      '"%SIZE%"',
      "((size))",
      "((/team/size))",
      '"#{SIZE}#"',
      "'[[ size ]]'",
      "'<%= size %>'",
      "<your-bucket>",
      "<your bucket>",
      "s3://<bucket>/db",
      "<path:secret/data/db#size>",
      "REPLACE_ME",
      "s3://CHANGE_ME/db",
      "YOUR_BUCKET",
      "s3://$(BUCKET)/db",
      "host all all __CIDR__ md5",
    ])
      assert.ok(isUnknown(specOf(`  x: ${text}`, "x")), text);
  });

  it("of other tools are told from what only looks like one", () => {
    for (const text of [
      "a##b",
      "__init__",
      "f((x)) is",
      "select '%ABC%'",
      "a < b and c > d",
      "log_line_prefix=%m [%p] %q%u@%d ",
      "md5",
      "0 0 3 * * *",
      "todo-db",
      "placeholder-db",
      "a@@b",
      "$1",
    ])
      assert.equal(specOf(`  x: '${text.replaceAll("'", "''")}'`, "x"), text);
  });

  it("in front of a colon an alias is a key, as Go's reader has it", () => {
    const text = "  a: &app x\n  m:\n    *app:\n      z: 1";
    assert.equal(specOf(text, "m", "x", "z"), 1);
  });

  it("keep what stands beside them", () => {
    assert.equal(unsealed(specOf("  x: gs://${A}/b-$c", "x") as string), "gs://${A}/b-$c");
    assert.equal(specOf("  x: gs://${A:-acme}/db", "x"), "gs://acme/db");
    assert.equal(specOf("  x: gs://${A}/db", "x"), specOf('  x: "gs://${A}/db"', "x"));
    assert.notEqual(specOf("  x: gs://${A}/db", "x"), specOf("  x: gs://${B}/db", "x"));
  });

  it("may be one, unless what stands beside them says otherwise", () => {
    const [a, b] = [sealed("${A}"), sealed("$B")];
    for (const [one, other, same] of [
      [a, "x", true],
      [a, b, true],
      [`${a}-db`, "orders-db", true],
      [`${a}-db`, "orders-store", false],
      [`x-${a}`, `y-${b}`, false],
      [`x-${a}`, `x-y-${b}`, true],
      [`${a}-x`, `${b}-y`, false],
      ["x", "y", false],
      ["x", "x", true],
    ] as const) {
      assert.equal(mayBeSame(one, other), same, `${unsealed(one)} ${unsealed(other)}`);
      assert.equal(mayBeSame(other, one), same, `${unsealed(other)} ${unsealed(one)}`);
    }
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
    assert.ok(isUnknown(specOf("  x: ${X:=}", "x")));
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
      assert.ok(
        value === UNKNOWN ? isUnknown(specOf(text, ...path)) : specOf(text, ...path) === value,
        path.join("."),
      );
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
    assert.ok(isUnknown(specOf("  x: $${X}${Y}", "x")));
    assert.equal(specOf("  x: ${X}\n  z: 1", "z"), 1);
    assert.deepEqual((specOf("  l: [a, '${X}']", "l") as string[]).map(isUnknown), [false, true]);
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

  it("of Helm between the lines make a template of the document: it is left out with one advisory finding", () => {
    const texts = [
      schedule("a", "{{- if .Values.x }}\n  suspend: true\n{{- end }}\n"),
      schedule("{{ .Values.name }}"),
      schedule("a", "  suspend: {{ .Values.suspend }}\n"),
      schedule("a", "  cluster:\n    {{- toYaml .Values.x | nindent 4 }}\n"),
      schedule("a", "  ${CLUSTER:+cluster:}\n    name: db\n   ${X}\n"),
      schedule("a", "{% if x %}\n  suspend: true\n{% endif %}\n"),
    ];
    const { resources, unreadable } = readText([...texts, schedule("b")].join("---\n"), "templates/x.yaml");
    assert.deepEqual(namesOf(resources), ["b"]);
    assert.deepEqual(
      unreadable.map(({ certain, origin }) => [certain, origin.line]),
      [[false, 1]],
    );
    assert.match(
      unreadable[0]?.message ?? "",
      /^can't be judged: templates\/x\.yaml can be read only when another tool has filled it in/,
    );
    const other = readText(
      "apiVersion: v1\nkind: Secret\n{{- if .Values.x }}\ndata: {}\n{{- end }}\n",
      "s.yaml",
    );
    assert.deepEqual(other.unreadable, []);
    assert.match(other.notes.join(), /^s\.yaml: a Helm template or one of another tool/);
  });

  it("of Helm within scalars and comments make no template of it", () => {
    for (const value of [
      "{{ if .Values.x }}a{{ end }}",
      "{% if x %}a{% endif %}",
      "{{- with .Values.x }}{{ toYaml . }}{{ end }}",
    ])
      for (const text of [`  x: "${value}"\n`, `  x: |\n    ${value}\n`, `  # ${value}\n`]) {
        const { resources, unreadable, notes } = readText(schedule("a", text));
        assert.deepEqual([namesOf(resources), unreadable, notes], [["a"], [], []], text);
      }
  });
});
