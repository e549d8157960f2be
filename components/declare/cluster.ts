import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterPlan, TimeToLivePlan } from "../plan/cluster";
import { secretKeys } from "../plan/logins";
import type { WatchedKind } from "../plan/object";
import type { Workload } from "../units/workload";
import { advised } from "./advised";
import { BackupIdentity, grantsOf } from "./backupIdentity";
import { declareApplicationCa, declareCertificates } from "./certificates";
import { changeGuards } from "./changeGuard";
import { declareApplication, declareLogin, declareShown, type Passwords } from "./logins";
import { emptyArchive, restoring, sourceHooks } from "./looks";
import { declareObjects, type WithStatus } from "./objects";
import { protecting } from "./options";
import { declarePoolers } from "./poolers";
import { propagationHooks } from "./propagation";
import { annotationsOf, noteConfiguration, watchCluster } from "./settle";
import { afterCluster, afterSettled, type Settled, type Watching, watchObjectOf } from "./settled";
import { declareDumpSecrets, declareStoreSecrets } from "./storeSecrets";

const cnpg = "postgresql.cnpg.io/v1";
const barmanCloud = "barmancloud.cnpg.io/v1";

/**
 * Declares everything of one cluster but its namespace: what `PostgresCluster` does alone, and `PostgresEnvironment` for
 * each of its clusters. An environment has no component for each of them: with a hundred, those were a tenth of a run.
 *
 * @param dependsOn namespace and grants, which have to be there before
 * @param namespaces those that the program makes, by name: applications may be in another than the cluster's
 * @param jobGrants those of the accounts that its jobs run as.
 * @param watching how what is made is watched; undefined: Pulumi's provider waits, as far as it can
 */
export function declareCluster(
  name: string,
  plan: ClusterPlan,
  iamPropagationSeconds: number,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
  namespaces: ReadonlyMap<string, pulumi.Resource>,
  jobGrants: (workload: Workload) => readonly pulumi.Resource[],
  watching: Watching | undefined,
): DeclaredCluster {
  const { workload, backup, generation } = plan;
  const { declared, publications, subscriptions } = plan.migration;
  const { namespace } = workload;
  const follows = plan.migration.replica?.follows === true;
  // S3-compatible stores have no grants here to wait for.
  const grants = backup !== undefined && backup.location.s3 === undefined;
  const guards = changeGuards();
  guards.upgrades.set(name, plan.upgrade);
  const labels = { ...plan.labels };

  const known = new Map<string, pulumi.Resource>(
    [...namespaces].map(([key, resource]) => [`namespace/${key}`, resource]),
  );
  const settled = new Map<string, Settled>();
  const watched = plan.waitSeconds > 0 ? watching : undefined;
  const passwords: Passwords = new Map();
  const logins = [...declared.owners, ...plan.roles.logins].filter(({ source }) => source.kind === "random");
  const secrets = logins.map((login) => {
    const secret = declareLogin(name, workload, login, generation, labels, passwords, { parent, dependsOn });
    known.set(`secret/${login.role}`, secret);
    return secret;
  });
  const storeSecrets = declareStoreSecrets(name, plan, { parent, dependsOn });
  secrets.push(...storeSecrets);
  const around = {
    namespace,
    labels,
    parent,
    known,
    settled,
    watching: watched,
    dependsOn,
    grants: jobGrants,
    awaitGrants: () => propagationHooks().awaitGrants(iamPropagationSeconds),
  };
  declareObjects(name, plan.before, around);
  const made = plan.before.flatMap(({ key }) => known.get(key) ?? []);
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
              ...protecting(plan.protect),
              hooks: advised({ beforeUpdate: [guards.objectStore] }),
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
              metadata: { name: plan.recovery.objectStore.name, namespace, labels, ...restoring(plan) },
              spec: plan.recovery.objectStore.spec,
            },
            {
              parent,
              dependsOn,
              // With a new generation another source is right.
              replacementTrigger: generation,
              deleteBeforeReplace: true,
              hooks: advised(sourceHooks(plan, guards.source, watching)),
            },
          ),
        ];

  const certificates = declareCertificates(name, plan.certificates.certificates, workload, labels, {
    parent,
    dependsOn,
  });

  const looks = emptyArchive(plan, watching);
  const cluster = new CustomResource(
    name,
    {
      apiVersion: cnpg,
      kind: "Cluster",
      metadata: { name: workload.cluster, namespace, labels, annotations: annotationsOf(plan, watched) },
      spec: plan.spec,
    },
    {
      parent,
      dependsOn: [...dependsOn, ...secrets, ...made, ...store, ...source, ...certificates],
      ...protecting(plan.protect),
      // A new generation is a new cluster under the same name, so the old one goes first.
      replacementTrigger: generation,
      deleteBeforeReplace: true,
      hooks: advised({
        beforeUpdate: [guards.cluster, ...looks, ...noteConfiguration(watched)],
        beforeCreate: [
          ...(follows ? [guards.birth] : []),
          ...(grants ? [propagationHooks().awaitGrants(iamPropagationSeconds)] : []),
          ...looks,
        ],
      }),
      ...(plan.waitSeconds > 0 && {
        customTimeouts: { create: `${plan.waitSeconds}s`, update: `${plan.waitSeconds}s` },
      }),
    },
  );

  known.set("cluster", cluster);
  if (watched !== undefined) {
    const rights = dependsOn.flatMap((each) =>
      each instanceof BackupIdentity ? grantsOf(each, workload) : [each],
    );
    watchCluster(name, cluster, plan, [...rights, ...storeSecrets], watched);
  }

  // Both act on a cluster once: made anew with it, the new one gets its databases and a first base backup.
  const withCluster = { parent, dependsOn: [cluster], replaceWith: [cluster], deleteBeforeReplace: true };
  const watchAs = (kind: WatchedKind, objectName: string, resource: CustomResource, key: string) => {
    const at = { namespace, name: objectName, timeout: applyTimeout };
    const applied = watched === undefined ? undefined : watchObjectOf(resource, kind, at, watched);
    if (applied !== undefined) settled.set(key, applied);
  };
  for (const { database, objectName, spec } of declared.databases) {
    const resource = new CustomResource(
      `${name}/${database}`,
      { apiVersion: cnpg, kind: "Database", metadata: { name: objectName, namespace, labels }, spec },
      { ...withCluster, hooks: advised(afterCluster({ beforeUpdate: [guards.database] })) },
    );
    known.set(`database/${database}`, resource);
    watchAs("Database", objectName, resource, `database/${database}`);
  }
  declareObjects(name, plan.masking?.objects ?? [], around);
  const masked = (plan.masking?.jobs ?? []).flatMap((job) => known.get(job) ?? []);
  const afterMasking = { ...withCluster, dependsOn: [cluster, ...masked], hooks: afterCluster() };
  if (backup !== undefined) {
    const { name: objectName, spec } = backup.scheduledBackup;
    const schedule = new CustomResource(
      name,
      { apiVersion: cnpg, kind: "ScheduledBackup", metadata: { name: objectName, namespace, labels }, spec },
      // A base backup from before could bring back what was masked. Without protection, a removal that stops at the
      // protected Cluster would leave it running and never backed up again.
      { ...afterMasking, ...protecting(plan.protect), hooks: advised(afterMasking.hooks) },
    );
    watchAs("ScheduledBackup", objectName, schedule, "schedule");
  }
  for (const [kind, plans] of [
    ["Publication", publications],
    ["Subscription", subscriptions],
  ] as const)
    for (const { name: key, database, objectName, spec } of plans) {
      const within = known.get(`database/${database}`);
      const applied = settled.get(`database/${database}`);
      afterSettled(`${name}/${key}`, applied === undefined ? [] : [applied]);
      const resource = new CustomResource(
        `${name}/${key}`,
        { apiVersion: cnpg, kind, metadata: { name: objectName, namespace, labels }, spec },
        {
          ...afterMasking,
          dependsOn: [cluster, ...(within === undefined ? [] : [within]), ...masked],
          hooks: advised(afterMasking.hooks),
        },
      );
      watchAs(kind, objectName, resource, `${kind}/${key}`);
    }
  for (const login of logins.filter(({ shownAs }) => shownAs !== undefined))
    declareShown(`${name}/${login.role}`, workload, login, labels, passwords, afterMasking);
  for (const [key, secret] of declareDumpSecrets(name, plan, { parent, dependsOn })) known.set(key, secret);
  declareObjects(name, plan.objects, around);
  declareApplications(name, plan, passwords, parent, known);
  // These outlive a Cluster that is made anew, and find the new one under the old one's name.
  const later = { parent, dependsOn: [cluster], hooks: afterCluster() };
  const poolers = declarePoolers(name, plan.poolers, workload, plan.certificates, labels, later);
  for (const [objectName, pooler] of poolers) watchAs("Pooler", objectName, pooler, `pooler/${objectName}`);
  if (plan.certificates.applications !== undefined)
    declareApplicationCa(name, plan.certificates.applications, workload, labels, later);
  if (plan.timeToLive !== undefined) warnOfEnd(name, cluster, plan.timeToLive);
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

/** The Secrets of applications whose password Pulumi makes; the others are objects of External Secrets Operator. */
function declareApplications(
  name: string,
  { workload, labels, roles, masking }: ClusterPlan,
  passwords: Passwords,
  parent: pulumi.Resource,
  known: ReadonlyMap<string, pulumi.Resource>,
): void {
  const cluster = known.get("cluster");
  // In the next life it must not be there before the data of that one are masked.
  const perLife = masking !== undefined && cluster && { replaceWith: [cluster], deleteBeforeReplace: true };
  for (const application of roles.applications) {
    const { login, namespace, secretName, after } = application;
    if (login.source.kind !== "random") continue;
    const before = [`namespace/${namespace}`, ...secretKeys(login), ...after];
    declareApplication(
      `${name}/application/${namespace}/${secretName}`,
      workload,
      application,
      labels,
      passwords,
      { parent, dependsOn: before.flatMap((key) => known.get(key) ?? []), ...perLife },
    );
  }
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

/** Seconds that what CNPG applies to a running Postgres is waited for. */
const applyTimeout = 300;
