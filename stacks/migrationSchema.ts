import {
  type BaseBackupFromArgs,
  type ImportFromArgs,
  ImportType,
  type PublicationArgs,
  ReclaimPolicy,
  type SecretKeyArgs,
  type ServerArgs,
  SslMode,
  type SubscriptionArgs,
} from "../components/index";
import { recoverFrom, type StackReplica, type StackReplicaSource } from "./recoverySchema";
import { gcs, s3 } from "./s3Schema";
import { choice, described, flag, group, listOf, mapOf, number, required, scalar, text } from "./shape";

/* Settings of a cluster that lead to other servers, for schema.ts. */

const names = (about: string) => listOf(text(""), about);

const secretKey = (about: string) =>
  group<SecretKeyArgs>(
    {
      secret: required(text("Name of a Secret in the cluster's namespace."), "missing"),
      key: required(text("Key in it."), "missing"),
    },
    about,
  );

const server = group<ServerArgs>({
  host: required(text("Host name or IP address, as the cluster's pods reach it."), "missing"),
  port: number("Default: 5432."),
  user: required(
    text("Role to log in as; with REPLICATION for a base backup, a replica or a subscription."),
    "missing",
  ),
  database: text("Database to connect to, where nothing else says which."),
  sslMode: choice(
    SslMode,
    "How the connection is encrypted and the server checked. Default: `verify-full` with `sslRootCert`, else `require`.",
  ),
  password: secretKey("The role's password. Needed unless `sslCert` and `sslKey` are there."),
  sslRootCert: secretKey("Certificate of the authority that signed the server's."),
  sslCert: secretKey("Client certificate; together with `sslKey`."),
  sslKey: secretKey("Private key of the client certificate."),
});

const serverName = required(text("One of `servers`."), "missing");
const postgresMajor = (about: string) => required(number(about), 17);
const usedDatabase = text("Which of `databases` the application uses. Needed if there are several.");

const importFrom = group<ImportFromArgs>({
  server: serverName,
  postgresMajor: postgresMajor("Postgres major of that server (9 for 9.2 to 9.6), at most this cluster's."),
  type: required(
    choice(
      ImportType,
      "`microservice`: one database, into the first of this cluster; `monolith`: several, as they are, with roles.",
    ),
    ImportType.Microservice,
  ),
  databases: required(names("Databases of that server; for `monolith` also `*` alone, for all."), []),
  roles: names("`monolith`: roles to import, or `*` alone for all; owners of the databases among them."),
  database: text(
    "Which of `databases` it is imported into, or the application uses. Needed if there are several.",
  ),
  schemaOnly: flag("Whether no rows are imported: what a subscription needs. Default: `false`."),
  pgDumpExtraOptions: names("Further options of `pg_dump`, such as `--jobs=4`. Default: none."),
  pgRestoreExtraOptions: names("Further options of `pg_restore`. Default: none."),
  pgRestorePredataOptions: names("The same for tables and types alone, in place of `pgRestoreExtraOptions`."),
  pgRestoreDataOptions: names("The same for rows alone."),
  pgRestorePostdataOptions: names("The same for indexes, constraints and triggers alone."),
  postImportApplicationSQL: names(
    "`microservice`: SQL run as superuser in the database after the import. Default: none.",
  ),
});

const baseBackupFrom = group<BaseBackupFromArgs>({
  server: serverName,
  postgresMajor: postgresMajor("Postgres major of that server, which has to be this cluster's."),
  database: usedDatabase,
  startWorkers: flag("As that of `recoverFrom`. Default: `false`."),
});

const { stack, cluster, bucket, objectPrefix, method, grant } = recoverFrom.fields;
const place = (key: string, setting: unknown) => {
  if (setting === undefined) throw new Error(`recoverFrom has no ${key}`);
  return setting as ReturnType<typeof text>;
};

const replicaSource = group<StackReplicaSource>({
  stack: described(
    place("stack", stack),
    "`<organization>/<project>/<stack>`: another stack of this project, whose outputs say all that is below.",
  ),
  cluster: place("cluster", cluster),
  bucket: described(place("bucket", bucket), "Bucket with the other cluster's archive."),
  s3: described(
    s3,
    "The S3-compatible store that has the bucket, and read-only credentials to it. Default: Google Cloud Storage has it.",
  ),
  gcs: described(
    gcs,
    "That Google Cloud Storage has the bucket: `gcs: {}`, needed in a stack with `backups.s3` only.",
  ),
  objectPrefix: place("objectPrefix", objectPrefix),
  serverName: text("Barman's name for the other cluster's archive, such as `orders-db-g1`."),
  postgresMajor: number("Its Postgres major, which has to be this cluster's."),
  method: place("method", method),
  grant: place("grant", grant),
});

const replica = group<StackReplica>({
  enabled: flag(
    "Whether it follows; `false` promotes it, which can't be undone. Not with `primary`. Default: `true`.",
  ),
  server: text(
    "One of `servers` to stream from, besides the archive that it follows. Default: that of `baseBackupFrom`.",
  ),
  source: described(
    replicaSource,
    "Distributed topology: the other cluster's archive, for one that did not begin by `recoverFrom`.",
  ),
  primary: text("Distributed topology: name of the cluster that is the primary now."),
  self: text("Distributed topology: this cluster's name there. Default: the Cluster's."),
  promotionToken: text("`status.demotionToken` of the former primary, for a promotion without loss."),
  minApplyDelay: text(
    "How long it waits before it applies what it is sent, such as `8h`. Default: not at all.",
  ),
});

const database = required(text("One of `databases`."), "missing");
const parameters = (about: string) => mapOf(scalar(""), about);

const publication = group<PublicationArgs>({
  database,
  allTables: flag("All tables, those made later too; or `tables` and `schemas`. Default: `false`."),
  tables: names("Tables, as `<schema>.<table>`."),
  columns: mapOf(names(""), "Only these columns of a table: `public.orders: [id, amount]`. Default: all."),
  schemas: names("All tables of these schemas. From Postgres 15 on."),
  parameters: parameters("`publish` and others of CREATE PUBLICATION. Default: none."),
  reclaimPolicy: choice(
    ReclaimPolicy,
    "What becomes of it when it is taken out of the file. Default: `retain`.",
  ),
});

const subscription = group<SubscriptionArgs>({
  database,
  server: serverName,
  publication: required(text("Name of the publication there."), "missing"),
  publicationDatabase: text("Database of the publication. Default: that of the server."),
  parameters: parameters("`copy_data` and others of CREATE SUBSCRIPTION. Default: none."),
  reclaimPolicy: choice(
    ReclaimPolicy,
    "What becomes of it, and of its slot at the server, when it is taken out of the file. Default: `delete`.",
  ),
});

/** Those of a cluster's settings that lead to other servers. */
export const migration = {
  servers: mapOf(server, "Postgres servers elsewhere, by names of your choice. Default: none."),
  importFrom: described(
    importFrom,
    "Begins with what `pg_dump` reads of one of `servers`; counts only when the cluster is created.",
  ),
  baseBackupFrom: described(
    baseBackupFrom,
    "Begins as a physical copy of one of `servers`; counts only when the cluster is created.",
  ),
  replica: described(replica, "Follows what it began from, and only reads, until it is promoted."),
  publications: mapOf(
    publication,
    "What is published for subscriptions elsewhere, by name of the publication.",
  ),
  subscriptions: mapOf(
    subscription,
    "What is taken in of publications at `servers`, by name of the subscription.",
  ),
};
