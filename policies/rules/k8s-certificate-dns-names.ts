import { certificatesBySecret, coversService } from "../core/certificates";
import { CLUSTER } from "../core/cluster";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-certificate-dns-names",
  title: "A server certificate of cert-manager has the name of the Cluster's Service.",
  severity: "medium",
  tags: ["certificates"],
  why: "With sslmode=verify-full, libpq and every other driver compare the host that they connect to with the certificate's DNS names. CNPG itself looks at the CA alone, so nothing is amiss until the first application that verifies.",
  remedy:
    "Add <cluster>-rw, <cluster>-rw.<namespace> and <cluster>-rw.<namespace>.svc to dnsNames, and the same of -ro and -r.",
  url: "https://cloudnative-pg.io/documentation/current/certificates/#cert-manager-example",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const bySecret = certificatesBySecret(stack, part);
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const { name, namespace } = cluster;
        const secret = cluster.view.text("spec", "certificates", "serverTLSSecret");
        const certificate = secret === undefined ? undefined : bySecret(namespace, secret);
        if (certificate === undefined || name === undefined) return;
        const at = certificate.view.at("spec", "dnsNames");
        const service = `${name}-rw`;
        if (coversService(at.texts(), service, namespace)) return;
        report(
          certificate,
          at,
          `has no name of ${service}, by which applications connect to ${cluster.called}. Add ${service}.${namespace ?? "<namespace>"}.svc and its shorter forms.`,
        );
      });
  },
});
