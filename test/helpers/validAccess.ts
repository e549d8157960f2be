import fc from "fast-check";
import { given, maybe, some } from "./arbitraries";

// Ways in to a drawn cluster: poolers, certificates, roles.

export const pooler = some({
  poolMode: fc.constantFrom("session", "transaction"),
  type: fc.constantFrom("rw", "ro", "r"),
  instances: fc.constant(2),
  parameters: fc.constantFrom(
    { default_pool_size: "3", max_client_conn: 500, query_wait_timeout: "30.5" },
    { default_pool_size: 2, log_connections: 0, client_tls_sslmode: "require", reserve_pool_size: 1 },
  ),
  resources: fc.constantFrom({ cpu: "50m" }, { memory: "128Mi", memoryLimit: "1Gi", cpuLimit: "1" }),
  placement: fc.constantFrom(
    { antiAffinity: "required", tolerations: [{ key: "spot" }] },
    { antiAffinity: "off", nodeSelector: { pool: "general" } },
  ),
  serviceType: fc.constantFrom("ClusterIP", "NodePort", "LoadBalancer"),
  serviceAnnotations: fc.constant({ "networking.gke.io/load-balancer-type": "Internal" }),
  image: fc.constantFrom(
    "ghcr.io/cloudnative-pg/pgbouncer:1.24.0",
    "registry.example.com:5000/pgbouncer:1.25.1-2",
  ),
  clientTLSSecret: fc.constant("pooler-tls"),
  paused: fc.boolean(),
})
  // With pools of PgBouncer's own size, two poolers of some databases are more than Postgres takes.
  .map((settings) => ({ parameters: { default_pool_size: 2 }, ...settings }));
const issuer = some({
  kind: fc.constantFrom("Issuer", "ClusterIssuer"),
  group: fc.constant("awspca.cert-manager.io"),
}).map((rest) => ({ name: "company", ...rest }));
const signed = fc.record({ issuer, duration: maybe(fc.constantFrom("336h", "8760h")) }).map(given);
export const certificates = some({
  server: fc.oneof(signed, fc.constant({ caSecret: "own-ca" })),
  client: fc.oneof(signed, fc.constant({ caSecret: "own-ca" })),
  serverAltDNSNames: fc.constantFrom(["db.example.com"], ["*.db.example.com", "db"]),
});

const credentials = fc.oneof(
  some({ length: fc.integer({ min: 20, max: 128 }), rotation: fc.integer({ min: 1, max: 9 }) }).map(
    (random) => ({
      random,
    }),
  ),
  fc.constant({ externalSecret: { store: "vault", key: "shop/x", property: "password" } }),
  fc.constant({ generator: { symbols: 4, refreshInterval: "24h" } }),
);
const verifying = { namespace: "shop", sslmode: "verify-full", sslrootcert: "/etc/ssl/shop/ca.crt" };

/** A role beside the owners; what its name may be depends on them. */
export const role = fc
  .record({
    attributes: some({
      createdb: fc.boolean(),
      createrole: fc.boolean(),
      inherit: fc.boolean(),
      bypassrls: fc.boolean(),
      replication: fc.boolean(),
      inRoles: fc.uniqueArray(fc.constantFrom("pg_monitor", "pg_read_all_data", "pg_signal_backend")),
      connectionLimit: fc.integer({ min: -1, max: 50 }),
      validUntil: fc.constantFrom("2037-01-02T03:04:05Z", "2037-01-02 04:04:05+01"),
      comment: fc.constantFrom("Reads", 'It\'s 100% "read"'),
    }),
    access: fc.oneof(
      fc.constant({ login: false }),
      fc.constant({ disablePassword: true }),
      fc.constant({ clientCertificate: true }),
      fc.record({
        credentials,
        applications: fc.constantFrom([], [{ namespace: "shop", service: "r" }], [verifying]),
      }),
      fc.record({ rotationMode: fc.constant("twoUsers"), inherit: fc.constant(true) }),
    ),
  })
  .map(({ attributes, access }) => ({ ...attributes, ...access }));

/** Roles that can be held back until the data are masked. */
export function ownPasswords(roles: Readonly<Record<string, Record<string, unknown>>> | undefined) {
  const held = Object.entries(roles ?? {}).filter(([, { clientCertificate, credentials }]) => {
    const { externalSecret, generator } = (credentials ?? {}) as Record<string, unknown>;
    return [clientCertificate, externalSecret, generator].every((value) => value === undefined);
  });
  return roles && Object.fromEntries(held);
}

type Settings = Readonly<Record<string, Record<string, unknown>>>;

/** The roles that log in with a certificate where CNPG can sign one, and one application through each pooler that is there. */
export function reachable(
  roles: Settings | undefined,
  beside: {
    readonly poolers?: Settings | undefined;
    readonly certificates?: { readonly client?: object } | undefined;
  },
) {
  const { poolers = {}, certificates: { client = {} } = {} } = beside;
  const through = Object.entries(poolers).map(([pooler, { clientTLSSecret }], i) => ({
    namespace: `through-${i}`,
    pooler,
    sslmode: clientTLSSecret === undefined ? "verify-full" : "require",
  }));
  const kept = Object.entries(roles ?? {}).filter(
    ([, { clientCertificate }]) => clientCertificate !== true || !("issuer" in client),
  );
  let first = true;
  return (
    roles &&
    Object.fromEntries(
      kept.map(([name, settings]) => {
        const { applications } = settings;
        if (!Array.isArray(applications) || applications.length === 0 || !first) return [name, settings];
        first = false;
        return [name, { ...settings, applications: [...applications, ...through] }];
      }),
    )
  );
}
