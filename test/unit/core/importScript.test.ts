import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finalExitCode, lookScript, restoreScript } from "../../../components/export/scripts";

/** Psql that keeps its script, and of a database only the comment. */
const psql = `#!/bin/sh
case "$*" in
*shobj_description*) cat "$FAKE/comment" ;;
*"select count"*) echo "$TABLES" ;;
*extensions=*) ;;
*-c*) ;;
*)
  cat >"$FAKE/script"
  for word in "$@"; do case "$word" in text=*) text=\${word#text=} ;; esac; done
  case "$(cat "$FAKE/script")" in
  *begin*COMMIT*) echo "$text" >"$FAKE/comment"; cp "$FAKE/script" "$FAKE/restored" ;;
  *begin*) ;;
  *comment*) echo "$text" >"$FAKE/comment" ;;
  esac ;;
esac`;

/** pg_restore that writes a script to its end, or not. */
const pgRestore = `#!/bin/sh
echo "$@" >>"$FAKE/calls"
case "$*" in
--help) if [ "$RESTRICT" = yes ]; then echo "  --restrict-key=RESTRICT_KEY"; fi ;;
*--file=-*)
  printf '%s\\n' BEGIN 'COPY t FROM stdin;' 1
  if [ "$FAILS" = yes ]; then exit 1; fi
  printf '%s\\n' '\\.' COMMIT ;;
--list*) echo "; a list" ;;
*) if [ "$FAILS" = yes ]; then exit 1; fi ;;
esac`;

describe("The restore of a dump", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-import-"));
    for (const each of ["bin", "dump", "tmp"]) mkdirSync(join(folder, each));
    for (const [name, text] of Object.entries({ psql, pg_restore: pgRestore })) {
      writeFileSync(join(folder, "bin", name), text);
      chmodSync(join(folder, "bin", name), 0o755);
    }
    writeFileSync(join(folder, "dump", "name"), "a.dump\n");
    for (const name of ["comment", "calls"]) writeFileSync(join(folder, name), "");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string) => readFileSync(join(folder, name), "utf8").trim();

  function restore(env: Record<string, string> = {}, argument = "--single-transaction") {
    const script = restoreScript
      .replaceAll("/dump/", `${folder}/dump/`)
      .replaceAll(/\/tmp\/(?=all|list|rest|schemas)/g, `${folder}/tmp/`);
    return run([script, "restore", argument], env);
  }

  function run(call: readonly string[], env: Record<string, string>) {
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-ceu", ...call], {
      encoding: "utf8",
      env: {
        PATH: `${join(folder, "bin")}:${process.env.PATH}`,
        FAKE: folder,
        PGDATABASE: "orders",
        WANTED: "gs://b/x",
        PARALLEL: "0",
        RESTRICT: "yes",
        FAILS: "no",
        ...env,
      },
    });
    return { code: status, output: stdout + stderr };
  }

  it("is one transaction with the note that it is done", () => {
    const { code, output } = restore();
    assert.equal(code, 0, output);
    assert.match(output, /imported a\.dump into database orders/);
    assert.equal(file("comment"), "imported: gs://b/x (a.dump)");
    assert.match(file("restored"), /^begin;\n.*comment on database(.|\n)*^COPY t(.|\n)*^COMMIT$/m);
    assert.match(file("calls"), /--file=- --single-transaction/);
  });

  it("fails if pg_restore fails in the midst of it, which psql takes for the end of its script", () => {
    const { code, output } = restore({ FAILS: "yes" });
    assert.equal(code, 1);
    assert.match(output, /pg_restore failed; all of it was undone/);
    assert.equal(file("comment"), "importing: gs://b/x");
  });

  for (const [what, env, argument] of [
    ["with several connections", { PARALLEL: "2" }, "--jobs=2"],
    ["by a pg_restore that could hand psql commands of a dump", { RESTRICT: "no" }, "--single-transaction"],
  ] as const) {
    it(`goes past psql ${what}, and notes afterwards that it is done`, () => {
      const { code, output } = restore(env, argument);
      assert.equal(code, 0, output);
      assert.match(file("calls"), new RegExp(`--dbname=orders ${argument}`));
      assert.equal(file("comment"), "imported: gs://b/x (a.dump)");
    });

    it(`notes nothing if it fails ${what}`, () => {
      assert.equal(restore({ ...env, FAILS: "yes" }, argument).code, 1);
      assert.equal(file("comment"), "importing: gs://b/x");
    });
  }

  const wanted = "gs://b/x newest";
  const looks: readonly (readonly [string, string, number, "goes on" | "is done" | RegExp])[] = [
    ["a new database", "", 0, "goes on"],
    ["a database with tables", "", 2, /refused: database orders has 2 tables/],
    ["one that has the dump", `imported: ${wanted} (a.dump)`, 9, "is done"],
    [
      "one that has another dump",
      "imported: gs://b/y newest (b.dump)",
      9,
      /refused: .* another dump already/,
    ],
    ["a try that left nothing", `importing: ${wanted}`, 0, "goes on"],
    [
      "tables that somebody made after a failed try",
      `importing: ${wanted}`,
      1,
      /refused: .* begun and not noted as complete, and there are 1 tables/,
    ],
  ];
  for (const [what, comment, tables, expected] of looks)
    it(`looks before it begins: ${what}`, () => {
      writeFileSync(join(folder, "comment"), comment);
      const env = { WANTED: wanted, TABLES: String(tables), EXTENSIONS: "[]", SCHEMAS: "[]", PGHOST: "db" };
      const { code, output } = run([lookScript.replaceAll("/dump/", `${folder}/dump/`)], env);
      const refused = expected instanceof RegExp;
      assert.equal(code, refused ? finalExitCode : 0, output);
      if (refused) assert.match(output, expected);
      assert.equal(existsSync(join(folder, "dump", "done")), expected === "is done");
    });
});
