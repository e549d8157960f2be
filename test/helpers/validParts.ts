import fc from "fast-check";

// Parts of the stacks that validStacks.ts draws: settings that nothing is wrong with.

/** Settings that have a value. */
export const given = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).filter(([, v]) => v !== undefined));
export const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
export const some = (settings: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(Object.fromEntries(Object.entries(settings).map(([k, a]) => [k, maybe(a)]))).map(given);

export const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,14}[a-z0-9])?$/);
export const identifier = fc
  .stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
  .filter((name) => !/^(postgres|template[01]|public|none|streaming_replica|cnpg_.*|pg_.*)$/.test(name));
export const image = fc.constantFrom(
  "ghcr.io/cloudnative-pg/postgresql:14.20-standard-bookworm",
  "ghcr.io/cloudnative-pg/postgresql:15.18-system-bookworm",
  "ghcr.io/cloudnative-pg/postgresql:16.10-standard-trixie",
  "ghcr.io/cloudnative-pg/postgresql:17.6",
  "registry.example.com:5000/pg/postgresql:18.1-standard-trixie",
);
const compression = fc.constantFrom("none", "bzip2", "gzip", "lz4", "snappy");

export const backup = some({
  retention: fc.constantFrom("1d", "7d", "4w", "3m"),
  schedule: fc.constantFrom("0 0 3 * * *", "0 30 2 * * 0", "@daily", "@every 12h", "0 0 */6 * * *"),
  immediate: fc.boolean(),
  suspend: fc.boolean(),
  walCompression: compression,
  dataCompression: compression,
  walParallel: fc.integer({ min: 1, max: 8 }),
  dataJobs: fc.integer({ min: 1, max: 8 }),
  env: fc.constant({ HTTPS_PROXY: "http://proxy.example.com:3128" }),
});

export const database = fc
  .record({
    owner: maybe(identifier),
    extensions: maybe(fc.uniqueArray(fc.constantFrom("vector", "pg_trgm", "uuid-ossp"))),
    schemas: maybe(fc.uniqueArray(identifier, { maxLength: 3 })),
    connectionLimit: maybe(fc.integer({ min: -1, max: 50 })),
    reclaimPolicy: maybe(fc.constantFrom("retain", "delete")),
  })
  .map(given);

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
      fc.record({ credentials, applications: fc.constantFrom([], [{ namespace: "shop", service: "r" }]) }),
      fc.record({ rotationMode: fc.constant("twoUsers"), inherit: fc.constant(true) }),
    ),
  })
  .map(({ attributes, access }) => ({ ...attributes, ...access }));

const backupID = fc.constant("20261120T030000");
const s3Place = fc.constantFrom(
  { region: "eu-west-1" },
  { endpoint: "https://minio.storage.svc:9000", endpointCA: { secret: "minio-ca" } },
  { endpoint: "https://s3.example.com", region: "auto" },
  { endpoint: "http://s3.storage.svc:9000" },
);
const s3WayIn = fc.constantFrom(
  { credentials: { secret: "any-s3" } },
  { credentials: { secret: "any-s3", accessKeyId: "id", secretAccessKey: "key", sessionToken: "token" } },
);
/** An S3-compatible store for backups. */
export const s3 = fc
  .tuple(
    s3Place,
    fc.oneof(
      s3WayIn,
      fc.constantFrom(
        { inheritFromIAMRole: true },
        { inheritFromIAMRole: true, roleArn: "arn:aws:iam::123456789012:role/postgres-backups" },
        {},
      ),
    ),
  )
  .map(([place, way]) => ({ ...place, ...way }));

/** Where a clone is made from, but for what depends on the cluster. */
export const recovery = fc
  .record({
    bucket: fc.constant("acme-source-backups"),
    serverName: fc.constantFrom("orders-db-g1", "Old.one"),
    cluster: maybe(fc.constant("shop")),
    objectPrefix: maybe(fc.constantFrom("shop", "old/shop")),
    grant: maybe(fc.boolean()),
    s3: maybe(fc.tuple(s3Place, s3WayIn).map(([place, way]) => ({ ...place, ...way }))),
    target: maybe(
      fc.oneof(
        some({
          time: fc.constantFrom("2026-11-21T03:00:00Z", "2026-11-21 04:00:00.25+01"),
          backupID,
          timeline: fc.constantFrom("latest", 2),
        }),
        fc.record({ lsn: fc.constant("A/3000060"), inclusive: fc.boolean() }),
        fc.record({ xid: fc.integer({ min: 3, max: 0xffffffff }), backupID }),
        fc.record({ name: fc.constantFrom("before", "ein Wort"), backupID }),
        fc.record({ immediate: fc.constant(true), backupID }),
      ),
    ),
  })
  .map(given);
const login = { secret: "old-db-login", key: "password" };
/** Servers elsewhere, of which one is always called old. */
const servers = fc
  .record({
    host: fc.constantFrom("old-db.example.com", "10.0.0.7", "fd00::7", "old"),
    port: maybe(fc.integer({ min: 1, max: 65_535 })),
    user: identifier,
    database: identifier,
    way: fc.constantFrom(
      { password: login },
      { password: login, sslMode: "disable" },
      { password: login, sslRootCert: { secret: "old-db-ca", key: "ca.crt" }, sslMode: "verify-ca" },
      {
        sslRootCert: { secret: "old-db-ca", key: "ca.crt" },
        sslCert: { secret: "client", key: "tls.crt" },
        sslKey: { secret: "client", key: "tls.key" },
      },
    ),
  })
  .map(({ way, ...rest }) => ({ old: given({ ...rest, ...way }) }));
/** What a cluster exchanges with servers elsewhere, but for what depends on the cluster. */
export const exchange = fc.record({
  servers,
  begins: fc.constantFrom("empty", "microservice", "monolith", "baseBackup", "archive"),
  replica: maybe(
    fc.constantFrom({}, { enabled: true, minApplyDelay: "8h" }, { enabled: false }, { primary: "north" }),
  ),
  schemaOnly: maybe(fc.boolean()),
  target: fc.constantFrom(
    { allTables: true },
    { tables: ["public.orders"], parameters: { publish: "insert, update" } },
    { tables: ["public.a", "sales.b"], reclaimPolicy: "delete" },
  ),
  parameters: maybe(fc.constantFrom({ copy_data: false }, { synchronous_commit: "on", binary: true })),
});
export const majorOf = (reference: string) => Number(/:(\d+)\./.exec(reference)?.[1]);
