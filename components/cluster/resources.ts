import { reloadLabel } from "../credentials/externalSecrets";
import { applicationSecret, loginSecret, madeHere, passwordOf, shownSecret } from "../credentials/secrets";
import type { LogicalPlan } from "../plan/migration";
import type { PlannedObject, PlannedResource, WatchedKind } from "../plan/object";
import { poolerObjects } from "../pooler/objects";
import { storeSecret } from "../store/secret";
import { applicationCaObjects } from "../tls/applicationCaObjects";
import { clusterResource, type Decided, objectStores } from "./clusterResource";
import { afterCluster, first, resourceOf } from "./resourceOf";

/** All that is declared for a cluster but its namespace, in order. */
export function clusterResources(plan: Decided): PlannedResource[] {
  const { workload, labels, backup, recovery, masking, dumps, roles, certificates } = plan;
  const own = (object: PlannedObject) => resourceOf(object, plan);
  const behindFirst = (object: PlannedObject) => own({ ...object, after: [first, ...object.after] });
  const later = (object: PlannedObject) => afterCluster(behindFirst(object));
  const logins = [...plan.migration.declared.owners, ...roles.logins].filter(madeHere);
  const storeSecrets = [backup?.access.secret, recovery?.access?.secret].flatMap((secret) =>
    secret === undefined ? [] : [noted(behindFirst(storeSecret(secret, reloadLabel)))],
  );
  const early = [
    ...logins.flatMap((login) => [
      ...passwordOf(login, plan.generation),
      behindFirst(loginSecret(workload, login)),
    ]),
    ...storeSecrets,
    ...plan.before.map(behindFirst),
    ...objectStores(plan),
    ...certificates.certificates.map(behindFirst),
  ];
  const shown = logins.filter(({ shownAs }) => shownAs !== undefined);
  const applications = roles.applications.filter(({ login }) => madeHere(login));
  return [
    ...early,
    clusterResource(plan, keysOf(early), keysOf(storeSecrets)),
    ...databases(plan),
    ...(masking?.objects ?? []).map(later),
    ...schedules(plan),
    ...logical(plan),
    ...shown.map((login) => afterCluster(own(shownSecret(workload, login, ["cluster", ...masked(plan)])))),
    ...dumps.secrets.map((secret) => noted(behindFirst(storeSecret(secret, {})))),
    ...plan.objects.map(later),
    // In the next generation it must not be there before the data of that one are masked.
    ...applications.map((each) =>
      own({ ...applicationSecret(workload, each), perLife: masking !== undefined }),
    ),
    // These outlive a Cluster that is made anew, and find the new one under the old one's name.
    ...plan.poolers
      .flatMap((pooler) => poolerObjects(pooler, certificates))
      .map((object) => afterCluster(object.kind === "Pooler" ? own(object) : bare(own(object)))),
    ...(certificates.applications === undefined
      ? []
      : applicationCaObjects(certificates.applications, labels, workload.namespace).map((object) =>
          afterCluster(bare(own(object))),
        )),
    // At once, and not when the Cluster has settled: one that does not come up is to be seen too.
    ...plan.monitoring.monitors.map(behindFirst).map(served),
  ];
}

/** Another operator's kind: it is looked whether it is there, in a preview too. */
const served = (resource: PlannedResource): PlannedResource => ({
  ...resource,
  hooks: { ...resource.hooks, beforeCreate: ["servedKind"] },
});

/** Keys of what others come after: what those are made of comes before them. */
const keysOf = (resources: readonly PlannedResource[]): string[] =>
  resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ key }) => key);

/** Budgets and what copies the CA: nobody looks at them, nor says what to do where they can't be made. */
function bare({ watch: _, ...resource }: PlannedResource): PlannedResource {
  const dependsOn = (resource.dependsOn ?? []).filter((key) => !key.startsWith("namespace/"));
  return { ...resource, dependsOn, hooks: {} };
}

/** A Secret with keys to a store: that it is made or changed does not show at the Cluster. */
function noted(resource: PlannedResource): PlannedResource {
  const note = ["noteArchiveChange"] as const;
  return { ...resource, hooks: { ...resource.hooks, afterCreate: note, afterUpdate: note } };
}

/** What follows masking: a base backup from before could bring back what was masked. */
const masked = ({ masking }: Decided): readonly string[] => masking?.jobs ?? [];

/** What acts on a cluster once: made anew with it, the new one gets its databases and a first base backup. */
function onceApplied(
  kind: WatchedKind,
  object: Pick<PlannedObject, "key" | "called" | "name" | "after"> & { readonly spec: object },
  plan: Decided,
  more: Partial<PlannedResource> = {},
): PlannedResource {
  const { spec, ...rest } = object;
  const own = { apiVersion: "postgresql.cnpg.io/v1", kind, perLife: true, watchedAs: kind, body: { spec } };
  return afterCluster(resourceOf({ ...own, ...rest }, plan, more));
}

function databases(plan: Decided): PlannedResource[] {
  return plan.migration.declared.databases.map(({ database, objectName: name, spec }) => {
    const object = { key: `database/${database}`, called: `/${database}`, name, spec, after: ["cluster"] };
    return onceApplied("Database", object, plan, { hooks: { beforeUpdate: ["databaseOwner"] } });
  });
}

function schedules(plan: Decided): PlannedResource[] {
  if (plan.backup === undefined) return [];
  const after = ["cluster", ...masked(plan)];
  const object = { key: "schedule", called: "", ...plan.backup.scheduledBackup, after };
  // Without protection, a removal that stops at the protected Cluster would leave it running and never backed up again.
  return [onceApplied("ScheduledBackup", object, plan, { life: { protect: plan.protect } })];
}

function logical(plan: Decided): PlannedResource[] {
  const { publications, subscriptions, declared } = plan.migration;
  const of = (kind: "Publication" | "Subscription", all: readonly LogicalPlan<object>[]) =>
    all.map(({ name: key, database, objectName: name, spec }) => {
      const within = declared.databases.some((each) => each.database === database);
      const after = ["cluster", ...(within ? [`database/${database}`] : []), ...masked(plan)];
      return onceApplied(kind, { key: `${kind}/${key}`, called: `/${key}`, name, spec, after }, plan);
    });
  return [...of("Publication", publications), ...of("Subscription", subscriptions)];
}
