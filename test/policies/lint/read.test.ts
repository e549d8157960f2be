// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of Flux
import assert from "node:assert/strict";
import { UNKNOWN } from "../../../policies/core/view";
import { readText } from "../../../policies/lint/read";
import { deployment, namesOf, schedule, specOf } from "./samples";

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
