import type { ClusterArgs, ClusterSummary, Problems, RecoverFromArgs } from "../components";
import { Profile } from "../components";
import { IfUnavailable, type StackCluster } from "./recoverySchema";

/** Whether any cluster may begin empty if its source is not there: only then the stack's own outputs are asked for. */
export function mayBeginEmpty(clusters: unknown): boolean {
  const all = typeof clusters === "object" && clusters !== null ? Object.values(clusters) : [];
  return all.some(
    (cluster) =>
      (cluster as { recoverFrom?: { ifUnavailable?: unknown } } | null)?.recoverFrom?.ifUnavailable ===
      IfUnavailable.Initdb,
  );
}

/** What a cluster needs that may have to begin without its source: nobody else says it then. */
export function checkEmpty(problems: Problems, key: string, cluster: StackCluster, profile: unknown): void {
  const path = `clusters.${key}`;
  if (profile === Profile.Prod)
    problems.add(
      `${path}.recoverFrom.ifUnavailable`,
      IfUnavailable.Initdb,
      "left out with profile prod: an empty database in place of the one that was to be recovered is no help",
    );
  if (cluster.image === undefined && cluster.imageCatalog === undefined)
    problems.add(
      `${path}.image`,
      undefined,
      "an image, or imageCatalog: with ifUnavailable the source may not be there to say it",
    );
  if (cluster.databases === undefined)
    problems.add(
      `${path}.databases`,
      undefined,
      "the databases with their owners: with ifUnavailable the source may not be there to say them",
    );
  if (cluster.initdb !== undefined)
    problems.add(
      `${path}.initdb`,
      cluster.initdb,
      "left out with recoverFrom: nothing is initialized, and no SQL of it is run; what it says came with the source",
    );
  if (cluster.replica !== undefined)
    problems.add(
      `${path}.recoverFrom.ifUnavailable`,
      IfUnavailable.Initdb,
      "left out with replica: what begins empty has nobody to follow",
    );
  for (const other of ["importFrom", "baseBackupFrom"] as const)
    if (cluster[other] !== undefined)
      problems.add(
        `${path}.${other}`,
        cluster[other],
        "left out with recoverFrom: with ifUnavailable the cluster begins with a copy of its source, or empty",
      );
}

/** How a life of a cluster began, as the stack's last update said; undefined if it is not there yet. */
export function begunBy(former: unknown, key: string, generation: number): string | undefined {
  const clusters = typeof former === "object" && former !== null ? former : {};
  const found = Object.hasOwn(clusters, key) ? (clusters as Record<string, unknown>)[key] : undefined;
  const life = found as Partial<Pick<ClusterSummary, "bootstrap" | "generation">> | null | undefined;
  return life?.generation === generation ? life.bootstrap : undefined;
}

/** What remains without a source: nothing that is about what it would have brought. */
export function beginsEmpty(
  { masking: _, initdb: __, ...rest }: Omit<ClusterArgs, "recoverFrom">,
  { database }: RecoverFromArgs,
): ClusterArgs {
  return { ...rest, ...(database !== undefined && { initdb: { database } }) };
}
