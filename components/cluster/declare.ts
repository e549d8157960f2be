import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { declareCredentials, declareInternalCredentials, declarePassword } from "../database/credentials";
import { propagationHooks } from "../identity/propagation";
import { declareObjects } from "../objects";
import { changeGuards } from "./changeGuard";
import type { ClusterPlan } from "./decide";
import type { TimeToLivePlan } from "./timeToLive";

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

  const known = new Map<string, pulumi.Resource>();
  const credentials = databases.owners
    .filter((owner) => owner.generated)
    .map((owner) => {
      const own = `${name}/${owner.role}`;
      // Who knew the password of a life before must not come in before the data of this one are masked.
      const password = declarePassword(own, parent, plan.masking && generation);
      const declare = plan.masking === undefined ? declareCredentials : declareInternalCredentials;
      const secret = declare(own, workload, owner, password, labels, { parent, dependsOn });
      if (plan.masking === undefined) known.set(`secret/${owner.role}`, secret);
      return { own, owner, password, secret };
    });
  const secrets = credentials.map(({ secret }) => secret);
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
      dependsOn: [...dependsOn, ...secrets, ...store, ...source],
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

  known.set("cluster", cluster);

  // Both act on a cluster once: made anew with it, the new one gets its databases and a first base backup.
  const withCluster = { parent, dependsOn: [cluster], replaceWith: [cluster], deleteBeforeReplace: true };
  for (const { database, objectName, spec } of databases.databases) {
    const resource = new CustomResource(
      `${name}/${database}`,
      { apiVersion: cnpg, kind: "Database", metadata: { name: objectName, namespace, labels }, spec },
      withCluster,
    );
    known.set(`database/${database}`, resource);
  }
  const declared = { namespace, labels, parent, known, first: dependsOn };
  declareObjects(name, plan.masking?.objects ?? [], declared);
  const masked = (plan.masking?.jobs ?? []).flatMap((job) => known.get(job) ?? []);
  if (backup !== undefined) {
    const { name: objectName, spec } = backup.scheduledBackup;
    new CustomResource(
      name,
      { apiVersion: cnpg, kind: "ScheduledBackup", metadata: { name: objectName, namespace, labels }, spec },
      {
        ...withCluster,
        // A base backup from before could bring back what was masked.
        dependsOn: [cluster, ...masked],
        // Without it, a removal that stops at the protected Cluster would leave it running and never backed up again.
        protect: plan.protect,
      },
    );
  }
  if (plan.masking !== undefined) {
    for (const { own, owner, password } of credentials) {
      const options = { ...withCluster, dependsOn: [cluster, ...masked] };
      known.set(`secret/${owner.role}`, declareCredentials(own, workload, owner, password, labels, options));
    }
  }
  declareObjects(name, plan.objects, declared);
  if (plan.timeToLive !== undefined) warnOfEnd(name, cluster, plan.timeToLive);
}

/** Says in every update and preview when the cluster will be gone. */
function warnOfEnd(name: string, cluster: CustomResource, { text, seconds }: TimeToLivePlan): void {
  const again = "Raise its generation for a new one, or take timeToLive out to keep it.";
  cluster.metadata.apply(async (metadata) => {
    const created = Date.parse(
      (metadata as { creationTimestamp?: string } | undefined)?.creationTimestamp ?? "",
    );
    const when = Number.isNaN(created)
      ? `${text} after it is made`
      : `after ${new Date(created + seconds * 1000).toISOString()}`;
    await pulumi.log.warn(
      `${name}: its Cluster and all its data are deleted ${when} (timeToLive ${text}). ${again}`,
    );
  });
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
