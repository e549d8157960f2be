import { POOLER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-pooler-authentication",
  title: "A Pooler leaves the lookup of passwords to CNPG, or has both the query and who runs it.",
  severity: "high",
  tags: ["pooler", "security"],
  why: "Without authQuery and Secrets, CNPG makes a role with a certificate, and a function that tells it one password at a time. With one of the two alone its webhook refuses the Pooler. authQuerySecret is deprecated since 1.30.",
  remedy: "Leave authQuery, authQuerySecret and serverTLSSecret out; or write authQuery and serverTLSSecret.",
  url: "https://cloudnative-pg.io/documentation/current/connection_pooling/#authentication",
  types: [POOLER],
  judge({ view, report }) {
    const pgbouncer = view.at("spec", "pgbouncer");
    const query = pgbouncer.text("authQuery") ?? "";
    const secrets = ["authQuerySecret", "serverTLSSecret"].filter((key) => pgbouncer.text(key, "name"));
    const [secret] = secrets;
    if (secret !== undefined && query === "")
      report(
        pgbouncer.at("authQuery"),
        `is missing, and ${secret} is there: CNPG refuses one without the other. Write the query, or leave ${secret} out.`,
      );
    else if (secret === undefined && query !== "")
      report(
        pgbouncer.at("authQuery"),
        "has no Secret of the role that runs it: CNPG refuses one without the other. Write serverTLSSecret, or leave authQuery out.",
      );
  },
});
