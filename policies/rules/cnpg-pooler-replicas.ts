import { POOLER } from "../core/cluster";
import { clusterOfPooler, poolerType } from "../core/poolers";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-pooler-replicas",
  title: "A Pooler of type ro belongs to a Cluster that has replicas.",
  severity: "high",
  tags: ["availability", "pooler"],
  why: "PgBouncer of type ro connects to the Service <cluster>-ro, which has the replicas alone behind it. With one instance it is empty: the Pooler is Ready, and every client waits and is turned away after query_wait_timeout.",
  remedy: "Set the Cluster's instances to 2 or more, or the Pooler's type to r, which takes any instance.",
  url: "https://cloudnative-pg.io/documentation/current/service_management/",
  types: [POOLER],
  judge({ stack, report, part }) {
    for (const pooler of stack.ofType(POOLER))
      part(() => {
        if (poolerType(pooler) !== "ro") return;
        const cluster = clusterOfPooler(pooler, stack);
        if (cluster === undefined || (cluster.view.number("spec", "instances") ?? 1) > 1) return;
        report(
          pooler,
          pooler.view.at("spec", "type"),
          `is ro, and ${cluster.called} has one instance, so no replica. Write r or rw, or give the Cluster another instance.`,
        );
      });
  },
});
