import { POOLER } from "../core/cluster";
import { poolerParameters } from "../core/poolers";
import { resourceRule } from "../core/rule";

const instead = new Map([
  ["pool_mode", "Write it as spec.pgbouncer.poolMode."],
  ["auth_query", "Write it as spec.pgbouncer.authQuery, or leave it to CNPG."],
  ["auth_user", "CNPG makes that role."],
]);

export default resourceRule({
  id: "cnpg-pooler-parameters",
  title: "A Pooler sets only those parameters of PgBouncer that CNPG lets it set.",
  severity: "high",
  tags: ["pooler"],
  why: "CNPG's webhook refuses a Pooler with any other parameter, and with it the deployment that has one.",
  remedy: "Leave the parameter out; the documentation lists those that can be set.",
  url: "https://cloudnative-pg.io/documentation/current/connection_pooling/#pgbouncer-configuration-options",
  types: [POOLER],
  judge({ view, report }) {
    const at = view.at("spec", "pgbouncer", "parameters");
    for (const name of at.knownKeys())
      if (!poolerParameters.has(name))
        report(
          at.at(name),
          `is refused by CNPG. ${instead.get(name) ?? "Leave it out."}`,
          instead.has(name) ? [] : [{ path: at.at(name).path, remove: true }],
        );
  },
});
