import type { Check } from "../check";
import type { PlannedCluster } from "../plan/environment";

/** Two clusters of one name, in two namespaces, can't both leave their CA in a third. */
export function checkCopiesApart(check: Check, clusters: readonly PlannedCluster[]): void {
  const taken = new Map<string, string>();
  for (const { key, plan } of clusters) {
    const { applications } = plan.certificates;
    for (const namespace of applications?.namespaces ?? []) {
      const place = `${namespace}/${applications?.configMap ?? ""}`;
      const other = taken.get(place);
      if (other === undefined) taken.set(place, key);
      else
        check.fail(
          `${key}.certificates.applications.namespaces`,
          namespace,
          `without it, and with no application there that verifies the server: ${place} has the CA of clusters.${other} already, whose name is the same`,
        );
    }
  }
}
