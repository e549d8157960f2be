import { CLUSTER } from "../core/cluster";
import { clusterOfHost, connectionUri, secretTexts } from "../core/connections";
import { EXTERNAL_SECRET } from "../core/passwordSecrets";
import { stackRule } from "../core/rule";

const encrypted = ["require", "verify-ca", "verify-full"];

export default stackRule({
  id: "k8s-connection-encrypted",
  title:
    "A Secret that tells an application in another namespace how to connect to a Cluster asks for encryption.",
  severity: "low",
  tags: ["secrets", "security"],
  why: "Without sslmode, libpq takes whatever it is offered, and CNPG lets clients in without TLS too: whoever answers first in the Service's place gets the password, and nobody is told.",
  remedy: "Add sslmode=require to the URI, or verify-full where the application has the cluster's CA.",
  url: "https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION",
  levels: { recommended: "disabled" },
  types: [CLUSTER],
  judge({ stack, report, part }) {
    for (const type of ["Secret", EXTERNAL_SECRET])
      for (const secret of stack.ofType(type))
        part(() => {
          for (const { at, text } of secretTexts(secret)) {
            const uri = connectionUri(text);
            if (uri === undefined || encrypted.includes(uri.sslMode ?? "")) continue;
            const cluster = clusterOfHost(stack, uri.host, secret.namespace);
            // Next to the Cluster are those that CNPG reads, and its own, which have none either.
            if (cluster === undefined || cluster.namespace === secret.namespace) continue;
            const says = uri.sslMode === undefined ? "has no sslmode" : `has sslmode ${uri.sslMode}`;
            report(secret, at, `leads to ${cluster.called} and ${says}. Add sslmode=require.`);
          }
        });
  },
});
