import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";
import { declareCredentials } from "../database/credentials";
import { propagationHooks } from "../identity/propagation";
import type { Workload } from "../identity/workload";
import { declareObjects, type WithStatus } from "../objects";
import { changeGuards } from "./changeGuard";
import type { ClusterPlan } from "./decide";

const cnpg = "postgresql.cnpg.io/v1";
const barmanCloud = "barmancloud.cnpg.io/v1";

/**
 * Declares everything of one cluster but its namespace: what `PostgresCluster` does alone, and `PostgresEnvironment` for
 * each of its clusters. An environment has no component for each of them: with a hundred, those were a tenth of a run.
 *
 * @param dependsOn namespace and grants, which have to be there before
 * @param jobGrants those of the accounts that its jobs run as. Default: the same
 */
export function declareCluster(
  name: string,
  plan: ClusterPlan,
  iamPropagationSeconds: number,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
  jobGrants: (workload: Workload) => readonly pulumi.Resource[] = () => dependsOn,
): DeclaredCluster {
  const { workload, backup, databases, generation } = plan;
  const { namespace } = workload;
  const guards = changeGuards();
  const labels = { ...plan.labels };

  const known = new Map<string, pulumi.Resource>();
  const secrets = databases.owners
    .filter((owner) => owner.generated)
    .map((owner) => {
      const secret = declareCredentials(`${name}/${owner.role}`, workload, owner, labels, {
        parent,
        dependsOn,
      });
      known.set(`secret/${owner.role}`, secret);
      return secret;
    });
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
    const resource = new CustomResource(
      `${name}/${database}`,
      { apiVersion: cnpg, kind: "Database", metadata: { name: objectName, namespace, labels }, spec },
      withCluster,
    );
    known.set(`database/${database}`, resource);
  }
  declareObjects(name, plan.objects, {
    namespace,
    labels,
    parent,
    known,
    grants: jobGrants,
    awaitGrants: () => propagationHooks().awaitGrants(iamPropagationSeconds),
  });
  return { backupIds: backupIds(plan, known) };
}

/** What of a cluster is known only when it was made. */
export interface DeclaredCluster {
  /** How Barman calls each backup on demand, by its name in the stack file. */
  readonly backupIds: { readonly [name: string]: pulumi.Output<string> };
}

function backupIds(plan: ClusterPlan, known: ReadonlyMap<string, pulumi.Resource>) {
  return Object.fromEntries(
    plan.manualBackups.map(({ name, object }) => {
      const { status } = known.get(object.key) as pulumi.Resource & WithStatus;
      return [name, status.apply((found) => String(found?.backupId ?? ""))] as const;
    }),
  );
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
