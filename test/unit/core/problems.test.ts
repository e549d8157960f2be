import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Check } from "../../../components/check";
import { decideMethod } from "../../../components/cluster/operatorVersion";
import { formatProblem, InvalidSettings, Problems } from "../../../components/problems";
import { parseSize } from "../../../components/units";

describe("A problem", () => {
  it("is one line: where, what stands there, and what may", () => {
    assert.equal(
      formatProblem({ path: "clusters.a.storage.size", value: "10GB", allowed: 'a size such as "10Gi"' }),
      '  clusters.a.storage.size: got "10GB", expected a size such as "10Gi"',
    );
  });

  it("says of a value that is not there that it is missing", () => {
    assert.equal(formatProblem({ path: "a", value: undefined, allowed: "x" }), "  a: is missing, expected x");
    assert.equal(formatProblem({ path: "a", value: null, allowed: "x" }), "  a: got null, expected x");
    assert.equal(formatProblem({ path: "a", value: "", allowed: "x" }), '  a: got "", expected x');
  });

  it("stays on one line and in its length, whatever the value is", () => {
    const long = formatProblem({ path: "a", value: "x".repeat(500), allowed: "y" });
    assert.equal(long, `  a: got "${"x".repeat(79)}…, expected y`);
    assert.equal(
      formatProblem({ path: "a", value: "two\nlines", allowed: "y" }),
      '  a: got "two\\nlines", expected y',
    );
    const whole = "x".repeat(78);
    assert.equal(formatProblem({ path: "a", value: whole, allowed: "y" }), `  a: got "${whole}", expected y`);
    assert.equal(
      formatProblem({ path: "a", value: { b: [1, true] }, allowed: "y" }),
      '  a: got {"b":[1,true]}, expected y',
    );
  });
});

describe("A list of problems", () => {
  it("throws one error with all of them, which the engine prints without a stack trace", () => {
    const problems = new Problems();
    problems.throwIfAny("stack dev");
    problems.add("a", 1, "2");
    problems.add("b", undefined, "3");
    assert.throws(
      () => problems.throwIfAny("stack dev"),
      (error) => {
        assert(error instanceof InvalidSettings);
        assert(pulumi.RunError.isInstance(error));
        // Pulumi's host formats it, and Node may take half a minute and 2 GB for a path in it.
        assert.equal((error as Error).stack, "");
        assert.equal(
          error.message,
          "stack dev: 2 problems, nothing was registered\n  a: got 1, expected 2\n  b: is missing, expected 3",
        );
        assert.deepEqual(error.problems, problems.list);
        return true;
      },
    );
  });

  it("counts one problem as one", () => {
    const problems = new Problems();
    problems.add("a", 1, "2");
    assert.throws(() => problems.throwIfAny("x"), /^.*x: 1 problem, nothing was registered\n/);
  });

  it("knows what lies at and below a path, and not what only begins like it", () => {
    const problems = new Problems();
    problems.add("clusters.a.image", 1, "x");
    problems.add("list[0]", 1, "x");
    assert.deepEqual(
      ["clusters.a.image", "clusters.a", "clusters", "list", "clusters.a.im", "clusters.b", "lis"].map((p) =>
        problems.has(p),
      ),
      [true, true, true, true, false, false, false],
    );
  });
});

describe("A check", () => {
  it("reports with the whole path, in maps and in lists", () => {
    const problems = new Problems();
    const check = new Check(problems).at("clusters").at("a");
    check.at("tolerations").at(2).fail("key", "x", "y");
    check.at("extensions").fail(0, "x", "y");
    assert.deepEqual(
      problems.list.map((p) => p.path),
      ["clusters.a.tolerations[2].key", "clusters.a.extensions[0]"],
    );
  });

  it("passes over what is left out, and hands on what is right", () => {
    const problems = new Problems();
    const check = new Check(problems);
    assert.equal(check.parse("a", undefined, parseSize), undefined);
    assert.equal(check.parse("a", "1Gi", parseSize)?.text, "1Gi");
    assert.equal(check.integer("a", undefined, 1, 2), undefined);
    assert.equal(check.integer("a", 2, 1, 2), 2);
    assert.deepEqual(problems.list, []);
  });

  it("takes whole numbers in the range only", () => {
    for (const value of [0, 3, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const problems = new Problems();
      assert.equal(new Check(problems).integer("n", value, 1, 2), undefined);
      assert.deepEqual(problems.list, [{ path: "n", value, allowed: "a whole number from 1 to 2" }]);
    }
  });
});

describe("The operator's version", () => {
  const found = (method: "plugin" | "inTree", version: string) => {
    const problems = new Problems();
    decideMethod(new Check(problems), "backups.method", method, version);
    return problems.list.map((p) => p.path);
  };

  it("decides until when in-tree backups are there", () => {
    for (const version of ["1.26.0", "1.30.0", "v1.30.9"]) assert.deepEqual(found("inTree", version), []);
    for (const version of ["1.31.0", "v1.31.0", "1.100.0", "2.0.0"])
      assert.deepEqual(found("inTree", version), ["backups.method"]);
  });

  it("is nothing to the plugin", () => {
    for (const version of ["1.26.0", "1.31.0", "2.0.0"]) assert.deepEqual(found("plugin", version), []);
  });

  it("has three numbers", () => {
    for (const version of ["1.30", "latest", "", "1.30.0-rc1", "1.x.0", " 1.30.0"])
      assert.deepEqual(found("plugin", version), ["operatorVersion"], version);
  });
});
