import fc from "fast-check";
import type { EnvironmentPlan } from "../../components/environment/decide";
import type { Workload } from "../../components/identity/workload";
import { withGrants } from "./validGrants";
import {
  backup,
  certificates,
  database,
  exchange,
  given,
  identifier,
  image,
  label,
  majorOf,
  maybe,
  pooler,
  recovery,
  role,
  s3,
  some,
} from "./validParts";

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
    poolers: maybe(fc.dictionary(fc.constantFrom("rw", "ro", "reports"), pooler, { minKeys: 1, maxKeys: 2 })),
    certificates: maybe(certificates),
    roles: maybe(
      fc.dictionary(
        identifier.map((name) => `r_${name}`.slice(0, 12)),
        role,
        { maxKeys: 3 },
      ),
    ),
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
  return plan.clusters.flatMap(({ plan: planned }) => {
    const {
      workload,
      labels,
      spec,
      backup,
      recovery,
      migration,
      roles,
      poolers,
      certificates: tls,
    } = planned;
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
      ...tls.certificates.map((c) => object("cert-manager.io/v1", "Certificate", c.name, c.spec)),
      object(cnpg, "Cluster", name, spec),
      ...(backup === undefined
        ? []
        : [object(cnpg, "ScheduledBackup", backup.scheduledBackup.name, backup.scheduledBackup.spec)]),
      ...migration.declared.databases.map((d) => object(cnpg, "Database", d.objectName, d.spec)),
      ...migration.publications.map((p) => object(cnpg, "Publication", p.objectName, p.spec)),
      ...migration.subscriptions.map((s) => object(cnpg, "Subscription", s.objectName, s.spec)),
      ...poolers.map((p) => object(cnpg, "Pooler", p.name, p.spec)),
      ...roles.objects
        .filter(({ kind }) => kind === "DatabaseRole")
        .map(({ kind, name: role, body }) => object(cnpg, kind, role, body.spec)),
    ];
  });
}
