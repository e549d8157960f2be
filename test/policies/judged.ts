import type { Finding } from "../../policies/core/judge";
import { Resource } from "../../policies/core/resource";
import { levelOf } from "../../policies/core/rule";
import { readSettings } from "../../policies/core/settings";
import { lint } from "../../policies/lint/lint";
import { toResource } from "../../policies/pack/pulumi";
import { rules } from "../../policies/rules";
import { type Case, type Given, UNKNOWN_TEXT } from "./cases";

const sentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Resources of a case as rules read them. */
export function resourcesOf(given: readonly Given[], inFile = false): Resource[] {
  return given.flatMap(({ token, name, inputs, protect }) => {
    const props = JSON.parse(JSON.stringify(inputs).replaceAll(UNKNOWN_TEXT, sentinel)) as Record<
      string,
      unknown
    >;
    const urn = `urn:pulumi:test::project::${token}::${name}`;
    const made = toResource({ type: token, urn, props, opts: { protect } });
    if (!inFile || made === undefined) return made ?? [];
    return new Resource({
      type: made.type,
      value: inputs,
      origin: { file: "case.yaml" },
      place: "case.yaml",
    });
  });
}

/** Rules that say nothing in the recommended pack, but in the strict one. */
export const asleep: ReadonlySet<string> = new Set(
  rules.filter((rule) => levelOf(rule, "recommended") === "disabled").map(({ id }) => id),
);

/** The findings of the case's own rule alone. */
export function findingsOf({ rule, resources, before, settings, inFile }: Case): readonly Finding[] {
  const own = rules.filter(({ id }) => id === rule);
  const level = asleep.has(rule) ? { pack: "strict" } : {};
  return lint(resourcesOf(resources, inFile), {
    rules: own,
    settings: readSettings({ ...level, ...settings }, rules),
    ...(before !== undefined && { before: resourcesOf(before) }),
  }).findings;
}
