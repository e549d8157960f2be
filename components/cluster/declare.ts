import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";
import { declareCredentials } from "../database/credentials";
import { propagationHooks } from "../identity/propagation";
import { declarePoolers } from "../pooler/declare";
import { declareApplicationCa, declareCertificates } from "../tls/declare";
import { changeGuards } from "./changeGuard";
import type { ClusterPlan } from "./decide";

const cnpg = "postgresql.cnpg.io/v1";
const barmanCloud = "barmancloud.cnpg.io/v1";

/**
 * Declares everything of one cluster but its namespace: what `PostgresCluster` does alone, and `PostgresEnvironment` for
 * each of its clusters. An environment has no component for each of them: with a hundred, those were a tenth of a run.
 *
 * @param dependsOn namespace and grants, which have to be there before
 */
export function declareCluster(
  name: string,
  plan: ClusterPlan,
  iamPropagationSeconds: number,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
): void {
  const { workload, backup, databases, generation } = plan;
  const { namespace } = workload;
  const guards = changeGuards();
  const labels = { ...plan.labels };

  const secrets = databases.owners
    .filter((owner) => owner.generated)
    .map((owner) =>
      declareCredentials(`${name}/${owner.role}`, workload, owner, labels, { parent, dependsOn }),
    );
  const store =
    backup?.objectStore === undefined
      ? []
      : [
          new CustomResource(
            name,
            {
              apiVersion: barmanCloud,
              kind: "ObjectStore",
              metadata: { name: backup.objectStore.name, namespace, labels },
              spec: backup.objectStore.spec,
            },
            {
              parent,
              dependsOn,
              protect: plan.protect,
              hooks: { beforeUpdate: [guards.objectStore] },
            },
          ),
        ];

  const source =
    plan.recovery?.objectStore === undefined
      ? []
      : [
          new CustomResource(
            `${name}/source`,
            {
              apiVersion: barmanCloud,
              kind: "ObjectStore",
              metadata: { name: plan.recovery.objectStore.name, namespace, labels },
              spec: plan.recovery.objectStore.spec,
            },
            {
              parent,
              dependsOn,
              // With a new generation another source is right; on a live Cluster it would be read by nobody.
              replacementTrigger: generation,
              deleteBeforeReplace: true,
              hooks: { beforeUpdate: [guards.source] },
            },
          ),
        ];

  const certificates = declareCertificates(name, plan.certificates.certificates, workload, labels, {
    parent,
    dependsOn,
  });

  const cluster = new CustomResource(
    name,
    {
      apiVersion: cnpg,
      kind: "Cluster",
      metadata: { name: workload.cluster, namespace, labels, annotations: waitAnnotations(plan) },
      spec: plan.spec,
    },
    {
      parent,
      dependsOn: [...dependsOn, ...secrets, ...store, ...source, ...certificates],
      protect: plan.protect,
      // A new generation is a new cluster under the same name, so the old one goes first.
      replacementTrigger: generation,
      deleteBeforeReplace: true,
      hooks: {
        beforeUpdate: [guards.cluster],
        ...(backup !== undefined && {
          beforeCreate: [propagationHooks().awaitGrants(iamPropagationSeconds)],
        }),
      },
      ...(plan.waitSeconds > 0 && {
        customTimeouts: { create: `${plan.waitSeconds}s`, update: `${plan.waitSeconds}s` },
      }),
    },
  );

  // Both act on a cluster once: made anew with it, the new one gets its databases and a first base backup.
  const withCluster = { parent, dependsOn: [cluster], replaceWith: [cluster], deleteBeforeReplace: true };
  if (backup !== undefined) {
    const { name: objectName, spec } = backup.scheduledBackup;
    new CustomResource(
      name,
      { apiVersion: cnpg, kind: "ScheduledBackup", metadata: { name: objectName, namespace, labels }, spec },
      // Without it, a removal that stops at the protected Cluster would leave it running and never backed up again.
      { ...withCluster, protect: plan.protect },
    );
  }
  for (const { database, objectName, spec } of databases.databases) {
    new CustomResource(
      `${name}/${database}`,
      { apiVersion: cnpg, kind: "Database", metadata: { name: objectName, namespace, labels }, spec },
      withCluster,
    );
  }
  // These outlive a Cluster that is made anew, and find the new one under the old one's name.
  const afterCluster = { parent, dependsOn: [cluster] };
  declarePoolers(name, plan.poolers, workload, plan.certificates, labels, afterCluster);
  if (plan.certificates.applications !== undefined)
    declareApplicationCa(name, plan.certificates.applications, workload, labels, afterCluster);
}

/**
 * What Pulumi's Kubernetes provider waits for. Ready alone says nothing of the archive: a cluster is Ready with
 * backups that never arrive. ContinuousArchiving turns true when the first WAL file is in the bucket.
 */
function waitAnnotations(plan: ClusterPlan): Record<string, string> {
  if (plan.waitSeconds === 0) return { "pulumi.com/skipAwait": "true" };
  const conditions = [
    "condition=Ready",
    ...(plan.backup === undefined ? [] : ["condition=ContinuousArchiving"]),
  ];
  return { "pulumi.com/waitFor": JSON.stringify(conditions) };
}
