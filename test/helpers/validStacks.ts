import fc from "fast-check";
import type { EnvironmentPlan } from "../../components/environment/decide";
import type { Workload } from "../../components/identity/workload";

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

const partName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,12}[a-z0-9])?$/);
const manual = fc.dictionary(
  partName,
  some({ target: fc.constantFrom("primary", "prefer-standby"), timeout: fc.constantFrom("90s", "24h") }),
  { maxKeys: 2 },
);
const job = {
  storage: maybe(fc.constantFrom("1Gi", "500Mi")),
  storageClass: maybe(fc.constant("premium-rwo")),
  timeout: maybe(fc.constantFrom("1m", "24h")),
};
/** A dump, but for the database, which is one of the cluster's. */
const exportJob = fc
  .record({
    ...job,
    when: fc.oneof(
      fc.record({
        schedule: fc.constantFrom("0 0 2 * * *", "@weekly", "0 */5 * ? * MON-FRI"),
        suspend: maybe(fc.boolean()),
      }),
      fc.record({ run: fc.constantFrom("1", "2026-11-22") }),
    ),
    secret: maybe(fc.constant("reader")),
    excludeTables: maybe(fc.uniqueArray(fc.constantFrom("audit.*", '"A b"', "noise"))),
    excludeTableData: maybe(fc.constant(["log"])),
    compress: maybe(fc.constantFrom("none", "1", "9")),
  })
  .map(({ when, ...rest }) => given({ ...given(when), ...rest }));
const importDump = fc
  .record({
    ...job,
    from: fc
      .record({
        bucket: maybe(fc.constant("acme-other-dumps")),
        objectPrefix: fc.constantFrom("exports/shop/orders", "dumps"),
        object: maybe(fc.constant("20261122T020000Z.dump")),
      })
      .map(given),
    jobs: maybe(fc.integer({ min: 1, max: 8 })),
    grant: maybe(fc.boolean()),
  })
  .map(given);

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
/** Where a clone is made from, but for what depends on the cluster. */
const recovery = fc
  .record({
    bucket: fc.constant("acme-source-backups"),
    serverName: fc.constantFrom("orders-db-g1", "Old.one"),
    cluster: maybe(fc.constant("shop")),
    objectPrefix: maybe(fc.constantFrom("shop", "old/shop")),
    grant: maybe(fc.boolean()),
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
    backup: maybe(fc.tuple(backup, maybe(manual)).map(([all, on]) => given({ ...all, manual: on }))),
    recovery: maybe(recovery),
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
      exportJobs,
      dump,
      ...rest
    }) => {
      const names = Object.keys(databases ?? {});
      const recoverFrom =
        from === undefined || names.length === 0
          ? undefined
          : { ...from, postgresMajor: majorOf(rest.image), ...(names.length > 1 && { database: names[0] }) };
      const initdb = recoverFrom === undefined ? initial : undefined;
      const database = names.length > 1 ? names[0] : undefined;
      const exports =
        exportJobs &&
        Object.fromEntries(
          Object.entries(exportJobs).map(([key, each]) => [key, given({ ...each, database })]),
        );
      return given({
        ...rest,
        recoverFrom,
        exports,
        importDump:
          recoverFrom === undefined && dump !== undefined ? given({ ...dump, database }) : undefined,
        storage: storageSize === undefined ? undefined : { size: `${storageSize}Gi` },
        walStorage: walEnabled === undefined ? undefined : { enabled: walEnabled },
        resources: memory === undefined ? undefined : { memory: `${memory}Gi` },
        databases,
        initdb: names.length < 2 || recoverFrom !== undefined ? initdb : { ...initdb, database: names[0] },
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
    clusters: fc.dictionary(fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/), cluster, {
      minKeys: 1,
      maxKeys: 3,
    }),
    backups: some({
      method: fc.constant("plugin"),
      identity: fc.constantFrom("shared", "perCluster"),
      deleteMargin: fc.constantFrom("0d", "30d"),
      storageClass: fc.constantFrom("STANDARD", "NEARLINE"),
    }),
  })
  .map(({ profile, clusters, backups }) => ({
    "gcp:project": "acme-test",
    "gcp:region": "europe-west1",
    "pulumi-cnpg:profile": profile,
    "pulumi-cnpg:backups": JSON.stringify(backups),
    "pulumi-cnpg:clusters": JSON.stringify(clusters),
  }));

/** Every custom resource of a plan as a manifest, and what else belongs to its clusters. */
export function manifestsOf(plan: EnvironmentPlan): { [key: string]: unknown }[] {
  return plan.clusters.flatMap(
    ({ plan: { workload, labels, spec, backup, recovery, databases, objects } }) => {
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
              object(
                "barmancloud.cnpg.io/v1",
                "ObjectStore",
                backup.objectStore.name,
                backup.objectStore.spec,
              ),
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
        ...databases.databases.map((d) => object(cnpg, "Database", d.objectName, d.spec)),
        ...objects.map(({ apiVersion, kind, name: objectName, body, ...own }) => ({
          apiVersion,
          kind,
          metadata: {
            name: objectName,
            namespace: own.namespace ?? namespace,
            labels: { ...labels, ...own.labels },
            annotations: { ...own.annotations },
          },
          ...body,
        })),
      ];
    },
  );
}
