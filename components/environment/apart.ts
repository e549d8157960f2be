import type { Check } from "../check";
import type { PlannedCluster } from "./decide";

/** No two clusters may be the same one, or write to the same or to nested places. */
export function checkApart(check: Check, clusters: readonly PlannedCluster[]): void {
  const byWorkload = new Map<string, string>();
  const byPrefix = new Map<string, PlannedCluster>();
  const byObject = new Map<string, string>();
  for (const cluster of clusters) {
    const { key, plan } = cluster;
    const at = check.at("clusters").at(key);
    const workload = plan.workload.toString();
    const twin = byWorkload.get(workload);
    if (twin === undefined) {
      byWorkload.set(workload, key);
      checkObjectNames(check.at("clusters"), cluster, byObject);
    } else
      at.fail(
        "name",
        plan.workload.cluster,
        `another name or namespace than clusters.${twin}, which is ${workload} already`,
      );
    if (plan.backup === undefined) continue;

    const { location } = plan.backup;
    const neighbour = byPrefix.get(location.prefix);
    if (neighbour?.plan.backup !== undefined) {
      const same = neighbour.plan.backup.location.collidesWith(location);
      at.fail(
        "backup.prefix",
        location.prefix,
        `another folder than that of clusters.${neighbour.key}${same ? `: both would write ${location.destinationPath}/${location.serverName}` : ""}`,
      );
      continue;
    }
    byPrefix.set(location.prefix, cluster);
  }
  for (const [prefix, { key }] of byPrefix) {
    const segments = prefix.split("/");
    for (let depth = 1; depth < segments.length; depth++) {
      const outer = byPrefix.get(segments.slice(0, depth).join("/"));
      if (outer !== undefined) {
        check
          .at("clusters")
          .at(key)
          .fail(
            "backup.prefix",
            prefix,
            `a folder outside that of clusters.${outer.key}, whose grants reach everything below it`,
          );
      }
    }
  }
}

/** `shop` with database `eu-orders` and `shop-eu` with `orders` would make one Kubernetes object of two. */
function checkObjectNames(check: Check, { key, plan }: PlannedCluster, taken: Map<string, string>): void {
  const { namespace } = plan.workload;
  const { publications, subscriptions } = plan.migration;
  const databases = plan.databases.databases.map(({ database, objectName }) => ({
    name: database,
    objectName,
  }));
  for (const [kind, objects] of Object.entries({ databases, publications, subscriptions }))
    for (const { name, objectName } of objects) {
      const place = `${key}.${kind}.${name}`;
      const other = taken.get(`${kind} ${namespace}/${objectName}`);
      if (other === undefined) taken.set(`${kind} ${namespace}/${objectName}`, place);
      else
        check.fail(
          place,
          name,
          `another name, or another namespace: its objects would be called ${objectName}, as those of clusters.${other}`,
        );
    }
}
