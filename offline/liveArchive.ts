import { existsSync, readFileSync } from "node:fs";
import { type Archiver, serverNamesOf } from "../components/index";
import type { LookAtCluster } from "../stacks/live";

/** What the state has of a resource. */
interface Recorded {
  readonly type?: string;
  readonly outputs?: Archiver & {
    readonly metadata?: { readonly namespace?: string; readonly name?: string };
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
    return cluster?.outputs && serverNamesOf(cluster.outputs);
  };
}
