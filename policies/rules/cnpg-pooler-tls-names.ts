import { certificatesBySecret, coversService } from "../core/certificates";
import { POOLER } from "../core/cluster";
import { clusterOfPooler } from "../core/poolers";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-pooler-tls-names",
  title: "A server certificate with names of its own has those of the Cluster's Poolers too.",
  severity: "medium",
  tags: ["pooler", "certificates"],
  why: "PgBouncer shows its clients the Cluster's server certificate, which CNPG makes out for the Services of the Cluster alone. Somebody who writes names into it wants applications to verify them, and with sslmode=verify-full they can't connect through a Pooler that is missing.",
  remedy:
    "Add the Pooler's name, alone and with .<namespace> and .<namespace>.svc, to the Cluster's serverAltDNSNames or the Certificate's dnsNames; or give the Pooler a clientTLSSecret.",
  url: "https://cloudnative-pg.io/documentation/current/connection_pooling/#certificates",
  types: [POOLER],
  judge({ stack, report, part }) {
    const bySecret = certificatesBySecret(stack, part);
    for (const pooler of stack.ofType(POOLER))
      part(() => {
        const { name, namespace } = pooler;
        const cluster = clusterOfPooler(pooler, stack);
        if (name === undefined || cluster === undefined) return;
        const certificates = cluster.view.at("spec", "certificates");
        const secret = certificates.text("serverTLSSecret");
        const shown = pooler.view.text("spec", "pgbouncer", "clientTLSSecret", "name");
        // Another one than the Cluster's, which it may name as well as leave out.
        if (shown && shown !== (secret ?? `${cluster.name}-server`)) return;
        const certificate = secret === undefined ? undefined : bySecret(namespace, secret);
        const [holder, at] =
          certificate === undefined
            ? [cluster, certificates.at("serverAltDNSNames")]
            : [certificate, certificate.view.at("spec", "dnsNames")];
        const names = at.texts();
        if (names.length === 0 || coversService(names, name, namespace)) return;
        report(
          holder,
          at,
          `has names, and none of ${pooler.called}, which shows this certificate. Add ${name}.${namespace ?? "<namespace>"}.svc and its shorter forms.`,
        );
      });
  },
});
