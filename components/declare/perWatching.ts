import { perProgram } from "./perProgram";
import type { Watching } from "./settled";

/**
 * Makes something once for each kubeconfig of the running program, with a name for its hook: a hook's name is unique in a
 * program, and each kubeconfig has hooks of its own.
 *
 * @param stem what the hooks' names begin with
 */
export function perWatching<T>(
  stem: string,
  make: (hookName: string, watching: Watching) => T,
): (watching: Watching) => T {
  const all = perProgram(() => new Map<Watching, T>());
  return (watching) => {
    const known = all();
    const made = known.get(watching) ?? make(known.size === 0 ? stem : `${stem}-${known.size + 1}`, watching);
    known.set(watching, made);
    return made;
  };
}
