import type { Check } from "../check";
import { bad, good, type Parsed } from "../units";

const whole = (least: number, most = 2_147_483_647): Parser =>
  numeric(/^[0-9]+$/, least, most, `a whole number${least > 0 ? ` of ${least} or more` : ""}, such as`);
const seconds: Parser = numeric(
  /^[0-9]+(\.[0-9]+)?$/,
  0,
  Number.MAX_SAFE_INTEGER,
  "seconds without a unit, such as",
);
const flag: Parser = (text) =>
  /^[01]$/.test(text) ? good(text) : bad('"1" or "0": PgBouncer reads no words here');
const anything: Parser = (text) => (/[\r\n]/.test(text) ? bad("one line") : good(text));

type Parser = (text: string) => Parsed<string>;

function numeric(form: RegExp, least: number, most: number, allowed: string): Parser {
  return (text) =>
    form.test(text) && Number(text) >= least && Number(text) <= most
      ? good(text)
      : bad(`${allowed} ${Math.max(least, 20)}`);
}

function oneOf(values: readonly string[], why = ""): Parser {
  return (text) => (values.includes(text) ? good(text) : bad(`one of ${values.join(", ")}${why}`));
}

const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/**
 * The settings of PgBouncer that CNPG lets a Pooler have (`AllowedPgbouncerGenericConfigurationParameters` of its webhook,
 * operator 1.30), and what PgBouncer reads in each. The webhook looks at names alone: with a value that it can't
 * read, PgBouncer ends as it starts.
 */
const readers: ReadonlyMap<string, Parser> = new Map([
  ...each(whole(0), [
    ...["default_pool_size", "max_db_connections", "max_user_connections", "min_pool_size"],
    ...["reserve_pool_size", "max_prepared_statements", "tcp_defer_accept", "tcp_socket_buffer"],
    ...["tcp_keepcnt", "tcp_keepidle", "tcp_keepintvl", "tcp_user_timeout", "verbose"],
  ]),
  ...each(whole(1), ["max_client_conn", "listen_backlog", "sbuf_loopcnt", "stats_period"]),
  ...each(whole(512), ["pkt_buf", "max_packet_size"]),
  ...each(seconds, [
    ...["autodb_idle_timeout", "cancel_wait_timeout", "client_idle_timeout", "client_login_timeout"],
    ...["dns_max_ttl", "dns_nxdomain_ttl", "idle_transaction_timeout", "query_timeout", "query_wait_timeout"],
    ...["reserve_pool_timeout", "server_check_delay", "server_connect_timeout", "server_idle_timeout"],
    ...["server_lifetime", "server_login_retry", "suspend_timeout"],
  ]),
  ...each(flag, [
    ...["application_name_add_host", "disable_pqexec", "log_connections", "log_disconnections"],
    ...["log_pooler_errors", "log_stats", "server_fast_close", "server_reset_query_always"],
    ...["server_round_robin", "tcp_keepalive"],
  ]),
  ...each(anything, [
    ...["client_tls_ciphers", "client_tls13_ciphers", "ignore_startup_parameters", "server_check_query"],
    ...["server_reset_query", "server_tls_ciphers", "server_tls13_ciphers", "server_tls_protocols"],
    ...["track_extra_parameters"],
  ]),
  ["auth_type", oneOf(["hba", "scram-sha-256", "md5"], ": with the others anybody is let in, or nobody")],
  ["client_tls_sslmode", oneOf(sslModes)],
  [
    "server_tls_sslmode",
    oneOf(sslModes.slice(3), ": PgBouncer shows Postgres a client certificate, which takes TLS"),
  ],
]);

function each(parser: Parser, names: readonly string[]): [string, Parser][] {
  return names.map((name) => [name, parser]);
}

/** Names that PgBouncer has and CNPG sets itself. */
const set = new Map([
  ["pool_mode", "called poolMode here"],
  ["listen_port", "remove it: CNPG sets it to 5432"],
  ["listen_addr", "remove it: CNPG sets it"],
  ["admin_users", "remove it: CNPG sets it, and its manager is the one administrator"],
  ["auth_user", "remove it: CNPG makes the role that looks passwords up"],
  ["auth_query", "remove it: CNPG makes the function that looks passwords up"],
  ["auth_file", "remove it: CNPG has passwords looked up in Postgres, so that there is no list of them"],
]);

/** What a pooler has where nothing is said: CNPG's own example in place of PgBouncer's 100 clients. */
export const defaultPoolerParameters = { max_client_conn: "1000", default_pool_size: "20" } as const;

/**
 * The settings of a pooler, sorted by name, with the defaults under them.
 *
 * @throws nothing; reports names that CNPG refuses, and values that PgBouncer can't read.
 */
export function decidePoolerParameters(
  check: Check,
  given: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(given ?? {})) {
    const reader = readers.get(name);
    if (reader !== undefined) check.parse(name, value, reader);
    else
      check.fail(
        name,
        value,
        set.get(name) ??
          "remove it: there is no such setting of PgBouncer, or CNPG's webhook refuses it; docs/pooler.md has all that can stand here",
      );
  }
  const all = { ...defaultPoolerParameters, ...given };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Names of all settings that can stand under `parameters`, sorted. */
export const poolerParameterNames: readonly string[] = [...readers.keys()].sort();
