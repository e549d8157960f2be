import { POOLER } from "../core/cluster";
import { poolerNumber } from "../core/poolers";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-pooler-session-mode",
  title: "A Pooler in session mode does not promise more clients than it has server connections for.",
  severity: "low",
  tags: ["pooler"],
  why: "In session mode, which is the default, a client keeps its server connection until it leaves: of max_client_conn clients, default_pool_size for each role and database are served, and the others wait and are turned away after query_wait_timeout, two minutes. Applications that keep connections open, as their own pools do, never give theirs back.",
  remedy: "Write poolMode: transaction if the applications can do with it, or lower max_client_conn.",
  url: "https://www.pgbouncer.org/features.html",
  types: [POOLER],
  parameters: {
    clientsPerConnection: {
      type: "number",
      default: 10,
      description: "Most clients of a PgBouncer for each server connection of one role and database.",
    },
  },
  judge({ view, resource, parameters, report }) {
    const pgbouncer = view.at("spec", "pgbouncer");
    if ((pgbouncer.text("poolMode") ?? "session") !== "session") return;
    const at = pgbouncer.at("parameters", "max_client_conn");
    // PgBouncer's own hundred is nobody's promise.
    if (!at.exists) return;
    const clients = poolerNumber(resource, "max_client_conn", 100);
    const pool = poolerNumber(resource, "default_pool_size", 20);
    if (
      clients === undefined ||
      pool === undefined ||
      clients <= pool * Number(parameters.clientsPerConnection)
    )
      return;
    report(
      at,
      `${clients} clients of one role and database share ${pool} connections, and in session mode each keeps one. Write poolMode: transaction, or fewer clients.`,
    );
  },
});
