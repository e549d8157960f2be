import { setTimeout as pause } from "node:timers/promises";
import { type Cluster, ClusterError, isPassing, type KubernetesObject } from "../../../lab/cluster";

/** What the API server says of an object. */
export interface Answer {
  /** Its refusal; undefined if it takes the object. */
  readonly refusal: string | undefined;
  readonly warnings: readonly string[];
}

/** Asks the API server, with all its schemas, rules and webhooks, what it says of an object; nothing is kept. */
export async function ask(cluster: Cluster, object: KubernetesObject): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { warnings } = await cluster.apply(object, { dryRun: true });
      return { refusal: undefined, warnings };
    } catch (error) {
      // A webhook that is busy says nothing of the object.
      if (isPassing(error) && attempt < 5) await pause(1000 * attempt);
      else if (error instanceof ClusterError && [400, 403, 422].includes(error.status))
        return { refusal: error.message, warnings: [] };
      else throw error;
    }
  }
}

/** The object in another namespace: what is judged needs one that is there. */
export function within(namespace: string, object: KubernetesObject): KubernetesObject {
  const scoped = object.kind !== "Namespace" && object.kind !== "ClusterRules";
  return !scoped ? object : { ...object, metadata: { ...object.metadata, namespace } };
}

/** Of in-tree backups. */
const deprecated =
  "Native support for Barman Cloud backups and recovery is deprecated and will be completely removed in " +
  "CloudNativePG 1.31.0. Found usage in: USAGE. Please migrate existing clusters to the new " +
  "Barman Cloud Plugin to ensure a smooth transition.";

/** Of schedules such as `@daily`, which the operator reads all the same: it counts the words. */
const notSixFields =
  "Schedule parameter may not have the right number of arguments (usually six arguments are needed)";

/** The warnings that are known of an object of the components: there are two, and neither is about a mistake. */
export function expectedWarnings({ kind, spec }: KubernetesObject): readonly string[] {
  const {
    backup,
    schedule,
    externalClusters = [],
  } = (spec ?? {}) as {
    readonly externalClusters?: readonly { readonly barmanObjectStore?: unknown }[];
    readonly backup?: { readonly barmanObjectStore?: unknown };
    readonly schedule?: string;
  };
  const usage = [
    ...(backup?.barmanObjectStore === undefined ? [] : ["spec.backup.barmanObjectStore"]),
    ...externalClusters.flatMap(({ barmanObjectStore }, i) =>
      barmanObjectStore === undefined ? [] : [`spec.externalClusters.${i}.barmanObjectStore`],
    ),
  ];
  if (kind === "Cluster" && usage.length > 0) return [deprecated.replace("USAGE", usage.join(", "))];
  return kind === "ScheduledBackup" && schedule?.startsWith("@") ? [notSixFields] : [];
}
