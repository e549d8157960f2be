import fc from "fast-check";
import { given, identifier, maybe, some } from "./arbitraries";
import { certificates, ownPasswords, pooler, reachable, role } from "./validAccess";
import { exchange, recovery, s3 } from "./validBeginnings";
import { dumpStore, exportJob, importDump, importedFrom, partName } from "./validDumps";
import { withGrants } from "./validGrants";

const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,14}[a-z0-9])?$/);
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
  maxArchiveSize: fc.constantFrom("64Mi", "1Gi", "1500M"),
  dataArgs: fc.constant(["--immediate-checkpoint", "--read-timeout=120"]),
  dataRestoreArgs: fc.constant(["--read-timeout=120"]),
  walArgs: fc.constant(["--read-timeout=60"]),
  walRestoreArgs: fc.constant(["--read-timeout=60"]),
  env: fc.constant({ HTTPS_PROXY: "http://proxy.example.com:3128" }),
});

const manual = fc.dictionary(
  partName,
  some({ target: fc.constantFrom("primary", "prefer-standby"), timeout: fc.constantFrom("90s", "24h") }),
  { maxKeys: 2 },
);
const database = fc
  .record({
    owner: maybe(identifier),
    extensions: maybe(fc.uniqueArray(fc.constantFrom("vector", "pg_trgm", "uuid-ossp"))),
    schemas: maybe(fc.uniqueArray(identifier, { maxLength: 3 })),
    connectionLimit: maybe(fc.integer({ min: -1, max: 50 })),
    reclaimPolicy: maybe(fc.constantFrom("retain", "delete")),
  })
  .map(given);

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
    upgrade: maybe(fc.constant({ fromMajor: 13 })),
    sharedPreloadLibraries: maybe(fc.uniqueArray(fc.constantFrom("auto_explain", "pg_prewarm"))),
    timeToLive: maybe(fc.constantFrom("1h", "72h", "3d")),
    masked: maybe(fc.constantFrom("30m", "24h")),
    wait: maybe(fc.constantFrom({ enabled: false }, { timeout: "30m" })),
    backup: maybe(fc.tuple(backup, maybe(manual)).map(([all, on]) => given({ ...all, manual: on }))),
    recovery: maybe(recovery),
    elsewhere: maybe(exchange),
    poolers: maybe(fc.dictionary(fc.constantFrom("rw", "ro", "reports"), pooler, { minKeys: 1, maxKeys: 2 })),
    certificates: maybe(certificates),
    roles: maybe(
      fc.dictionary(
        // A role that two users take turns for has theirs beside it, whose names end in _a and _b.
        identifier.map((name) => `r_${name}`.slice(0, 12).replace(/_([ab])$/, "$1")),
        role,
        { maxKeys: 3 },
      ),
    ),
    exportJobs: maybe(fc.dictionary(partName, exportJob, { maxKeys: 2 })),
    dump: maybe(importDump),
  })
  .map(
    ({
      storageSize,
      walEnabled,
      memory,
      databases,
      initdb: initial,
      recovery: from,
      elsewhere,
      masked,
      exportJobs,
      dump,
      ...rest
    }) => {
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
              ...(replica !== undefined && { target: undefined, allowRoles: undefined }),
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
      const masking =
        masked === undefined || recoverFrom === undefined || replica !== undefined
          ? undefined
          : { [first]: { sql: ["TRUNCATE TABLE sessions", "SELECT 'it''s'"], timeout: masked } };
      // A copy starts what it brought with it when it is told to, and a subscription of its own needs a slot of its own.
      const copied = (recoverFrom !== undefined || begins === "baseBackup") && replica === undefined;
      const subscribes = copied && elsewhere !== undefined && names.length > 0 && masking === undefined;
      const workers = subscribes ? { startWorkers: true } : {};
      const logical =
        elsewhere === undefined || reads || names.length === 0
          ? {}
          : given({
              publications: { "Of it": { database: first, ...elsewhere.target } },
              subscriptions:
                masking === undefined
                  ? {
                      from_old: given({
                        database: first,
                        server: "old",
                        publication: "of it",
                        parameters: subscribes ? { slot_name: "of_the_copy" } : elsewhere.parameters,
                      }),
                    }
                  : undefined,
            });
      const initdb = recoverFrom === undefined && begins !== "baseBackup" ? initial : undefined;
      const empty = recoverFrom === undefined && importFrom === undefined && begins !== "baseBackup";
      const exports =
        exportJobs &&
        Object.fromEntries(
          Object.entries(exportJobs).map(([key, each]) => [key, given({ ...each, ...database })]),
        );
      return given({
        ...rest,
        ...logical,
        exports: reads ? undefined : exports,
        importDump: empty && dump !== undefined ? given({ ...dump, ...database }) : undefined,
        servers: elsewhere?.servers,
        importFrom: importFrom && given(importFrom),
        baseBackupFrom:
          begins === "baseBackup" ? { server: "old", postgresMajor, ...database, ...workers } : undefined,
        replica: replica === undefined ? undefined : given({ ...replica }),
        recoverFrom:
          recoverFrom &&
          given({ ...recoverFrom, ...workers, ...(masking !== undefined && { allowRoles: undefined }) }),
        masking,
        roles: reachable(masking === undefined ? rest.roles : ownPasswords(rest.roles), rest),
        storage: storageSize === undefined ? undefined : { size: `${storageSize}Gi` },
        walStorage: walEnabled === undefined ? undefined : { enabled: walEnabled },
        resources: memory === undefined ? undefined : { memory: `${memory}Gi` },
        databases,
        initdb: names.length < 2 || !empty ? initdb : { ...initdb, database: names[0] },
      });
    },
  );

/** A cluster deletes itself in dev only, and unless it is protected. */
function fitting(profile: string, clusters: Readonly<Record<string, Record<string, unknown>>>) {
  return Object.fromEntries(
    Object.entries(clusters).map(([key, { timeToLive, ...settings }]) => {
      const may = profile === "dev" && settings.protect !== true && timeToLive !== undefined;
      return [key, may ? { ...settings, timeToLive } : settings];
    }),
  );
}

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
    dumpStore: maybe(dumpStore),
  })
  .map(({ profile, clusters, ...rest }) => ({ profile, clusters: fitting(profile, clusters), ...rest }))
  .map(({ profile, clusters, backups, store, dumpStore: dumps }) => ({
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
    ...((store !== undefined || dumps !== undefined) && {
      "pulumi-cnpg:exports": JSON.stringify({
        ...(dumps !== undefined && { bucket: "acme-dumps" }),
        s3: dumps ?? { credentials: { secret: "exports-s3" } },
      }),
    }),
    ...(dumps !== undefined &&
      !("credentials" in dumps || "inheritFromIAMRole" in dumps) && {
        "pulumi-cnpg:s3ExportAccessKeyId": "planted-id",
        "pulumi-cnpg:s3ExportSecretAccessKey": "planted-key",
      }),
    "pulumi-cnpg:clusters": JSON.stringify(
      Object.fromEntries(
        Object.entries(clusters).map(([name, settings]) => [
          name,
          placed(settings, store !== undefined, dumps !== undefined),
        ]),
      ),
    ),
  }));

/** A cluster whose source, if it has one, is said as a stack that archives to S3 or to Cloud Storage has to say it. */
function placed(
  all: Record<string, unknown>,
  archivesToS3: boolean,
  dumpsToS3: boolean,
): Record<string, unknown> {
  const { importDump: imported, ...others } = all as {
    importDump?: { from: Record<string, unknown>; grant?: boolean };
  };
  const settings = given({
    ...others,
    importDump: imported && importedFrom(imported, archivesToS3, archivesToS3 || dumpsToS3),
  }) as Record<string, unknown>;
  const { grant, ...from } = (settings.recoverFrom ?? {}) as Record<string, unknown>;
  if (settings.recoverFrom === undefined) return settings;
  if (from.s3 !== undefined) return { ...settings, recoverFrom: from };
  return { ...settings, recoverFrom: archivesToS3 ? { ...from, gcs: {} } : given({ ...from, grant }) };
}
