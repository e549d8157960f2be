import { endpointsOf, isOfCnpg, podMonitorTypes } from "../core/monitors";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "k8s-monitor-verifies-tls",
  title: "What scrapes a Cluster by TLS verifies its certificate.",
  severity: "low",
  tags: ["monitoring", "security"],
  why: "With insecureSkipVerify any pod that answers at the address is believed, and its numbers hide what a database does. CNPG's own CA is in the Secret <cluster>-ca, and <cluster>-rw is among the names of the certificate.",
  remedy:
    "Write the CA from the Secret <cluster>-ca, key ca.crt, and serverName: <cluster>-rw, in place of insecureSkipVerify.",
  url: "https://cloudnative-pg.io/documentation/current/monitoring/",
  types: podMonitorTypes,
  judge({ resource, report, part }) {
    if (!isOfCnpg(resource)) return;
    for (const endpoint of endpointsOf(resource))
      for (const field of ["tlsConfig", "tls"])
        part(() => {
          const at = endpoint.at(field, "insecureSkipVerify");
          if (at.flag() === true)
            report(at, "verifies nothing. Write the CA of <cluster>-ca and serverName <cluster>-rw.");
        });
  },
});
