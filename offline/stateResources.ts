import { existsSync, readFileSync } from "node:fs";

/**
 * The resources of a state, as the engine writes it; none where there is no state yet.
 *
 * @param T what is read of each
 */
export function resourcesInState<T>(stateFile: string): readonly T[] {
  if (!existsSync(stateFile)) return [];
  const { checkpoint } = JSON.parse(readFileSync(stateFile, "utf8")) as {
    readonly checkpoint?: { readonly latest?: { readonly resources?: readonly T[] } };
  };
  return checkpoint?.latest?.resources ?? [];
}
