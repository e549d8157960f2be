import type { Check } from "../check";
import type { PlannedCluster } from "../plan/environment";

/**
 * No pooler may have the name of a cluster, or of a Service that CNPG makes for one: pooler `rw` of `orders` and the
 * primary of a cluster `orders-pooler` would both be `orders-pooler-rw`, and CNPG leaves a Service that it finds as it is.
 */
export function checkPoolersApart(check: Check, clusters: readonly PlannedCluster[]): void {
  if (clusters.every(({ plan }) => plan.poolers.length === 0)) return;
  const taken = new Map<string, string>();
  for (const { key, plan } of clusters) {
    const { workload } = plan;
    const names = [workload.cluster, ...(["rw", "ro", "r"] as const).map((role) => workload.service(role))];
    for (const name of names) taken.set(`${workload.namespace}/${name}`, `clusters.${key}`);
  }
  for (const { key, plan } of clusters) {
    for (const pooler of plan.poolers) {
      const place = `${plan.workload.namespace}/${pooler.name}`;
      const other = taken.get(place);
      if (other === undefined) taken.set(place, `clusters.${key}.poolers.${pooler.key}`);
      else
        check.fail(
          `${key}.poolers.${pooler.key}`,
          pooler.key,
          `another name: its Service would be called ${pooler.name}, as that of ${other}`,
        );
    }
  }
}
