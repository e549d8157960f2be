import * as pulumi from "@pulumi/pulumi";
import type { Properties } from "./provider";
import type { Declared } from "./providers";

/** What each resource of a program comes after, all by type and name. */
export type Dependencies = Map<string, readonly string[]>;

const keyOf = (type: string, name: string): string => `${type}::${name}`;

/** A resource's own type and name, which the SDK keeps and does not show. */
interface Named {
  readonly __pulumiType: string;
  readonly __name: string;
}

/** Notes the `dependsOn` of all that the program which is about to run declares: no provider is told of it. */
export function noteDependencies(into: Dependencies): void {
  pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
    const before = opts.dependsOn;
    const named = (Array.isArray(before) ? before : [before]) as readonly (Named | undefined)[];
    into.set(
      keyOf(type, name),
      named.flatMap((each) =>
        each?.__pulumiType === undefined ? [] : [keyOf(each.__pulumiType, each.__name)],
      ),
    );
    return undefined;
  });
}

/** Jobs that mask a clone's data. */
export function maskingJobs(declared: readonly Declared[]): readonly Declared[] {
  return declared.filter(
    ({ type, inputs }) =>
      type === "kubernetes:batch/v1:Job" &&
      labelOf(inputs.spec, "template", "metadata", "labels", "app.kubernetes.io/component") === "masking",
  );
}

function labelOf(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = (found as Properties | undefined)?.[key];
  return found;
}

/** What may only be there once data are masked: all that comes after a Job that does it, and what comes after that. */
export function afterMasking(
  declared: readonly Declared[],
  dependencies: Dependencies,
): ReadonlySet<Declared> {
  const keys = new Map(declared.map((each) => [each, keyOf(each.type, each.urn.split("::").at(-1) ?? "")]));
  const after = new Set<string>();
  const starts = new Set(maskingJobs(declared).map((job) => keys.get(job)));
  for (let before = -1; before !== after.size; ) {
    before = after.size;
    for (const [key, needs] of dependencies)
      if (needs.some((need) => after.has(need) || starts.has(need))) after.add(key);
  }
  return new Set(declared.filter((each) => after.has(keys.get(each) ?? "")));
}
