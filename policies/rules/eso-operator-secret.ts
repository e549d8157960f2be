import { CLUSTER } from "../core/cluster";
import { EXTERNAL_SECRET } from "../core/passwordSecrets";
import { stackRule } from "../core/rule";

/** What CNPG writes into a Secret of its own, made of the password that was there first. */
const derived = ["uri", "jdbc-uri", "fqdn-uri", "fqdn-jdbc-uri", "pgpass"];

export default stackRule({
  id: "eso-operator-secret",
  title: "A password that is merged into the operator's own Secret goes into all keys that hold it.",
  severity: "low",
  tags: ["secrets", "roles"],
  why: "CNPG makes <cluster>-app once, with the password in uri, jdbc-uri, fqdn-uri, fqdn-jdbc-uri and pgpass as well. A password that is merged in later is in force for the role, and applications that read one of these keys go on with the old one.",
  remedy:
    "Let External Secrets make a Secret of its own, and name it in bootstrap.initdb.secret; or give all of these keys a template.",
  url: "https://cloudnative-pg.io/documentation/current/applications/#secrets",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    for (const secret of stack.ofType(EXTERNAL_SECRET))
      part(() => {
        const target = secret.view.at("spec", "target");
        if (target.text("creationPolicy") !== "Merge") return;
        const name = target.partial("name") ?? secret.name ?? "";
        const [, cluster] = /^(.+)-(?:app|superuser)$/.exec(name) ?? [];
        if (cluster === undefined || stack.find(CLUSTER, secret.namespace, cluster) === undefined) return;
        const data = target.at("template", "data");
        const written = new Set([
          ...data.keys(),
          ...secret.view.list("spec", "data").flatMap((entry) => entry.text("secretKey") ?? []),
        ]);
        if (!written.has("password")) return;
        const stale = derived.filter((key) => !written.has(key));
        if (stale.length > 0)
          report(
            secret,
            target.at("creationPolicy"),
            `merges a password into ${name}, which CNPG makes, and leaves the old one in ${stale.join(", ")}. Write a Secret of its own, and name it in bootstrap.initdb.secret.`,
          );
      });
  },
});
