import type { KubernetesObject } from "./objects";
import type { Condition } from "./waitFor";

/** Says what the removal of an object waits for; nothing, if it is gone. */
export function removalOf(object: KubernetesObject | undefined): readonly string[] {
  if (object === undefined) return [];
  const finalizers = (object.metadata.finalizers ?? []) as readonly string[];
  // The API server's own: it goes when all is gone that the object owns.
  const others = finalizers.filter((name) => name !== "foregroundDeletion");
  if (others.length > 0) return [`its removal (finalizers ${others.join(", ")}${remedy(object, others)})`];
  if (finalizers.length > 0) return ["the removal of what it owns"];
  return [`its removal${remaining(object)}`];
}

/** What helps where a finalizer waits for the primary of a Cluster, and none runs. */
function remedy({ metadata, spec }: KubernetesObject, finalizers: readonly string[]): string {
  const { name } = (spec as { cluster?: { name?: string } } | undefined)?.cluster ?? {};
  if (name === undefined || !finalizers.some((each) => each.startsWith("cnpg.io/delete"))) return "";
  return `, which the Cluster's primary removes; if none runs: kubectl delete cluster ${name} -n ${metadata.namespace}`;
}

/** What a namespace still holds, by its own conditions. */
function remaining({ status }: KubernetesObject): string {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly Condition[] };
  const told = conditions.flatMap(({ type = "", status: is, message }) =>
    /^Namespace(Content|Finalizers)Remaining$/.test(type) && is === "True" ? (message ?? []) : [],
  );
  return told.length > 0 ? ` (${told.join("; ")})` : "";
}
