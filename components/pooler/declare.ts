import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import type * as pulumi from "@pulumi/pulumi";
import type { Workload } from "../identity/workload";
import { type PoolerPlan, poolerNameLabel } from "./decide";

/**
 * Declares the poolers of a cluster. CNPG makes no PodDisruptionBudget for them, and without one a node pool that is
 * upgraded may take all PgBouncers at a time; with a single one it would block the drain for ever.
 *
 * @param opts its `dependsOn` names the Cluster
 */
export function declarePoolers(
  name: string,
  poolers: readonly PoolerPlan[],
  { namespace }: Workload,
  labels: { [name: string]: string },
  opts: pulumi.CustomResourceOptions,
): void {
  for (const { key, name: objectName, spec, instances } of poolers) {
    const metadata = { name: objectName, namespace, labels };
    new CustomResource(
      `${name}/pooler/${key}`,
      { apiVersion: "postgresql.cnpg.io/v1", kind: "Pooler", metadata, spec },
      opts,
    );
    if (instances > 1)
      new PodDisruptionBudget(
        `${name}/pooler/${key}`,
        {
          metadata,
          spec: { maxUnavailable: 1, selector: { matchLabels: { [poolerNameLabel]: objectName } } },
        },
        opts,
      );
  }
}
