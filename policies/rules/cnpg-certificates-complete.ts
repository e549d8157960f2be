import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-certificates-complete",
  title: "A Cluster that names its certificates names their CAs too.",
  severity: "high",
  tags: ["certificates"],
  why: "CNPG's webhook refuses serverTLSSecret without serverCASecret, replicationTLSSecret without clientCASecret, and serverAltDNSNames beside serverTLSSecret, whose names are what they are.",
  remedy:
    "Name the Secret with ca.crt of the CA, which may be the same one; put DNS names into the certificate.",
  url: "https://cloudnative-pg.io/documentation/current/certificates/#user-provided-certificates-mode",
  types: [CLUSTER],
  judge({ view, report, part }) {
    const certificates = view.at("spec", "certificates");
    const incomplete = (tls: string, ca: string) => {
      if (certificates.text(tls) && !certificates.text(ca))
        report(certificates.at(ca), `is missing, and ${tls} is there. Write the Secret with its ca.crt.`);
    };
    part(() => {
      incomplete("serverTLSSecret", "serverCASecret");
      const names = certificates.at("serverAltDNSNames");
      if (certificates.text("serverTLSSecret") && names.list().length > 0)
        report(names, "can't stand beside serverTLSSecret. Put the names into that certificate.");
    });
    part(() => incomplete("replicationTLSSecret", "clientCASecret"));
  },
});
