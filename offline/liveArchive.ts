import { type Archiver, serverNamesOf } from "../components/index";
import type { LookAtCluster } from "../stacks/live";
import { resourcesInState } from "./stateResources";

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
    const cluster = resourcesInState<Recorded>(stateFile).find(
      ({ type, outputs }) =>
        type === "kubernetes:postgresql.cnpg.io/v1:Cluster" &&
        outputs?.metadata?.namespace === namespace &&
        outputs.metadata.name === name,
    );
    return cluster?.outputs && serverNamesOf(cluster.outputs);
  };
}
