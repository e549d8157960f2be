import assert from "node:assert/strict";
import * as fc from "fast-check";
import { InvalidSettings } from "../../../components/index";
import { loadStack } from "../../../stacks/load";
import { stackSchema } from "../../../stacks/schema";
import { asEngine, good } from "./badStacks";
import { settingsIn } from "./settingsIn";

/** Loads, or throws the one error for bad input; anything else is a bug. */
function loadsOrSays(config: Record<string, string>): void {
  try {
    loadStack("dev", config);
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    assert(error.problems.length > 0);
    for (const { path, allowed } of error.problems) {
      assert.equal(typeof path, "string");
      assert.equal(typeof allowed, "string", path);
      assert.doesNotMatch(allowed, /native code|\[object|undefined|NaN/, path);
    }
    const lines = error.message.split("\n");
    assert.equal(lines.length, error.problems.length + 1, "a problem takes more than one line");
    assert.equal(new Set(lines).size, lines.length, `said twice:\n${error.message}`);
  }
}

const names = [...new Set(settingsIn(stackSchema).flatMap((path) => path.split(".")))].filter(
  (n) => n !== "*",
);
const odd = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "a.b", "orders-db", "0"];
const someText = fc.constantFrom(
  "",
  "orders",
  "10Gi",
  "1Ei",
  "30d",
  "0 0 3 * * *",
  "0 0 29 2 *",
  "@every 1h",
  "prod",
  "plugin",
  "inTree",
  "direct",
  "64MB",
  "postgres:17.6",
  "'; --",
);
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const { settings } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    someText,
    fc.string({ maxLength: 6 }),
    fc.integer({ min: -2, max: 2000 }),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true }),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("settings"),
  ),
  settings: fc.dictionary(key, tie("value"), { maxKeys: 6 }),
}));

describe("Anything at all in place of a stack file", () => {
  it("loads or is refused with problems, each on a line of its own, and never ends in another error", () => {
    fc.assert(
      fc.property(fc.constantFrom("dev", "prod", "x"), settings, settings, (profile, backups, clusters) => {
        loadsOrSays(
          asEngine({
            ...good,
            "pulumi-cnpg:profile": profile,
            "pulumi-cnpg:backups": backups,
            "pulumi-cnpg:clusters": clusters,
          }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("does so for one changed cluster and changed backups, where more of the settings are good", () => {
    const cluster = good["pulumi-cnpg:clusters"]["orders-db"];
    fc.assert(
      fc.property(settings, settings, (changes, backups) => {
        const clusters = {
          "orders-db": { ...cluster, ...(changes as object) },
          other: { ...cluster, namespace: "x" },
        };
        loadsOrSays(asEngine({ ...good, "pulumi-cnpg:backups": backups, "pulumi-cnpg:clusters": clusters }));
      }),
      { numRuns: 500 },
    );
  });

  it("does so for any JSON and any text under any key", () => {
    const full = fc.oneof(
      fc.constantFrom(
        "gcp:project",
        "gcp:region",
        ...Object.keys(stackSchema.fields).map((k) => `pulumi-cnpg:${k}`),
      ),
      fc.constantFrom(...odd.map((k) => `pulumi-cnpg:${k}`)),
      fc.string({ maxLength: 10 }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(full, fc.oneof(fc.json(), fc.string(), someText), { maxKeys: 6 }),
        loadsOrSays,
      ),
      { numRuns: 500 },
    );
  });
});
