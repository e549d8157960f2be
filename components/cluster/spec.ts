import type { ClusterSpec } from "../crds/types";
import type { DatabasesPlan } from "../database/decide";
import { gcpServiceAccountAnnotation } from "../identity/workload";
import type { ProfileDefaults } from "../profiles";
import type { RecoveryPlan } from "../recovery/decide";
import type { ClusterArgs, PlacementArgs } from "./args";
import type { Sizing } from "./sizing";

/** What a Cluster's spec is rendered from. */
export interface SpecBasis {
  readonly args: ClusterArgs;
  readonly defaults: ProfileDefaults;
  readonly instances: number;
  readonly sizing: Sizing;
  readonly databases: DatabasesPlan;
  /** How it begins from an archive; undefined if it begins with initdb. */
  readonly recovery: RecoveryPlan["clusterSpec"] | undefined;
  /** Lines of `pg_hba`; none leaves it to CNPG, which lets every role in with its password. */
  readonly hba: readonly string[];
  readonly backup: Pick<ClusterSpec, "plugins" | "backup" | "env">;
  /** E-mail of the Google service account that the pods act as; undefined if they act as themselves. */
  readonly gcpServiceAccount: string | undefined;
}

/** Renders `spec` of a Cluster. Every field is known at preview, so that a policy can judge it. */
export function renderClusterSpec(basis: SpecBasis): ClusterSpec {
  const { args, instances, sizing, databases } = basis;
  return {
    instances,
    ...image(args),
    // With one instance a PodDisruptionBudget would block every node drain for ever.
    enablePDB: instances > 1,
    enableSuperuserAccess: false,
    primaryUpdateStrategy: args.primaryUpdateStrategy ?? "unsupervised",
    primaryUpdateMethod: args.primaryUpdateMethod ?? "restart",
    storage: { ...sizing.storage },
    ...(sizing.walStorage !== undefined && { walStorage: { ...sizing.walStorage } }),
    resources: sizing.resources,
    postgresql: {
      parameters: { ...sizing.parameters.values },
      ...(basis.hba.length > 0 && { pg_hba: [...basis.hba] }),
      ...(args.synchronous !== undefined && {
        synchronous: {
          method: args.synchronous.method ?? "any",
          number: args.synchronous.number,
          dataDurability: args.synchronous.dataDurability ?? "required",
        },
      }),
    },
    // One method, never two: with both left over from a merge CNPG refuses the Cluster.
    ...(basis.recovery ?? { bootstrap: { initdb: databases.initdb } }),
    ...(databases.managedRoles.length > 0 && { managed: { roles: [...databases.managedRoles] } }),
    // The operator makes the service account itself, named after the Cluster: only this template can annotate it.
    ...(basis.gcpServiceAccount !== undefined && {
      serviceAccountTemplate: {
        metadata: { annotations: { [gcpServiceAccountAnnotation]: basis.gcpServiceAccount } },
      },
    }),
    affinity: affinity(args.placement, basis.defaults),
    ...(args.labels !== undefined && { inheritedMetadata: { labels: args.labels } }),
    ...basis.backup,
  };
}

function image(args: ClusterArgs): Pick<ClusterSpec, "imageName" | "imageCatalogRef"> {
  if (args.imageCatalog === undefined) return { ...(args.image !== undefined && { imageName: args.image }) };
  const { kind, name, major } = args.imageCatalog;
  return {
    imageCatalogRef: { apiGroup: "postgresql.cnpg.io", kind: kind ?? "ClusterImageCatalog", name, major },
  };
}

function affinity(
  placement: PlacementArgs | undefined,
  defaults: ProfileDefaults,
): NonNullable<ClusterSpec["affinity"]> {
  const antiAffinity = placement?.antiAffinity ?? defaults.antiAffinity;
  return {
    enablePodAntiAffinity: antiAffinity !== "off",
    ...(antiAffinity !== "off" && {
      podAntiAffinityType: antiAffinity,
      topologyKey: placement?.topologyKey ?? "kubernetes.io/hostname",
    }),
    ...(placement?.nodeSelector !== undefined && { nodeSelector: placement.nodeSelector }),
    ...(placement?.tolerations !== undefined && {
      tolerations: placement.tolerations.map(({ key, value, effect }) => ({
        key,
        ...(value === undefined ? { operator: "Exists" } : { operator: "Equal", value }),
        ...(effect !== undefined && { effect }),
      })),
    }),
  };
}
