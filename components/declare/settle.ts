import type { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { Resource, ResourceHook } from "@pulumi/pulumi";
import type { ClusterPlan } from "../plan/cluster";
import { shortHash } from "../units";
import { archiveChanges } from "./archiveChanges";
import { configurations } from "./configurations";
import { type Watching, watchClusterOf } from "./settled";

/**
 * Changes with what an ObjectStore says of the plugin's sidecar: CNPG makes pods anew for that, but looks at them when the
 * Cluster changes, and not when its ObjectStore does (seen with operator 1.30: nothing happened within minutes).
 */
const sidecarAnnotation = "pulumi-cnpg/sidecar";

/** Annotations of the Cluster itself. */
export function annotationsOf(plan: ClusterPlan, watched: Watching | undefined): Record<string, string> {
  const sidecar = plan.backup?.objectStore?.spec.instanceSidecarConfiguration;
  return {
    ...waitAnnotations(plan, watched),
    ...(sidecar !== undefined && { [sidecarAnnotation]: shortHash(JSON.stringify(sidecar)) }),
  };
}

/** What notes a Cluster's configuration before it is updated. */
export const noteConfiguration = (watched: Watching | undefined): ResourceHook[] =>
  watched === undefined ? [] : [configurations(watched).note];

function archives({ backup, migration }: ClusterPlan): boolean {
  return backup !== undefined && !migration.archivesLate;
}

/**
 * Begins to look whether the Cluster becomes what is declared.
 *
 * @param rights what gives it its way to the bucket: grants, and Secrets with keys
 */
export function watchCluster(
  name: string,
  cluster: CustomResource,
  plan: ClusterPlan,
  rights: readonly Resource[],
  watching: Watching,
): void {
  const { workload, backup, migration, waitSeconds } = plan;
  const { namespace } = workload;
  watchClusterOf(
    name,
    cluster,
    {
      namespace,
      cluster: workload.cluster,
      archives: backup !== undefined && migration.replica?.follows !== true,
      objectStore: backup?.objectStore?.name,
      timeout: waitSeconds,
      archiveChanged: () => archiveChanges().among(rights),
      formerConfiguration: () => configurations(watching).of(namespace, workload.cluster),
    },
    watching,
  );
}

/**
 * What Pulumi's Kubernetes provider waits for. Where the program looks itself, for nothing. Else, when a Cluster is made,
 * for its first WAL file too: Ready alone says nothing of the archive, and ContinuousArchiving turns true when that is in
 * the bucket. After a change both are still true from before, so that nothing is waited for.
 */
function waitAnnotations(plan: ClusterPlan, watching: Watching | undefined): Record<string, string> {
  if (plan.waitSeconds === 0 || watching !== undefined) return { "pulumi.com/skipAwait": "true" };
  const conditions = ["condition=Ready", ...(archives(plan) ? ["condition=ContinuousArchiving"] : [])];
  return { "pulumi.com/waitFor": JSON.stringify(conditions) };
}
