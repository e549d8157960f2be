import fc from "fast-check";
import type { EnvironmentPlan } from "../../components/environment/decide";
import type { Workload } from "../../components/identity/workload";
import { withGrants } from "./validGrants";

/** Settings that have a value. */
const given = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).filter(([, v]) => v !== undefined));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const some = (settings: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(Object.fromEntries(Object.entries(settings).map(([k, a]) => [k, maybe(a)]))).map(given);

const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,14}[a-z0-9])?$/);
const identifier = fc
  .stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
  .filter((name) => !/^(postgres|template[01]|public|none|streaming_replica|cnpg_.*|pg_.*)$/.test(name));
const image = fc.constantFrom(
  "ghcr.io/cloudnative-pg/postgresql:14.20-standard-bookworm",
  "ghcr.io/cloudnative-pg/postgresql:15.18-system-bookworm",
  "ghcr.io/cloudnative-pg/postgresql:16.10-standard-trixie",
  "ghcr.io/cloudnative-pg/postgresql:17.6",
  "registry.example.com:5000/pg/postgresql:18.1-standard-trixie",
);
const compression = fc.constantFrom("none", "bzip2", "gzip", "lz4", "snappy");

const backup = some({
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

const database = fc
  .record({
    owner: maybe(identifier),
    extensions: maybe(fc.uniqueArray(fc.constantFrom("vector", "pg_trgm", "uuid-ossp"))),
    schemas: maybe(fc.uniqueArray(identifier, { maxLength: 3 })),
    connectionLimit: maybe(fc.integer({ min: -1, max: 50 })),
    reclaimPolicy: maybe(fc.constantFrom("retain", "delete")),
  })
  .map(given);

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
const s3 = fc
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
const recovery = fc
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
const exchange = fc.record({
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
const majorOf = (reference: string) => Number(/:(\d+)\./.exec(reference)?.[1]);

/** A cluster that nothing is wrong with. */
const cluster = fc
  .record({
    namespace: label,
    image,
    instances: fc.integer({ min: 2, max: 5 }),
    storageSize: maybe(fc.integer({ min: 5, max: 500 })),
    walEnabled: maybe(fc.boolean()),
    memory: maybe(fc.integer({ min: 1, max: 64 })),
    databases: maybe(fc.dictionary(identifier, database, { minKeys: 1, maxKeys: 3 })),
    synchronous: maybe(
      fc.constantFrom({ number: 1 }, { number: 1, method: "first", dataDurability: "preferred" }),
    ),
    placement: maybe(
      some({
        nodeSelector: fc.constant({ "cloud.google.com/gke-nodepool": "databases" }),
        tolerations: fc.constantFrom(
          [{ key: "database-node", value: "dedicated", effect: "NoSchedule" }],
          [{ key: "spot" }],
        ),
        antiAffinity: fc.constantFrom("required", "preferred", "off"),
        topologyKey: fc.constant("topology.kubernetes.io/zone"),
      }),
    ),
    parameters: maybe(
      fc.constantFrom(
        { max_connections: "50" },
        { work_mem: "2MB", random_page_cost: 2 },
        { "pg_stat_statements.max": 1000, wal_compression: true },
      ),
    ),
    generation: maybe(fc.integer({ min: 1, max: 9 })),
    primaryUpdateStrategy: maybe(fc.constantFrom("supervised", "unsupervised")),
    primaryUpdateMethod: maybe(fc.constantFrom("restart", "switchover")),
    labels: maybe(fc.constant({ team: "payments", "example.com/tier": "gold" })),
    initdb: maybe(
      some({
        dataChecksums: fc.boolean(),
        encoding: fc.constant("UTF8"),
        walSegmentSize: fc.constantFrom(16, 32),
        postInitSQL: fc.constant(["SELECT 1"]),
      }),
    ),
    protect: maybe(fc.boolean()),
    wait: maybe(fc.constantFrom({ enabled: false }, { timeout: "30m" })),
    backup: maybe(backup),
    recovery: maybe(recovery),
    elsewhere: maybe(exchange),
  })
  .map(
    ({ storageSize, walEnabled, memory, databases, initdb: initial, recovery: from, elsewhere, ...rest }) => {
      const names = Object.keys(databases ?? {});
      const postgresMajor = majorOf(rest.image);
      const database = names.length > 1 ? { database: names[0] } : {};
      const begins = names.length === 0 ? "empty" : elsewhere?.begins;
      const replica =
        begins === "baseBackup" || (begins === "archive" && from !== undefined)
          ? elsewhere?.replica
          : undefined;
      const recoverFrom =
        from === undefined || names.length === 0 || (elsewhere !== undefined && begins !== "archive")
          ? undefined
          : {
              ...from,
              postgresMajor,
              ...database,
              ...(replica !== undefined && { target: undefined }),
            };
      const [first = ""] = names;
      const owner = databases?.[first]?.owner ?? first;
      const imported = { server: "old", postgresMajor, schemaOnly: elsewhere?.schemaOnly, ...database };
      const importFrom =
        begins === "microservice"
          ? { ...imported, type: "microservice", databases: ["Shop"] }
          : begins === "monolith"
            ? { ...imported, type: "monolith", databases: [first], roles: [owner] }
            : undefined;
      const reads = replica !== undefined && !("primary" in replica) && replica.enabled !== false;
      const logical =
        elsewhere === undefined || reads || names.length === 0
          ? {}
          : {
              publications: { "Of it": { database: first, ...elsewhere.target } },
              subscriptions: {
                from_old: given({
                  database: first,
                  server: "old",
                  publication: "of it",
                  parameters: elsewhere.parameters,
                }),
              },
            };
      const initdb = recoverFrom === undefined && begins !== "baseBackup" ? initial : undefined;
      const empty = recoverFrom === undefined && importFrom === undefined && begins !== "baseBackup";
      return given({
        ...rest,
        ...logical,
        servers: elsewhere?.servers,
        importFrom: importFrom && given(importFrom),
        baseBackupFrom: begins === "baseBackup" ? { server: "old", postgresMajor, ...database } : undefined,
        replica: replica === undefined ? undefined : given({ ...replica }),
        recoverFrom: recoverFrom && given(recoverFrom),
        storage: storageSize === undefined ? undefined : { size: `${storageSize}Gi` },
        walStorage: walEnabled === undefined ? undefined : { enabled: walEnabled },
        resources: memory === undefined ? undefined : { memory: `${memory}Gi` },
        databases,
        initdb: names.length < 2 || !empty ? initdb : { ...initdb, database: names[0] },
      });
    },
  );

/**
 * Stack settings that nothing is wrong with, by full key and structured ones as JSON: what every test of a good
 * configuration draws from.
 */
export const validStacks: fc.Arbitrary<Record<string, string>> = fc
  .record({
    profile: fc.constantFrom("dev", "prod"),
    clusters: fc.dictionary(
      fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/),
      cluster.chain(withGrants),
      {
        minKeys: 1,
        maxKeys: 3,
      },
    ),
    backups: some({
      method: fc.constant("plugin"),
      identity: fc.constantFrom("shared", "perCluster"),
      deleteMargin: fc.constantFrom("0d", "30d"),
      storageClass: fc.constantFrom("STANDARD", "NEARLINE"),
    }),
    store: maybe(s3),
  })
  .map(({ profile, clusters, backups, store }) => ({
    ...(store === undefined && { "gcp:project": "acme-test", "gcp:region": "europe-west1" }),
    "pulumi-cnpg:profile": profile,
    "pulumi-cnpg:backups": JSON.stringify(
      store === undefined ? backups : { bucket: "acme-postgres-backups", deleteAge: "500d", s3: store },
    ),
    ...(store !== undefined &&
      !("credentials" in store || "inheritFromIAMRole" in store) && {
        "pulumi-cnpg:s3AccessKeyId": "planted-id",
        "pulumi-cnpg:s3SecretAccessKey": "planted-key",
      }),
    "pulumi-cnpg:clusters": JSON.stringify(
      Object.fromEntries(
        Object.entries(clusters).map(([name, settings]) => [name, placed(settings, store !== undefined)]),
      ),
    ),
  }));

/** A cluster whose source, if it has one, is said as a stack that archives to S3 or to Cloud Storage has to say it. */
function placed(settings: Record<string, unknown>, archivesToS3: boolean): Record<string, unknown> {
  const { grant, ...from } = (settings.recoverFrom ?? {}) as Record<string, unknown>;
  if (settings.recoverFrom === undefined) return settings;
  if (from.s3 !== undefined) return { ...settings, recoverFrom: from };
  return { ...settings, recoverFrom: archivesToS3 ? { ...from, gcs: {} } : given({ ...from, grant }) };
}

/** Every custom resource of a plan as a manifest. */
export function manifestsOf(plan: EnvironmentPlan): { [key: string]: unknown }[] {
  return plan.clusters.flatMap(({ plan: { workload, labels, spec, backup, recovery, migration } }) => {
    const { namespace, cluster: name }: Workload = workload;
    const cnpg = "postgresql.cnpg.io/v1";
    const object = (apiVersion: string, kind: string, objectName: string, body: unknown) => ({
      apiVersion,
      kind,
      metadata: { name: objectName, namespace, labels },
      spec: body,
    });
    return [
      ...(backup?.objectStore === undefined
        ? []
        : [
            object("barmancloud.cnpg.io/v1", "ObjectStore", backup.objectStore.name, backup.objectStore.spec),
          ]),
      ...(recovery?.objectStore === undefined
        ? []
        : [
            object(
              "barmancloud.cnpg.io/v1",
              "ObjectStore",
              recovery.objectStore.name,
              recovery.objectStore.spec,
            ),
          ]),
      object(cnpg, "Cluster", name, spec),
      ...(backup === undefined
        ? []
        : [object(cnpg, "ScheduledBackup", backup.scheduledBackup.name, backup.scheduledBackup.spec)]),
      ...migration.declared.databases.map((d) => object(cnpg, "Database", d.objectName, d.spec)),
      ...migration.publications.map((p) => object(cnpg, "Publication", p.objectName, p.spec)),
      ...migration.subscriptions.map((s) => object(cnpg, "Subscription", s.objectName, s.spec)),
    ];
  });
}
