import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Check } from "../../../components/check";
import { Problems } from "../../../components/problems";
import { checkAllowedRoles, checkLogins, cloneLogins } from "../../../components/recovery/logins";

/** The role of a line as Postgres 16 and later read it: quotes doubled inside quotes, and a slash begins an expression. */
function lets(line: string, role: string): boolean {
  const [, quoted = ""] = /^host all "((?:[^"]|"")*)" all scram-sha-256$/.exec(line) ?? assert.fail(line);
  const entry = quoted.replaceAll('""', '"');
  return entry.startsWith("/") ? new RegExp(entry.slice(1), "u").test(role) : entry === role;
}

const role = fc
  .string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'/ax.*+?^$|()[]{}\\" #,@é') })
  .filter((name) => name.trim() !== "");

describe("Lines of pg_hba in a clone", () => {
  it("let in a role that begins with a slash, and none whose name the rest of it is found in", () => {
    const [line = "", ...more] = cloneLogins(["/x"], []);
    assert.deepEqual(more, ["host all all all reject"]);
    assert.equal(line, 'host all "/^/x$" all scram-sha-256');
    assert.equal(lets(line, "/x"), true);
    for (const other of ["x", "ax", "/xa", "superx"]) assert.equal(lets(line, other), false, other);
  });

  it("let in the role that is named and no other, whatever it is called", () => {
    fc.assert(
      fc.property(role, role, (name, other) => {
        const [line = ""] = cloneLogins([], [name]);
        assert.equal(lets(line, name), true);
        assert.equal(lets(line, other), name === other);
      }),
    );
  });

  it("say keywords, groups and files in quotes, which take their meaning", () => {
    assert.deepEqual(cloneLogins(["all", "+dba", "@users", "sameuser"], []), [
      'host all "all" all scram-sha-256',
      'host all "+dba" all scram-sha-256',
      'host all "@users" all scram-sha-256',
      'host all "sameuser" all scram-sha-256',
      "host all all all reject",
    ]);
  });

  it("hold no name that would begin another line, which is refused", () => {
    const name = "a\nhost all all all trust #";
    assert.deepEqual(cloneLogins([name], [name]), ["host all all all reject"]);
    const problems = new Problems();
    checkAllowedRoles(new Check(problems, "recoverFrom"), [name], undefined, new Set());
    checkLogins(new Check(problems), [name, "b"]);

    assert.deepEqual(
      problems.list.map(({ path }) => path),
      ["recoverFrom.allowRoles[0]", "recoverFrom"],
    );
  });
});
