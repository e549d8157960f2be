import { origins, recovered } from "../core/archives";
import { follows } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-recovery-database-differs",
  title: "A recovered Cluster has the database and the owner of its source.",
  severity: "medium",
  tags: ["recovery"],
  why: "bootstrap.recovery takes app for database and owner if they are not said. Beside the recovered database CNPG then makes an empty one, a role and a Secret, and applications that read <cluster>-app connect to the empty one.",
  remedy:
    "Write bootstrap.recovery.database and owner as bootstrap.initdb of the source has them, before the Cluster is created. In one that runs they are read no more, and stay as they are.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/#configure-the-application-database",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const clusters = recovered(stack);
    if (clusters.length === 0) return;
    const originOf = origins(stack);
    for (const cluster of clusters)
      part(() => {
        if (follows(cluster)) return;
        const origin = originOf(cluster);
        if (origin === undefined) return;
        const initdb = origin.view.at("spec", "bootstrap", "initdb");
        if (!initdb.exists) return;
        const database = initdb.text("database") ?? "app";
        const recovery = cluster.view.at("spec", "bootstrap", "recovery");
        const wanted = { database, owner: initdb.text("owner") ?? database };
        const given = recovery.text("database") ?? "app";
        const found = { database: given, owner: recovery.text("owner") ?? given };
        for (const field of ["database", "owner"] as const)
          if (found[field] !== wanted[field])
            report(
              cluster,
              recovery.at(field),
              `is "${found[field]}", and ${origin.called}, the source, has "${wanted[field]}". Write "${wanted[field]}", but not where the Cluster runs already: bootstrap is read once.`,
            );
      });
  },
});
