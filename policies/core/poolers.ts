import { CLUSTER } from "./cluster";
import type { Resource } from "./resource";
import type { Stack } from "./stack";

/** Settings of PgBouncer that CNPG 1.30 takes; its webhook refuses every other. */
export const poolerParameters: ReadonlySet<string> = new Set(
  `application_name_add_host auth_type autodb_idle_timeout cancel_wait_timeout client_idle_timeout client_login_timeout
  client_tls_ciphers client_tls_sslmode client_tls13_ciphers default_pool_size disable_pqexec dns_max_ttl dns_nxdomain_ttl
  idle_transaction_timeout ignore_startup_parameters listen_backlog log_connections log_disconnections log_pooler_errors
  log_stats max_client_conn max_db_connections max_packet_size max_prepared_statements max_user_connections min_pool_size
  pkt_buf query_timeout query_wait_timeout reserve_pool_size reserve_pool_timeout sbuf_loopcnt server_check_delay
  server_check_query server_connect_timeout server_fast_close server_idle_timeout server_lifetime server_login_retry
  server_reset_query server_reset_query_always server_round_robin server_tls_ciphers server_tls13_ciphers
  server_tls_protocols server_tls_sslmode stats_period suspend_timeout tcp_defer_accept tcp_keepalive tcp_keepcnt
  tcp_keepidle tcp_keepintvl tcp_socket_buffer tcp_user_timeout track_extra_parameters verbose`.split(/\s+/),
);

/** The Cluster of a Pooler, if it is among the resources. */
export function clusterOfPooler(pooler: Resource, stack: Stack): Resource | undefined {
  const name = pooler.view.partial("spec", "cluster", "name");
  return name === undefined ? undefined : stack.find(CLUSTER, pooler.namespace, name);
}

/** Which instances a Pooler leads to. */
export function poolerType(pooler: Resource): string {
  return pooler.view.text("spec", "type") ?? "rw";
}

/** A whole number of a Pooler's parameters; what PgBouncer has if it is not there, nothing if it can't be read. */
export function poolerNumber(pooler: Resource, name: string, fallback: number): number | undefined {
  const at = pooler.view.at("spec", "pgbouncer", "parameters", name);
  const text = at.exists ? at.scalar() : String(fallback);
  return text !== undefined && /^[0-9]+$/.test(text.trim()) ? Number(text) : undefined;
}

/** Whether CNPG makes the role, the function and the certificate that look passwords up. */
export function isIntegrated(pooler: Resource): boolean {
  const pgbouncer = pooler.view.at("spec", "pgbouncer");
  return (
    !pgbouncer.text("authQuery") &&
    !pgbouncer.text("authQuerySecret", "name") &&
    !pgbouncer.text("serverTLSSecret", "name")
  );
}
