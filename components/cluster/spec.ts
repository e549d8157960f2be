import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import type { PlacementArgs } from "../args/placement";
import type { ProfileDefaults } from "../args/profiles";
import type { ClusterSpec } from "../crds/types";
import { tolerations } from "../jobs/placement";
import type { Sizing } from "../plan/cluster";
import type { MigrationPlan } from "../plan/migration";
import type { ClusterMonitoringPlan } from "../plan/monitoring";
import type { RolesPlan } from "../plan/roles";
import type { StoreAccess } from "../plan/store";
import type { CertificatesPlan } from "../plan/tls";
import { gcpServiceAccountAnnotation } from "../units/workload";
import { sorted } from "./parameters";

/** What a Cluster's spec is rendered from. */
export interface SpecBasis {
  readonly args: ClusterArgs;
  readonly profileDefaults: ProfileDefaults;
  readonly instances: number;
  readonly sizing: Sizing;
  /** How it begins, and what it follows. */
  readonly migration: MigrationPlan;
  readonly roles: Pick<RolesPlan, "managedRoles">;
  /** Parameters over all others. */
  readonly held: Readonly<Record<string, string>>;
  /** What Postgres preloads. */
  readonly libraries: readonly string[];
  /** Lines of `pg_hba`; none leaves it to CNPG, which lets every role in with its password. */
  readonly hba: readonly string[];
  readonly backup: Pick<ClusterSpec, "plugins" | "backup" | "env">;
  /** Variables of the pods besides those of `backup`. */
  readonly env: Readonly<Record<string, string>>;
  /** Annotations of the pods' service account: as whom they come to a cloud. */
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  readonly certificates: CertificatesPlan["clusterSpec"];
  readonly monitoring: ClusterMonitoringPlan["clusterSpec"];
}

/** Renders `spec` of a Cluster. Every field is known at preview, so that a policy can judge it. */
export function renderClusterSpec(basis: SpecBasis): ClusterSpec {
  const { args, instances, sizing, migration, roles } = basis;
  const managedRoles = [...migration.declared.managedRoles, ...roles.managedRoles];
  return {
    instances,
    ...image(args),
    // With one instance a PodDisruptionBudget would block every node drain for ever.
    enablePDB: instances > 1,
    enableSuperuserAccess: false,
    primaryUpdateStrategy: args.primaryUpdateStrategy ?? defaults.ClusterArgs.primaryUpdateStrategy,
    primaryUpdateMethod: args.primaryUpdateMethod ?? defaults.ClusterArgs.primaryUpdateMethod,
    storage: { ...sizing.storage },
    ...(sizing.walStorage !== undefined && { walStorage: { ...sizing.walStorage } }),
    resources: sizing.resources,
    postgresql: {
      parameters: sorted({ ...sizing.parameters.values, ...basis.held }),
      ...(basis.libraries.length > 0 && { shared_preload_libraries: [...basis.libraries] }),
      ...(basis.hba.length > 0 && { pg_hba: [...basis.hba] }),
      ...(args.synchronous !== undefined && {
        synchronous: {
          method: args.synchronous.method ?? defaults.SynchronousArgs.method,
          number: args.synchronous.number,
          dataDurability: args.synchronous.dataDurability ?? defaults.SynchronousArgs.dataDurability,
        },
      }),
    },
    ...migration.clusterSpec,
    ...(managedRoles.length > 0 && { managed: { roles: managedRoles } }),
    // The operator makes the service account itself, named after the Cluster: only this template can annotate it.
    ...(Object.keys(basis.serviceAccountAnnotations).length > 0 && {
      serviceAccountTemplate: { metadata: { annotations: { ...basis.serviceAccountAnnotations } } },
    }),
    affinity: affinity(args.placement, basis.profileDefaults),
    ...(args.priorityClassName !== undefined && { priorityClassName: args.priorityClassName }),
    ...(args.labels !== undefined && { inheritedMetadata: { labels: args.labels } }),
    ...basis.certificates,
    ...basis.monitoring,
    ...basis.backup,
    ...withMore(basis.backup.env, basis.env),
  };
}

/** Annotations of the pods' service account: as whom they come to a cloud, if they have backups there. */
export function annotationsOf(
  gcpServiceAccount: string | undefined,
  backup: StoreAccess | undefined,
  source: StoreAccess | undefined,
): Readonly<Record<string, string>> {
  if (backup === undefined) return {};
  return {
    ...(gcpServiceAccount !== undefined && { [gcpServiceAccountAnnotation]: gcpServiceAccount }),
    ...backup.annotations,
    ...source?.annotations,
  };
}

/** Variables that are there, and of the others those that are not. */
function withMore(env: ClusterSpec["env"], more: Readonly<Record<string, string>>): Pick<ClusterSpec, "env"> {
  const missing = Object.entries(more).filter(([name]) => !env?.some((each) => each.name === name));
  if (missing.length === 0) return {};
  return { env: [...(env ?? []), ...missing.map(([name, value]) => ({ name, value }))] };
}

function image(args: ClusterArgs): Pick<ClusterSpec, "imageName" | "imageCatalogRef"> {
  if (args.imageCatalog === undefined) return { ...(args.image !== undefined && { imageName: args.image }) };
  const { kind, name, major } = args.imageCatalog;
  return {
    imageCatalogRef: {
      apiGroup: "postgresql.cnpg.io",
      kind: kind ?? defaults.ImageCatalogArgs.kind,
      name,
      major,
    },
  };
}

function affinity(
  placement: PlacementArgs | undefined,
  profileDefaults: ProfileDefaults,
): NonNullable<ClusterSpec["affinity"]> {
  const antiAffinity = placement?.antiAffinity ?? profileDefaults.PlacementArgs.antiAffinity;
  return {
    enablePodAntiAffinity: antiAffinity !== "off",
    ...(antiAffinity !== "off" && {
      podAntiAffinityType: antiAffinity,
      topologyKey: placement?.topologyKey ?? defaults.PlacementArgs.topologyKey,
    }),
    ...(placement?.nodeSelector !== undefined && { nodeSelector: placement.nodeSelector }),
    ...(placement?.tolerations !== undefined && {
      tolerations: tolerations(placement.tolerations),
    }),
  };
}
