import type { ClusterArgs } from "../args/cluster";
import type { PlacementArgs } from "../args/placement";
import { Profile, type ProfileDefaults } from "../args/profiles";
import type { Check } from "../check";
import { labelKey, labelValue } from "../units";

/** How many instances there are; checks what depends on their number. */
export function decideInstances(
  check: Check,
  args: ClusterArgs,
  profile: Profile,
  defaults: ProfileDefaults,
): number {
  const instances =
    check.integer("instances", args.instances ?? defaults.ClusterArgs.instances, 1, 99) ??
    defaults.ClusterArgs.instances;
  if (profile === Profile.Prod) {
    check.require(
      instances > 1,
      "instances",
      instances,
      "2 or more with profile prod: one instance has nothing to fail over to",
    );
  }
  if (instances === 1) {
    const supervised = args.primaryUpdateStrategy === "supervised";
    check.require(
      !supervised,
      "primaryUpdateStrategy",
      args.primaryUpdateStrategy,
      "unsupervised with one instance: there is no replica to switch to",
    );
  }
  if (args.synchronous !== undefined) {
    const most = instances - 1;
    check.require(
      most > 0,
      "synchronous",
      args.synchronous,
      "remove it with one instance: there is no replica to wait for",
    );
    if (most > 0) check.integer("synchronous.number", args.synchronous.number, 1, most);
  }
  return instances;
}

/** Checks nodes' labels and taints. */
export function checkPlacement(check: Check, placement: PlacementArgs | undefined): void {
  if (placement === undefined) return;
  for (const [key, value] of Object.entries(placement.nodeSelector ?? {})) {
    check.require(
      labelKey.test(key),
      `placement.nodeSelector.${key}`,
      key,
      "a label key such as cloud.google.com/gke-nodepool",
    );
    check.parse(`placement.nodeSelector.${key}`, value, labelValue);
  }
  placement.tolerations?.forEach(({ key, value }, i) => {
    check.require(
      labelKey.test(key),
      `placement.tolerations[${i}].key`,
      key,
      "the key of a taint, such as database-node",
    );
    check.parse(`placement.tolerations[${i}].value`, value, labelValue);
  });
  const { topologyKey } = placement;
  check.require(
    topologyKey === undefined || labelKey.test(topologyKey),
    "placement.topologyKey",
    topologyKey,
    "a node label such as topology.kubernetes.io/zone",
  );
}

/** Checks labels for all that CNPG makes. */
export function checkLabels(check: Check, labels: Readonly<Record<string, string>> | undefined): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    check.require(labelKey.test(key), `labels.${key}`, key, "a label key such as team or example.com/team");
    check.require(
      !key.startsWith("cnpg.io/"),
      `labels.${key}`,
      value,
      "remove it: CNPG keeps labels under cnpg.io/ for itself",
    );
    check.parse(`labels.${key}`, value, labelValue);
  }
}

/** What every Kubernetes cluster has can't be made, and an update would find that out when half of it is done. */
export function checkCreated(check: Check, { namespace, createNamespace }: ClusterArgs): void {
  const there = namespace === "default" || namespace.startsWith("kube-");
  check.require(
    !there || createNamespace === false,
    "createNamespace",
    createNamespace,
    `false with namespace ${namespace}, which every Kubernetes cluster has; or another namespace`,
  );
}
