import fc from "fast-check";
import { given, identifier, maybe, some } from "./arbitraries";

const backupID = fc.constant("20261120T030000");

/** Where an S3-compatible store is. */
export const s3Place = fc.constantFrom(
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
    allowRoles: maybe(fc.constantFrom(["reporting"], ["a b", 'of "prod"'])),
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
