import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

const encrypted = ["require", "verify-ca", "verify-full"];

export default resourceRule({
  id: "cnpg-source-encrypted",
  title: "A connection to another Postgres server asks for encryption.",
  severity: "low",
  tags: ["security", "recovery"],
  why: "Without sslmode libpq takes prefer: what answers without TLS gets the password and hands out all data in clear text, and nobody is told.",
  remedy:
    "Write sslmode: require into connectionParameters, or verify-full with sslRootCert where the other server's CA is known.",
  url: "https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION",
  types: [CLUSTER],
  judge({ view, report, part }) {
    for (const external of view.list("spec", "externalClusters"))
      part(() => {
        const parameters = external.at("connectionParameters");
        if (!parameters.exists || external.at("sslKey").exists || external.at("sslCert").exists) return;
        // A socket of the same machine; and what can't be reached from elsewhere.
        if (/^(\/|localhost$|127\.)/.test(parameters.partial("host") ?? "/")) return;
        const mode = parameters.scalar("sslmode");
        if (mode !== undefined && encrypted.includes(mode)) return;
        report(
          parameters.at("sslmode"),
          `${mode === undefined ? "is not said, which is prefer" : `"${mode}" goes on without TLS`}. Write require or verify-full.`,
        );
      });
  },
});
