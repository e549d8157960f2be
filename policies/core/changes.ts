import { barmanPlugin, CLUSTER, inTreeStore } from "./cluster";
import { known, type Resource } from "./resource";
import type { View } from "./view";

/** A field that is another one than before. */
export interface Change {
  readonly at: View;
  /** As people read it: the value, or "nothing". */
  readonly was: string;
  readonly is: string;
}

/** The change of a field with one value; a missing one counts as its default, if it has one. */
export function changeOf(before: View, after: View, byDefault?: string): Change | undefined {
  const was = before.scalar() ?? byDefault;
  const is = after.scalar() ?? byDefault;
  return was === is ? undefined : { at: after, was: was ?? "nothing", is: is ?? "nothing" };
}

/** Elements of a list by their name. */
export function byName(list: readonly View[]): Map<string, View> {
  return new Map(list.flatMap((one) => [[one.text("name") ?? "", one]]));
}

/**
 * Whether a Cluster begins a new life under its old name: its server name counts up at its end, as from `orders-db-g1` to
 * `orders-db-g2`. Its archive, its volumes and its bootstrap are new ones then, and that is meant.
 *
 * Of Pulumi's Clusters only, which can be replaced: a manifest that is applied anew changes the live one.
 */
export function beginsAnew(before: Resource, after: Resource): boolean {
  if (before.type !== CLUSTER || after.origin.urn === undefined) return false;
  const [, base, was] = numbered(before) ?? [];
  const [, same, is] = numbered(after) ?? [];
  return base !== undefined && base === same && Number(is) > Number(was);
}

function numbered(cluster: Resource): RegExpExecArray | null | undefined {
  return known(() => {
    const name =
      barmanPlugin(cluster)?.partial("parameters", "serverName") ??
      inTreeStore(cluster)?.partial("serverName") ??
      "";
    return /^(.*\D)(\d{1,9})$/.exec(name);
  });
}
