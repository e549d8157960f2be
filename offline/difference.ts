import { canonical, get } from "./properties";
import type { Compared } from "./provider";

/** What has to happen to a field. */
export type FieldChange = "add" | "update" | "delete";

/** What an update would change of a resource. */
export interface Difference {
  /** Path of each changed field and what changes; where a provider doesn't say it field by field, the top-level ones. */
  readonly fields: ReadonlyMap<string, FieldChange>;
  /** Whether the paths are those of single fields. */
  readonly detailed: boolean;
  /** The paths that can't be changed in place. */
  readonly replaces: readonly string[];
  /** Whether the old one has to go before the new one can come. */
  readonly deleteBeforeReplace: boolean;
}

/** What differs between old and new inputs, as most providers see it. */
export function inputDifference(
  { inputsBefore, inputs }: Pick<Compared, "inputsBefore" | "inputs">,
  replaceOn: readonly string[],
): Difference {
  const keys = [...new Set([...Object.keys(inputsBefore), ...Object.keys(inputs)])];
  const changed = keys.filter((key) => canonical(inputsBefore[key]) !== canonical(inputs[key]));
  const replaces = replaceOn.filter(
    (path) => canonical(get(inputsBefore, ...path.split("."))) !== canonical(get(inputs, ...path.split("."))),
  );
  return {
    fields: new Map(changed.map((key) => [key, "update"])),
    detailed: false,
    replaces,
    // These resources are named by the program, so the old one has to go before the new one can come.
    deleteBeforeReplace: replaces.length > 0,
  };
}
