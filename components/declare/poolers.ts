import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import type * as pulumi from "@pulumi/pulumi";
import type { PoolerPlan } from "../plan/pooler";
import type { CertificatesPlan } from "../plan/tls";
import { poolerNameLabel } from "../pooler/decide";
import { shortHash } from "../units";
import type { Workload } from "../units/workload";
import { advised } from "./advised";

/**
 * Changes with the certificates that the Cluster names, so that PgBouncer also reads those anew that keep the name of their
 * Secret, such as CNPG's own with a new DNS name: CNPG looks at a Pooler when that changes, and not when the Cluster does.
 */
const certificatesAnnotation = "pulumi-cnpg/certificates";

/**
 * Declares the poolers of a cluster. CNPG makes no PodDisruptionBudget for them, and without one a node pool that is
 * upgraded may take all PgBouncers at a time; with a single one it would block the drain for ever.
 *
 * @param opts its `dependsOn` names the Cluster
 * @returns the Poolers by their names
 */
export function declarePoolers(
  name: string,
  poolers: readonly PoolerPlan[],
  { namespace }: Workload,
  { clusterSpec: { certificates }, poolerSecrets }: CertificatesPlan,
  labels: { [name: string]: string },
  opts: pulumi.CustomResourceOptions,
): Map<string, CustomResource> {
  const declared = new Map<string, CustomResource>();
  for (const { key, name: objectName, spec, instances } of poolers) {
    const metadata = { name: objectName, namespace, labels };
    const annotations = {
      [certificatesAnnotation]: shortHash(JSON.stringify(certificates ?? {})),
      // CNPG goes on making its Deployment anew while Pulumi's provider waits, before it removes the Pooler, for that to go.
      "pulumi.com/deletionPropagationPolicy": "background",
    };
    const pooler = new CustomResource(
      `${name}/pooler/${key}`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Pooler",
        metadata: { ...metadata, annotations },
        spec: { ...spec, pgbouncer: { ...poolerSecrets, ...spec.pgbouncer } },
      },
      { ...opts, hooks: advised(opts.hooks) },
    );
    declared.set(objectName, pooler);
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
  return declared;
}
