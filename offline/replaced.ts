import { existsSync, readFileSync } from "node:fs";
import { keyOf } from "./kubernetes";

/**
 * Objects that a state has, and that a run which ended early took away to make them anew: the engine's `pendingReplacement`. To the
 * provider's diff they look like any other.
 */
export function replacedInState(stateFile: string): ReadonlySet<string> {
  if (!existsSync(stateFile)) return new Set();
  const { checkpoint } = JSON.parse(readFileSync(stateFile, "utf8")) as {
    readonly checkpoint?: {
      readonly latest?: {
        readonly resources?: readonly { type: string; id?: string; pendingReplacement?: boolean }[];
      };
    };
  };
  const all = checkpoint?.latest?.resources ?? [];
  return new Set(
    all
      .filter(({ pendingReplacement }) => pendingReplacement === true)
      .map(({ type, id = "" }) => keyOf(type, id)),
  );
}
