import type { PlannedObject } from "../plan/object";
import type { PoolerPlan } from "../plan/pooler";
import type { CertificatesPlan } from "../plan/tls";
import { shortHash } from "../units";
import { poolerNameLabel } from "../units/labels";

/**
 * Changes with the certificates that the Cluster names, so that PgBouncer also reads those anew that keep the name of their
 * Secret, such as CNPG's own with a new DNS name: CNPG looks at a Pooler when that changes, and not when the Cluster does.
 */
const certificatesAnnotation = "pulumi-cnpg/certificates";

/**
 * A pooler and its PodDisruptionBudget. CNPG makes none for it, and without one a node pool that is upgraded may take all
 * PgBouncers at a time; with a single one it would block the drain for ever.
 */
export function poolerObjects(
  { key, name, spec, instances }: PoolerPlan,
  { clusterSpec: { certificates }, poolerSecrets }: CertificatesPlan,
): PlannedObject[] {
  const object = { called: `/pooler/${key}`, name, after: ["cluster"] };
  return [
    {
      ...object,
      key: `pooler/${key}`,
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Pooler",
      annotations: {
        [certificatesAnnotation]: shortHash(JSON.stringify(certificates ?? {})),
        // CNPG goes on making its Deployment anew while Pulumi's provider waits, before it removes the Pooler, for that to go.
        "pulumi.com/deletionPropagationPolicy": "background",
      },
      body: { spec: { ...spec, pgbouncer: { ...poolerSecrets, ...spec.pgbouncer } } },
      watchedAs: "Pooler",
    },
    ...(instances > 1
      ? [
          {
            ...object,
            key: `pooler/${key}/budget`,
            apiVersion: "policy/v1",
            kind: "PodDisruptionBudget",
            body: { spec: { maxUnavailable: 1, selector: { matchLabels: { [poolerNameLabel]: name } } } },
          },
        ]
      : []),
  ];
}
