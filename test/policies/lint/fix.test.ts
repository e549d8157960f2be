import assert from "node:assert/strict";
import fc from "fast-check";
import { load } from "js-yaml";
import type { Finding } from "../../../policies/core/judge";
import type { Fix } from "../../../policies/core/rule";
import { fixText } from "../../../policies/lint/fix/apply";
import { edit } from "../../../policies/lint/fix/edit";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";
import { rules } from "../../../policies/rules";

const six = rules.filter(({ id }) => id === "cnpg-schedule-six-fields");

function fixed(text: string, only = rules) {
  const { resources, unreadable } = readText(text, "x.yaml");
  const { findings } = lint(resources, { unreadable, rules: only });
  return fixText(text, "x.yaml", findings);
}

/** The text after one change, or why there is none. */
function edited(text: string, fix: Fix): string {
  const result = edit(text, fix);
  return "refused" in result ? `refused: ${result.refused}` : result.text;
}

const backup = (schedule: string) =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: db }\nspec:\n  ${schedule}\n`;

describe("--fix", () => {
  it("leaves every byte around the changed value as it was, in whatever layout", () => {
    const blank = fc.constantFrom("", " ", "  ");
    const comment = fc.constantFrom("", " # nightly", "   # ünïcode: {not} [a] 'value'");
    const eol = fc.constantFrom("\n", "\r\n");
    const quote = fc.constantFrom("", "'", '"');
    const around = fc.array(
      fc.constantFrom(
        "# a comment",
        "",
        "kind: ConfigMap\napiVersion: v1\ndata: {a: 'b'}",
        "x: |\n  --- y\n\n",
      ),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(
        fc.record({
          blank,
          comment,
          eol,
          quote,
          before: around,
          after: around,
          indent: fc.integer({ min: 1, max: 6 }),
        }),
        fc.constantFrom("lines", "flow", "json", "list"),
        (drawn, layout) => {
          const { quote: q, indent } = drawn;
          const pad = " ".repeat(indent);
          const value = (schedule: string) =>
            ({
              lines: `${pad}schedule: ${drawn.blank}${q}${schedule}${q}${drawn.comment}\n${pad}method: plugin`,
              flow: `${pad}{ method: plugin,${drawn.blank} schedule: ${q || "'"}${schedule}${q || "'"} }${drawn.comment}`,
              json: `${pad}{"schedule":${drawn.blank} "${schedule}", "method": "plugin"}`,
              list: "",
            })[layout] ?? "";
          const object = (schedule: string, at: string) =>
            `${at}apiVersion: postgresql.cnpg.io/v1\n${at}kind: ScheduledBackup # k\n${at}metadata: { name: db }\n${at}spec:\n${(value(schedule) || `${pad}schedule: ${q}${schedule}${q}`).replaceAll(/^/gm, at)}\n`;
          const whole = (schedule: string) =>
            (layout === "list"
              ? `apiVersion: v1\nkind: List\nitems:\n- ${object("0 0 1 * * *", "  ").trimStart()}- ${object(schedule, "  ").trimStart()}`
              : object(schedule, "")
            ).replaceAll("\n", drawn.eol);
          const file = (schedule: string) =>
            [...drawn.before, whole(schedule), ...drawn.after].join(`${drawn.eol}---${drawn.eol}`);
          const { text, changes, notes } = fixed(file("0 3 * * *"), six);
          assert.deepEqual(notes, []);
          assert.equal(changes.length, 1);
          assert.equal(text, file("0 0 3 * * *"));
          assert.equal(fixed(text, six).changes.length, 0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keeps the quotes that stand there, and adds some only where the value needs them", () => {
    const value = (given: string, fix: string | boolean) =>
      edited(`a: ${given} # c\n`, { path: ["a"], value: fix });
    assert.equal(value("'x'", "it's"), "a: 'it''s' # c\n");
    assert.equal(value('"x"', "y"), 'a: "y" # c\n');
    assert.equal(value("x", "y z"), "a: y z # c\n");
    assert.equal(value("x", "true"), 'a: "true" # c\n');
    assert.equal(value("x", "0 * # 1"), 'a: "0 * # 1" # c\n');
    assert.equal(value("'false'", true), "a: true # c\n");
  });

  it("writes a key that is missing, and the maps around it, in lines or in braces as what is beside it", () => {
    const add = (text: string, ...path: string[]) => edited(text, { path, value: "true" });
    assert.equal(
      add("m:\n  n: 1 # c\n  o:\n    p: 2\n", "m", "k"),
      'm:\n  n: 1 # c\n  k: "true"\n  o:\n    p: 2\n',
    );
    assert.equal(add("m:\n- n: 1\n", "k", "l"), 'k:\n  l: "true"\nm:\n- n: 1\n');
    assert.equal(add("m: {n: 1}", "m", "k"), 'm: {n: 1, k: "true"}');
    assert.equal(add("m: {}", "m", "k", "l"), 'm: { k: { l: "true" } }');
    assert.equal(add('{\r\n  "m": 1\r\n}', "k"), '{\r\n  "m": 1,\r\n  "k": "true"\r\n}');
    assert.equal(add("a: 1", "k"), 'a: 1\nk: "true"');
    assert.equal(
      edited("l:\n  - n: 1\n", { path: ["l", 0, "k"], value: true }),
      "l:\n  - n: 1\n    k: true\n",
    );
  });

  it("takes a key or an element away with its line, and what has nothing else in it", () => {
    const take = (text: string, ...path: (string | number)[]) => edited(text, { path, remove: true });
    assert.equal(take("a: 1\nb: 2 # gone\nc: 3\n", "b"), "a: 1\nc: 3\n");
    assert.equal(take("a:\n  b:\n    c: |\n      x\n\n# stays\nd: 1\n", "a", "b", "c"), "# stays\nd: 1\n");
    assert.equal(take("l:\n  - a\n  - b # gone\n  - c\n", "l", 1), "l:\n  - a\n  - c\n");
    assert.equal(take("l:\n  - a: 1\n    b: 2\n", "l", 0, "a"), "l:\n  - b: 2\n");
    assert.equal(take("m: {a: 1, b: 2}", "m", "a"), "m: {b: 2}");
    assert.equal(take("m: {a: 1, b: 2}", "m", "b"), "m: {a: 1}");
  });

  it("gives a key another name, and a number quotes, without touching the rest", () => {
    assert.equal(edited("a:\n  'b' : 1 # c\n", { path: ["a", "b"], key: "d" }), "a:\n  'd' : 1 # c\n");
    assert.equal(edited("a: 0755 # c\n", { path: ["a"], quoted: true }), 'a: "0755" # c\n');
  });

  it("refuses with a reason what an alias or a merge key shares, blocks of lines, and what can't be read", () => {
    const refuses = (text: string, fix: Fix, why: RegExp) => assert.match(edited(text, fix), why);
    const b: Fix = { path: ["a", "b"], value: "y" };
    refuses("x: &x { b: 1 }\na: *x\n", b, /refused: it stands in more than one place/);
    refuses("a: &x { b: 1 }\nc: *x\n", b, /refused: it stands in more than one place/);
    refuses("x: &x { b: 1 }\na: { <<: *x, c: 1 }\n", b, /refused: a merge key/);
    refuses("a:\n  b: |\n    x\n", b, /refused: it is a block of lines/);
    refuses("a:\n  b: 'x\n   y'\n", b, /refused: it runs over several lines/);
    refuses("a: [\n", b, /refused: the document can't be read/);
    refuses("a: { b: 1 } # c\n", { path: ["a", "b", "c"], value: 1 }, /refused: no map/);
    assert.equal(edited("a: &x { b: 1 }\n", { path: ["a", "b"], value: "z" }), "a: &x { b: z }\n");
  });

  it("changes only what means the same afterwards but for the fix, and says of what it left why", () => {
    const anchored = backup('schedule: &s "0 3 * * *"\n  other: *s');
    const { text, notes, changes } = fixed(anchored, six);
    assert.equal(text, anchored);
    assert.deepEqual(changes, []);
    assert.match(
      notes[0] ?? "",
      /^x\.yaml:5: spec\.schedule is not changed for cnpg-schedule-six-fields: it stands in/,
    );
  });

  it("changes each of several objects of a file, one of which moves the lines of the next", () => {
    const one = backup('schedule: "0 3 * * *"\n  method: plugin');
    const { text, changes } = fixed([one, one.replace("name: db", "name: db2")].join("---\n"));
    assert.equal(changes.length, 4);
    const said = text.split("---\n").map((part) => (load(part) as { spec: object }).spec);
    const spec = {
      schedule: "0 0 3 * * *",
      method: "plugin",
      pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
    };
    assert.deepEqual(said, [spec, spec]);
  });

  it("writes placeholders back as they stand there", () => {
    const name = ["$", "{NAME}"].join("");
    const given = backup('schedule: "0 3 * * *"').replace("{ name: db }", `\n  name: ${name}`);
    assert.equal(fixed(given, six).text, given.replace('"0 3', '"0 0 3'));
  });

  it("takes several elements out of a list, whatever their order", () => {
    const cluster = `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: db\nspec:\n  postgresql:\n    pg_hba:\n      - local all all md5\n      - hostssl all all all md5 # c\n      - local all all password\n      - hostssl all all all scram-sha-256\n`;
    const weak = rules.filter(({ id }) => id === "cnpg-hba-weak");
    const { text } = fixed(cluster, weak);
    assert.match(
      text,
      /pg_hba:\n {6}- hostssl all all all scram-sha-256 # c\n {6}- hostssl all all all scram-sha-256\n$/,
    );
  });

  it("takes no element out, or changes one, that another finding's change has moved", () => {
    const list = (...items: string[]) =>
      `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: db\nspec:\n  postgresql:\n    pg_hba:\n${items.map((item) => `      - ${item}\n`).join("")}`;
    const given = list("a", "b", "c", "d");
    const [first] = lint(readText(given, "x.yaml").resources, { rules }).findings;
    assert.ok(first !== undefined);
    const at = (i: number) => ["spec", "postgresql", "pg_hba", i];
    const removing = (...places: number[]): Finding => ({
      ...first,
      path: at(places[0] ?? 0),
      fixes: places.map((i) => ({ path: at(i), remove: true })),
    });
    const { text, notes } = fixText(given, "x.yaml", [removing(0, 2), removing(1)]);
    // All of one finding or nothing: what is left goes next time.
    assert.ok([list("d"), list("b", "d"), list("a", "c", "d")].includes(text), text);
    if (text !== list("d")) assert.match(notes.join(), /judge it again/);
    assert.equal(fixText(given, "x.yaml", [removing(2, 0)]).text, list("b", "d"));
  });

  it("touches nothing but what was found: an object of another name in the same place is left", () => {
    const given = backup('schedule: "0 3 * * *"');
    const { resources } = readText(given, "x.yaml");
    const findings: readonly Finding[] = lint(resources, { rules: six }).findings;
    const { text, notes } = fixText(given.replace("name: db", "name: other"), "x.yaml", findings);
    assert.match(text, /"0 3 \* \* \*"/);
    assert.match(notes[0] ?? "", /the object is not written there as it was judged/);
  });
});
