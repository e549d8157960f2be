import { barmanPluginName } from "../plan/backup";
import { parseQuantity } from "../units";
import {
  type Container,
  conditionOf,
  type EnvVar,
  type InstanceStatus,
  instancePods,
  type LiveClaim,
  type LiveCluster,
  type LivePod,
  type ResourceAmounts,
  type Snapshot,
} from "./live";
import { missingRoles } from "./managedRoles";

/** Name of the plugin's container in instances' pods. */
export const sidecar = "plugin-barman-cloud";

export interface SidecarWanted extends ResourceAmounts {
  readonly env?: readonly EnvVar[];
}

/** What a Cluster is measured by beside its own spec. */
export interface Wanted {
  /** Whether `ContinuousArchiving` must not be false. */
  readonly archives: boolean;
  /** How its ObjectStore has the plugin's sidecar (`instanceSidecarConfiguration`). */
  readonly sidecar?: SidecarWanted;
  /** Hash of the configuration that instances had before parameters were changed, by pod. */
  readonly formerConfiguration?: ReadonlyMap<string, string>;
}

/**
 * What a cluster still lacks of what is declared, each as a few words; nothing, if it is as it should be.
 *
 * CNPG writes no observed generation on a Cluster, and its conditions stay true until it has begun with a change. So this
 * looks at what runs: image, resources and sidecar of each instance's pod, the configuration that its Postgres has loaded,
 * the size of its volumes.
 */
export function missingOf({ cluster, pods, claims, instances, secrets }: Snapshot, wanted: Wanted): string[] {
  if (cluster === undefined) return ["the Cluster"];
  const { spec = {}, status = {} } = cluster;
  const missing: string[] = [];
  if (status.phase !== "Cluster in healthy state") missing.push(status.phase ?? "the operator's first word");
  if (conditionOf(status.conditions, "Ready")?.status !== "True") missing.push("condition Ready");
  // Where nothing was archived yet there is no such condition: a WAL file is asked for when all else is there.
  if (wanted.archives && conditionOf(status.conditions, "ContinuousArchiving")?.status === "False")
    missing.push("condition ContinuousArchiving");
  const running = instancePods(pods);
  const number = spec.instances ?? 1;
  if (status.readyInstances !== number || running.length !== number)
    missing.push(`${number} ready instances (${status.readyInstances ?? 0} are)`);
  if (spec.imageName !== undefined && status.image !== spec.imageName)
    missing.push(`image ${spec.imageName} (the operator still has ${status.image ?? "none"})`);
  for (const pod of running) missing.push(...ofPod(pod, cluster, instances, wanted));
  if (new Set([...instances.values()].map(hashOf)).size > 1)
    missing.push("one configuration on all instances");
  for (const claim of claims) missing.push(...ofClaim(claim, cluster));
  missing.push(...missingRoles(cluster, secrets));
  return missing;
}

function ofPod(
  pod: LivePod,
  { spec = {}, status = {} }: LiveCluster,
  instances: ReadonlyMap<string, InstanceStatus | string>,
  wanted: Wanted,
): string[] {
  const { name, deletionTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) return [`the end of pod ${name}`];
  const missing: string[] = [];
  const postgres = pod.spec?.containers?.find((container) => container.name === "postgres");
  if (status.image !== undefined && postgres?.image !== status.image)
    missing.push(`image ${status.image} in pod ${name}`);
  if (!sameAmounts(spec.resources, postgres?.resources)) missing.push(`the resources in pod ${name}`);
  const needed = spec.plugins?.some((plugin) => plugin.enabled !== false && plugin.name === barmanPluginName);
  const found = pod.spec?.initContainers?.find((container) => container.name === sidecar);
  if (needed === true && found === undefined) missing.push(`the plugin's sidecar in pod ${name}`);
  else if (needed !== true && found !== undefined) missing.push(`pod ${name} without the plugin's sidecar`);
  else if (found !== undefined && !isSidecar(wanted.sidecar, found))
    missing.push(`the sidecar's settings in pod ${name}`);
  if (conditionOf(pod.status?.conditions, "Ready")?.status !== "True") missing.push(`pod ${name} ready`);
  const said = instances.get(name);
  if (said === undefined || typeof said === "string") missing.push(`an answer of pod ${name}`);
  else {
    if (said.pendingRestart === true) missing.push(`the restart that pod ${name} waits for`);
    const former = wanted.formerConfiguration?.get(name);
    if (former !== undefined && former !== "" && said.loadedConfigurationHash === former)
      missing.push(`the new configuration in pod ${name}`);
  }
  return missing;
}

function isSidecar(wanted: SidecarWanted | undefined, found: Container): boolean {
  const variables = new Map((found.env ?? []).map((variable) => [variable.name, variable]));
  return (
    sameAmounts(wanted, found.resources) &&
    (wanted?.env ?? []).every((variable) => {
      const has = variables.get(variable.name);
      const from = JSON.stringify(variable.valueFrom) === JSON.stringify(has?.valueFrom);
      return has !== undefined && (variable.value ?? "") === (has.value ?? "") && from;
    })
  );
}

function hashOf(said: InstanceStatus | string): string {
  return typeof said === "string" ? "" : (said.loadedConfigurationHash ?? "");
}

function ofClaim({ metadata, status }: LiveClaim, { spec = {} }: LiveCluster): string[] {
  const role = metadata.labels?.["cnpg.io/pvcRole"];
  const size =
    role === "PG_DATA" ? spec.storage?.size : role === "PG_WAL" ? spec.walStorage?.size : undefined;
  const has = status?.capacity?.storage;
  if (size === undefined || has === undefined) return [];
  const [want, is] = [parseQuantity(size), parseQuantity(has)];
  if (!want.ok || !is.ok || is.value.compare(want.value) >= 0) return [];
  return [`${size} in volume ${metadata.name} (it has ${has})`];
}

/** Whether what was asked for stands in the pod; what others add, such as a default limit, does not count. */
function sameAmounts(asked: ResourceAmounts | undefined, found: ResourceAmounts | undefined): boolean {
  return (["requests", "limits"] as const).every((kind) =>
    Object.entries(asked?.[kind] ?? {}).every(([resource, amount]) => {
      const [want, is] = [parseQuantity(amount), parseQuantity(found?.[kind]?.[resource] ?? "")];
      return want.ok && is.ok && want.value.compare(is.value) === 0;
    }),
  );
}
