import assert from "node:assert/strict";
import type { Resource } from "../../policies/core/resource";
import { readSettings } from "../../policies/core/settings";
import { type Path, View } from "../../policies/core/view";
import { lint } from "../../policies/lint/lint";
import { rules } from "../../policies/rules";
import { allCases, type Given } from "./cases";
import { asleep, resourcesOf } from "./judged";

const cases = allCases().filter(({ inFile }) => inFile !== true);

/** Rules that compare pairs where many things share one, which in the copies here they do. */
const pairs: ReadonlyMap<string, string> = new Map([
  ["eso-generator-once", "each source of one generator with each other one"],
  ["k8s-network-policy-operator", "each policy with each instance that the operator has to reach"],
  ["halves-lifecycle-age", "each rule of one bucket with each cluster in it"],
]);

describe("rules of many documents", () => {
  it("read twice as much of twice as many, and not four times", function () {
    this.timeout(120_000);
    const some = cases
      .filter(({ expect }) => expect === "clean")
      .flatMap(({ resources }) => resources)
      .filter((_, index) => index % 18 === 0);
    const growing = rules.flatMap((rule) => {
      const own = cases.filter((one) => one.rule === rule.id).flatMap(({ resources }) => resources);
      const given = [...own, ...some];
      const pack = asleep.has(rule.id) ? { pack: "strict" } : {};
      const [few, more, most] = [2, 4, 8].map((times) => {
        const resources = copies(given, times);
        return readsOf(() => void lint(resources, { rules: [rule], settings: readSettings(pack, rules) }));
      }) as [number, number, number];
      const growth = (most - more) / Math.max(1, more - few);
      return growth > 2.4 && !pairs.has(rule.id) ? [`${rule.id}: ${few}, ${more}, ${most} reads`] : [];
    });
    assert.deepEqual(growing, []);
  });
});

/** The same, each time in other namespaces, and in Google Cloud by other names. */
const copies = (given: readonly Given[], times: number): Resource[] =>
  resourcesOf(
    Array.from({ length: times }, (_, index) => given.map((one) => renamed(one, `-${index}`))).flat(),
  );

function renamed(given: Given, suffix: string): Given {
  const inputs = structuredClone(given.inputs) as Record<string, unknown>;
  if (given.token.startsWith("kubernetes:")) {
    const metadata = (inputs.metadata ?? {}) as Record<string, unknown>;
    inputs.metadata = { ...metadata, namespace: `${metadata.namespace ?? "default"}${suffix}` };
  } else
    for (const key of ["name", "accountId", "bucket", "project", "serviceAccountId"])
      if (typeof inputs[key] === "string") inputs[key] += suffix;
  return { ...given, name: given.name + suffix, inputs };
}

/** How often something looks at a field of a resource. */
function readsOf(run: () => void): number {
  const { at } = View.prototype;
  let reads = 0;
  View.prototype.at = function (...path: [...Path]) {
    reads += 1;
    return at.apply(this, path);
  };
  try {
    run();
  } finally {
    View.prototype.at = at;
  }
  return reads;
}
