import { POOLER } from "../core/cluster";
import { addTo } from "../core/grouped";
import { readSetting, settingOf } from "../core/parameters";
import { clusterOfPooler, poolerNumber, poolerType } from "../core/poolers";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-pooler-connections",
  title: "The pools of all PgBouncers together fit into max_connections.",
  severity: "medium",
  tags: ["pooler", "availability"],
  why: 'Every PgBouncer keeps default_pool_size connections for each pair of role and database. Counted is one pair, which is the least: if that alone is more than Postgres takes, a busy hour ends in "too many connections", for those who monitor and repair it too.',
  remedy:
    "Lower default_pool_size or the Pooler's instances, set max_db_connections, or raise max_connections.",
  url: "https://cloudnative-pg.io/documentation/current/connection_pooling/",
  types: [POOLER],
  judge({ stack, report, part }) {
    const byCluster = new Map<Resource, Resource[]>();
    for (const pooler of stack.ofType(POOLER))
      part(() => {
        const cluster = clusterOfPooler(pooler, stack);
        if (cluster !== undefined) addTo(byCluster, cluster, pooler);
      });
    for (const [cluster, poolers] of byCluster)
      part(() => {
        const most = Number(readSetting(settingOf(cluster, "max_connections")) ?? 100);
        if (!Number.isInteger(most)) return;
        for (const types of [
          ["rw", "r"],
          ["ro", "r"],
        ]) {
          const counted = poolers.filter((pooler) => types.includes(poolerType(pooler)));
          const sum = counted.reduce((all, pooler) => all + connectionsOf(pooler), 0);
          const last = counted.at(-1);
          if (last === undefined || sum <= most - reserved(cluster)) continue;
          report(
            last,
            last.view.at("spec", "pgbouncer", "parameters", "default_pool_size"),
            `PgBouncers of ${cluster.called} may open ${sum} connections for one role and database, and max_connections is ${most}${sum > most ? "" : `, of which ${reserved(cluster)} are for superusers`}. Write less, or raise max_connections.`,
          );
          return;
        }
      });
  },
});

/** Connections that only superusers get, CNPG's own among them. */
const reserved = (cluster: Resource): number =>
  Number(readSetting(settingOf(cluster, "superuser_reserved_connections")) ?? 3);

/** What all its PgBouncers may open for one role and database; nothing where that can't be read. */
function connectionsOf(pooler: Resource): number {
  const instances = pooler.view.number("spec", "instances") ?? 1;
  const pool = poolerNumber(pooler, "default_pool_size", 20) ?? 0;
  const reserve = poolerNumber(pooler, "reserve_pool_size", 0) ?? 0;
  const limits = ["max_db_connections", "max_user_connections"]
    .map((name) => poolerNumber(pooler, name, 0) ?? 0)
    .filter((limit) => limit > 0);
  return instances * Math.min(pool + reserve, ...limits);
}
