import { origins, recovered } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { majorOf } from "../core/major";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-recovery-major",
  title: "A Cluster that is recovered runs the major version of Postgres that wrote the backup.",
  severity: "high",
  tags: ["recovery"],
  why: "Postgres reads the files of its own major version only. CNPG can't see the other's, accepts the Cluster, and every try of its recovery ends with `database files are incompatible with server`.",
  remedy: "Recover with an image of the source's major version, and upgrade afterwards.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const clusters = recovered(stack);
    if (clusters.length === 0) return;
    const originOf = origins(stack);
    for (const cluster of clusters)
      part(() => {
        const origin = originOf(cluster);
        if (origin === undefined) return;
        const [own, its] = [majorOf(cluster), majorOf(origin)];
        if (own === undefined || its === undefined || own.major === its.major) return;
        // A source that was upgraded since still has the older backups, which a target can ask for.
        if (
          own.major < its.major &&
          cluster.view.at("spec", "bootstrap", "recovery", "recoveryTarget").exists
        )
          return;
        report(
          cluster,
          own.at,
          `is of Postgres ${own.major}, and ${origin.called}, whose backup it reads, of ${its.major}. Write an image of ${its.major}.`,
        );
      });
  },
});
