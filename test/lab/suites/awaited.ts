import { type Expectation, type KubernetesObject, parseWaitFor } from "../../../lab/cluster";

interface Spec {
  readonly plugins?: readonly { readonly isWALArchiver?: boolean }[];
  readonly backup?: unknown;
  readonly replica?: { readonly enabled?: boolean; readonly primary?: string };
  readonly bootstrap?: { readonly initdb?: { readonly import?: unknown } };
}

/**
 * What a suite waits for that applies a rendered Cluster by itself: that it is Ready, and archives if it has something to
 * archive. In an update it is the program that looks, and does more: see `npm run test:lab updates`.
 */
export function awaitedOfCluster({ metadata, spec }: KubernetesObject): Expectation[] {
  const { plugins = [], backup, replica, bootstrap } = (spec ?? {}) as Spec;
  const archives = backup !== undefined || plugins.some(({ isWALArchiver }) => isWALArchiver === true);
  const follows =
    replica?.enabled === true || (replica?.primary !== undefined && replica.primary !== metadata.name);
  // An import leaves no WAL file to archive.
  const late = follows || bootstrap?.initdb?.import !== undefined;
  return parseWaitFor(
    JSON.stringify(["condition=Ready", ...(archives && !late ? ["condition=ContinuousArchiving"] : [])]),
  );
}
