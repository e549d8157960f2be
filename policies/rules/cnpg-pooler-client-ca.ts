import { CERTIFICATE, certificatesBySecret } from "../core/certificates";
import { POOLER } from "../core/cluster";
import { clusterOfPooler, isIntegrated } from "../core/poolers";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-pooler-client-ca",
  title: "A Pooler whose Cluster has a client CA of cert-manager has its certificate made there too.",
  severity: "high",
  tags: ["pooler", "certificates"],
  why: "CNPG signs the certificate with which PgBouncer looks passwords up with ca.key of the Cluster's clientCASecret. cert-manager's Secrets have no such key: the operator's work on the whole Cluster ends in that error before it comes to anything else, a failover included, and nobody gets in through the Pooler. It takes a Secret <cluster>-pooler that is there already.",
  remedy:
    "Add a Certificate with secretName <cluster>-pooler, commonName cnpg_pooler_pgbouncer, no DNS names, usage client auth and the label cnpg.io/reload in secretTemplate.",
  url: "https://cloudnative-pg.io/documentation/current/connection_pooling/#certificates",
  types: [POOLER],
  judge({ stack, report, part }) {
    if (stack.ofType(CERTIFICATE).length === 0) return;
    const bySecret = certificatesBySecret(stack, part);
    for (const pooler of stack.ofType(POOLER))
      part(() => {
        const cluster = clusterOfPooler(pooler, stack);
        const ca = cluster?.view.text("spec", "certificates", "clientCASecret");
        if (cluster === undefined || ca === undefined || !isIntegrated(pooler)) return;
        if (bySecret(cluster.namespace, ca) === undefined) return;
        const secret = `${cluster.name ?? ""}-pooler`;
        if (bySecret(cluster.namespace, secret) !== undefined) return;
        if (stack.find("Secret", cluster.namespace, secret) !== undefined) return;
        report(
          pooler,
          pooler.view.at("spec", "cluster", "name"),
          `the client CA of ${cluster.called} is cert-manager's, whose key CNPG has not, and there is no Certificate for the Secret ${secret}. Write one for cnpg_pooler_pgbouncer.`,
          "unless elsewhere",
        );
      });
  },
});
