import type { TolerationArgs } from "../args/placement";

/** Tolerations as a pod has them. */
export function tolerations(given: readonly TolerationArgs[]) {
  return given.map(({ key, value, effect }) => ({
    key,
    ...(value === undefined ? { operator: "Exists" } : { operator: "Equal", value }),
    ...(effect !== undefined && { effect }),
  }));
}
