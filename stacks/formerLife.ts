import { type ClusterSummary, isInPlace, type Problems } from "../components/index";
import type { StackCluster } from "./settings";

/** What the stack's last update said of a cluster; older ones told less. */
export type FormerLife = Partial<Pick<ClusterSummary, (typeof texts)[number] | "generation">>;

const texts = [
  "bootstrap",
  "logins",
  "workers",
  "kubernetesServiceAccount",
  "destinationPath",
  "serverName",
] as const;

/** Finds a cluster in this stack's own output `clusters`, whose shape nobody can be certain of; undefined if it is not there yet. */
export function formerLife(former: unknown, key: string): FormerLife | undefined {
  const clusters = typeof former === "object" && former !== null ? former : {};
  const found = Object.hasOwn(clusters, key) ? (clusters as Record<string, unknown>)[key] : undefined;
  if (typeof found !== "object" || found === null) return undefined;
  const { generation, ...rest } = found as { readonly [field: string]: unknown };
  return {
    ...(typeof generation === "number" && { generation }),
    ...Object.fromEntries(texts.filter((field) => typeof rest[field] === "string").map((f) => [f, rest[f]])),
  };
}

/**
 * Checks what a cluster is to be against what it is: a change that nothing else sees, since a Cluster that is replaced shows
 * nobody what it was.
 */
export function checkFormerLife(
  problems: Problems,
  key: string,
  cluster: StackCluster,
  former: unknown,
): void {
  const life = formerLife(former, key);
  if (life === undefined) return;
  const { generation = 1, recoverFrom } = cluster;
  const path = `clusters.${key}`;
  if (typeof life.generation === "number" && generation < life.generation)
    problems.add(
      `${path}.generation`,
      generation,
      `${life.generation}, which the cluster has reached, or more: with a former one it would be deleted, and a new one begin that can't ` +
        `archive, since there is an archive at its place already. If the update to ${life.generation} ended before it replaced the Cluster, ` +
        "run this where kubectl reaches the Kubernetes cluster, which says so",
    );
  const inPlace = recoverFrom !== undefined && recoverFrom.stack === undefined && isInPlace(recoverFrom);
  if (inPlace && life.logins === "declared" && recoverFrom.allowRoles === undefined)
    problems.add(
      `${path}.recoverFrom.allowRoles`,
      undefined,
      'who may log in beside the roles that this stack declares: [] for nobody, as the former generation had it, whose source may have been production; or ["*"] for everybody',
    );
}
