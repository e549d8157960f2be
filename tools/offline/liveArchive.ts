import { existsSync, readFileSync } from "node:fs";
import type { LookAtCluster } from "../../stacks/live";

/** What the state has of a resource. */
interface Recorded {
  readonly type?: string;
  readonly outputs?: {
    readonly metadata?: { readonly namespace?: string; readonly name?: string };
    readonly spec?: {
      readonly plugins?: readonly { readonly parameters?: { readonly serverName?: string } }[];
    };
  };
}

/** Offline, the Clusters that there are stand in the state and nowhere else. */
export function archivesInState(stateFile: string): LookAtCluster {
  return async (namespace, name) => {
    if (!existsSync(stateFile)) return undefined;
    const { checkpoint } = JSON.parse(readFileSync(stateFile, "utf8")) as {
      readonly checkpoint?: { readonly latest?: { readonly resources?: readonly Recorded[] } };
    };
    const cluster = checkpoint?.latest?.resources?.find(
      ({ type, outputs }) =>
        type === "kubernetes:postgresql.cnpg.io/v1:Cluster" &&
        outputs?.metadata?.namespace === namespace &&
        outputs.metadata.name === name,
    );
    const plugins = cluster?.outputs?.spec?.plugins ?? [];
    return cluster && plugins.flatMap(({ parameters }) => parameters?.serverName ?? []);
  };
}
