import type { Check } from "../check";
import type { PlannedCluster } from "../plan/environment";
import { databaseRoleName } from "../roles/render";
import { secretPlaces } from "../roles/secretNames";
import { checkCopiesApart } from "./copiesApart";
import { checkPoolersApart } from "./poolersApart";

/** No two clusters may be the same one, or write to the same or to nested places. */
export function checkApart(check: Check, clusters: readonly PlannedCluster[]): void {
  checkPoolersApart(check.at("clusters"), clusters);
  checkCopiesApart(check.at("clusters"), clusters);
  const byWorkload = new Map<string, string>();
  const byPrefix = new Map<string, PlannedCluster>();
  const byObject = new Map<string, string>();
  const bySecret = new Map<string, { readonly key: string; readonly of: string }>();
  for (const cluster of clusters) {
    const { key, plan } = cluster;
    const at = check.at("clusters").at(key);
    const workload = plan.workload.toString();
    const twin = byWorkload.get(workload);
    if (twin === undefined) {
      byWorkload.set(workload, key);
      // Names of objects that meet are those of Secrets too: once is enough.
      if (checkObjectNames(check.at("clusters"), cluster, byObject))
        checkSecretsApart(check.at("clusters"), cluster, bySecret);
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
function checkObjectNames(check: Check, { key, plan }: PlannedCluster, taken: Map<string, string>): boolean {
  let apart = true;
  const { namespace, cluster } = plan.workload;
  const { publications, subscriptions } = plan.migration;
  const databases = plan.databases.databases.map(({ database, objectName }) => ({
    name: database,
    objectName,
  }));
  const roles = plan.roles.roles.map(({ name }) => ({ name, objectName: databaseRoleName(cluster, name) }));
  for (const [kind, objects] of Object.entries({ databases, roles, publications, subscriptions }))
    for (const { name, objectName } of objects) {
      const place = `${key}.${kind}.${name}`;
      const object = `${kind} ${namespace}/${objectName}`;
      const other = taken.get(object);
      if (other === undefined) taken.set(object, place);
      else
        apart = check.require(
          false,
          place,
          name,
          `another name, or another namespace: its objects would be called ${objectName}, as those of clusters.${other}`,
        );
    }
  return apart;
}

/** Refuses two Secrets of one name, which may be in namespaces of applications. Within one cluster it is checked already. */
function checkSecretsApart(
  check: Check,
  { key, plan }: PlannedCluster,
  taken: Map<string, { readonly key: string; readonly of: string }>,
): void {
  for (const place of secretPlaces(plan.workload, plan.databases.owners, plan.roles)) {
    const secret = `${place.namespace}/${place.name}`;
    const other = taken.get(secret);
    if (other === undefined) taken.set(secret, { key, of: place.of });
    else if (other.key !== key)
      check.fail(
        place.path === "" ? key : `${key}.${place.path}`,
        place.name,
        `another Secret than ${secret}, which is that of ${other.of} of clusters.${other.key}`,
      );
  }
}
