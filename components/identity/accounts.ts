import { IdentityMode } from "../args/backup";
import type { IdentityBasis } from "../plan/identity";
import { derivedName, shortHash } from "../units";
import { serviceAccountEmail, type Workload } from "../units/workload";

/** What the names of accounts depend on. */
export type AccountBasis = Omit<IdentityBasis, "tenants" | "readers" | "jobs">;

/** A Google account id has at most 30 characters. */
export const longestAccountId = 30;

/** The id of the account that a cluster uses; pure, so that a Cluster can be rendered before anything exists. */
export function accountIdOf(basis: AccountBasis, workload: Workload): string | undefined {
  switch (basis.mode) {
    case IdentityMode.Shared:
      return basis.serviceAccount ?? derivedName(["cnpg", basis.environment], longestAccountId);
    case IdentityMode.PerCluster:
      return ownAccountId(basis.environment, workload);
    case IdentityMode.Direct:
      return undefined;
  }
}

/** An id of the cluster's own. Hyphens and cuts would let two workloads meet in one; a hash keeps them apart. */
export function ownAccountId(environment: string, workload: Workload): string {
  const plain = ["cnpg", environment, workload.namespace, workload.cluster].join("-");
  if (plain.split("-").length === 4 && plain.length <= longestAccountId) return plain;
  const hash = shortHash([environment, workload.namespace, workload.cluster].join("/"));
  return `${plain.slice(0, longestAccountId - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

/** The e-mail of that account. */
export function emailOf(basis: AccountBasis, workload: Workload): string | undefined {
  const id = accountIdOf(basis, workload);
  return id === undefined ? undefined : serviceAccountEmail(id, basis.project);
}
