import { keyOf } from "./kubernetes";
import { resourcesInState } from "./stateResources";

/**
 * Objects that a state has, and that a run which ended early took away to make them anew: the engine's `pendingReplacement`. To the
 * provider's diff they look like any other.
 */
export function replacedInState(stateFile: string): ReadonlySet<string> {
  const all = resourcesInState<{ type: string; id?: string; pendingReplacement?: boolean }>(stateFile);
  return new Set(
    all
      .filter(({ pendingReplacement }) => pendingReplacement === true)
      .map(({ type, id = "" }) => keyOf(type, id)),
  );
}
