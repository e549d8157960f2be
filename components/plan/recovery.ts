import type { ClusterSpec, ObjectStoreSpec } from "../crds/types";
import type { ObjectStoreLocation } from "../units/location";
import type { PlannedObject } from "./object";
import type { StoreAccess } from "./store";

/** How a cluster begins from an archive. */
export interface RecoveryPlan {
  /** Absent if it begins with volume snapshots alone. */
  readonly source: ObjectStoreLocation | undefined;
  /** How the source is read; absent with it. */
  readonly access: StoreAccess | undefined;
  /** Whether the source is a former generation of the same cluster. */
  readonly inPlace: boolean;
  /** Whether the clone's identity is to be granted read access to the source. */
  readonly grant: boolean;
  readonly clusterSpec: Pick<ClusterSpec, "bootstrap" | "externalClusters">;
  /** What the in-tree method needs in the pods' environment to read the source; empty with the plugin. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the source is read from; absent with the in-tree method. */
  readonly objectStore: { readonly name: string; readonly spec: ObjectStoreSpec } | undefined;
}

/** How the data of a clone are masked before an application can see them. */
export interface MaskingPlan {
  /** A ConfigMap with the SQL and a Job that runs it, for each database. */
  readonly objects: readonly PlannedObject[];
  /** Keys of the Jobs: the application's Secrets come after all of them. */
  readonly jobs: readonly string[];
}
