import type { BucketPlan, GivenBucket } from "./backup";
import type { ClusterPlan } from "./cluster";
import type { JobTenant } from "./dumps";
import type { IdentityPlan } from "./identity";
import type { NetworkPlan } from "./network";
import type { PlannedResource } from "./object";
import type { PlatformNeeds } from "./platform";

/** An environment, decided: all that is registered, all of it known. */
export interface EnvironmentPlan {
  /** Empty where nothing of Google's is declared. */
  readonly project: string;
  readonly environment: string;
  /** Bucket of Cloud Storage; absent when no cluster is backed up to one. */
  readonly bucket: BucketPlan | undefined;
  /** Bucket of another store; absent when no cluster is backed up to one. */
  readonly givenBucket: GivenBucket | undefined;
  readonly identity: IdentityPlan;
  /** Exports and imports of all clusters that have identities of Google's. */
  readonly jobs: readonly JobTenant[];
  /** Seconds that new grants are given before a Cluster is created. */
  readonly iamPropagationSeconds: number;
  /** What is declared before the clusters: bucket, identity and namespaces, in order. */
  readonly resources: readonly PlannedResource[];
  /** By key in `clusters`, in alphabetical order: a map's order is not kept on its way through the engine. */
  readonly clusters: readonly PlannedCluster[];
  readonly network: NetworkPlan;
  /** What has to be installed on the Kubernetes cluster. */
  readonly needs: PlatformNeeds;
  /** What is declared after the clusters: rules, dashboards, and monitors of the operator. */
  readonly after: readonly PlannedResource[];
  /** What a cluster's resources come after, by its key: how they call it, and keys of {@link resources} for that. */
  readonly outer: Readonly<Record<string, OuterKeys>>;
}

export type OuterKeys = Readonly<Record<string, readonly string[]>>;

/** A cluster of an environment. */
export interface PlannedCluster {
  readonly key: string;
  readonly gcpServiceAccount: string | undefined;
  readonly plan: ClusterPlan;
}
