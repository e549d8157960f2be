import { pick } from "../pick";
import type { ClusterPlan } from "../plan/cluster";
import type { HookName, Life, PlannedObject, PlannedResource, Watch } from "../plan/object";
import type { Workload } from "../units/workload";

/** Key of what comes before everything of a cluster: its namespace and its grants. */
export const first = "first";

/** Key of the grants of an account that jobs run as. */
export const jobGrants = (job: Workload): string => `grants/${job}`;

/** The cluster that objects belong to. */
export type Owner = Pick<ClusterPlan, "workload" | "labels" | "waitSeconds">;

/** Seconds that what CNPG applies to a running Postgres is waited for. */
const applyTimeout = 300;

export const hookIf = (needed: boolean, name: HookName): readonly HookName[] => (needed ? [name] : []);

/** How Pulumi calls a kind: Kubernetes leaves the core group unsaid, Pulumi does not. */
export const kubernetesType = (apiVersion: string, kind: string): string =>
  `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;

/** The resource that an object of a cluster is. */
export function resourceOf(
  object: PlannedObject,
  owner: Owner,
  { life, hooks, ...more }: Partial<PlannedResource> = {},
): PlannedResource {
  const { key, apiVersion, kind, namespace, annotations, runsAs, announce } = object;
  const watch = watchOf(object, owner);
  const beforeCreate = [
    ...hookIf(runsAs !== undefined, "awaitGrants"),
    ...hookIf(watch?.kind === "Job", "watchJob"),
    ...hookIf(announce !== undefined, "announce"),
  ];
  return {
    key,
    name: object.called ?? `/${key}`,
    type: kubernetesType(apiVersion, kind),
    inputs: {
      apiVersion,
      kind,
      metadata: {
        name: object.name,
        namespace: namespace ?? owner.workload.namespace,
        labels: { ...owner.labels, ...object.labels },
        ...(annotations !== undefined && { annotations }),
      },
      ...object.body,
    },
    ...pick(object, ["filled"]),
    dependsOn: [
      ...(namespace === undefined ? [] : [`namespace/${namespace}`]),
      ...object.after,
      ...(runsAs === undefined ? [] : [jobGrants(runsAs)]),
    ],
    life: {
      ...(object.perLife === true && { replaceWith: ["cluster"] }),
      ...(object.replacedOnChange === true && { replaceOnChanges: ["spec"] }),
      ...(object.once === true && { ignoreChanges: ["spec"] }),
      ...pick(object, ["ignoreChanges", "formerFirst"]),
      ...(object.waitSeconds !== undefined && { timeout: object.waitSeconds }),
      ...life,
    },
    hooks: { advice: true, ...(beforeCreate.length > 0 && { beforeCreate }), ...hooks },
    ...(announce !== undefined && { facts: { announce } }),
    ...(watch !== undefined && { watch }),
    ...(object.readsStatus === true && { reads: ["status"] }),
    ...more,
  };
}

function watchOf({ kind, watchedAs, waitSeconds }: PlannedObject, owner: Owner): Watch | undefined {
  if (owner.waitSeconds === 0) return undefined;
  if (kind === "Job") return { kind };
  return watchedAs && { kind: watchedAs, timeout: waitSeconds ?? applyTimeout };
}

/** A resource that comes after the Cluster: it is made and changed when that has settled. */
export function afterCluster(resource: PlannedResource): PlannedResource {
  const { beforeCreate = [], beforeUpdate = [] } = resource.hooks ?? {};
  const hooks: PlannedResource["hooks"] = {
    ...resource.hooks,
    beforeCreate: ["afterSettled", ...beforeCreate],
    beforeUpdate: ["afterSettled", ...beforeUpdate],
  };
  return { ...resource, hooks };
}

/** A namespace that the program makes. */
export function namespaceResource(
  namespace: string,
  { protect, ...more }: Pick<PlannedResource, "name" | "dependsOn"> & Pick<Life, "protect">,
): PlannedResource {
  return {
    key: `namespace/${namespace}`,
    ...more,
    type: kubernetesType("v1", "Namespace"),
    inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    life: { protect },
    hooks: { advice: true },
  };
}
