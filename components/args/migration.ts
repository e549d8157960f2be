import type { ReclaimPolicy } from "./database";
import type { ArchiveSourceArgs } from "./recovery";

/** How a connection is encrypted and the server's certificate checked (libpq, `sslmode`). */
export const SslMode = {
  Disable: "disable",
  Require: "require",
  VerifyCa: "verify-ca",
  VerifyFull: "verify-full",
} as const;
export type SslMode = (typeof SslMode)[keyof typeof SslMode];

/** One key of a Secret in the cluster's namespace, which somebody else makes. */
export interface SecretKeyArgs {
  /** Name of a Secret in the cluster's namespace. */
  secret: string;
  /** Key in it, such as `password` or `ca.crt`. */
  key: string;
}

/**
 * A Postgres server elsewhere: an entry of `spec.externalClusters`. How it logs in is a password, a client certificate, or
 * both; the values stay in Secrets of the cluster's namespace, and never stand in a stack file.
 */
export interface ServerArgs {
  /** Host name or IP address, as the cluster's pods reach it. */
  host: string;
  /** Port. @default `5432` */
  port?: number;
  /** Role to log in as. A base backup and a replica need one with REPLICATION, an import one that may read everything. */
  user: string;
  /** Database to connect to, where nothing else says which. A subscription needs it, or its own `publicationDatabase`. */
  database?: string;
  /**
   * How the connection is encrypted and the server checked. libpq's `allow` and `prefer` are refused: they don't say whether a
   * connection is encrypted.
   * @default `verify-full` with `sslRootCert`, else `require`
   */
  sslMode?: SslMode;
  /** The role's password. Needed unless `sslCert` and `sslKey` are there. */
  password?: SecretKeyArgs;
  /** Certificate of the authority that signed the server's. `verify-ca` and `verify-full` need it. */
  sslRootCert?: SecretKeyArgs;
  /** Client certificate; only together with `sslKey`. */
  sslCert?: SecretKeyArgs;
  /** Private key of the client certificate. */
  sslKey?: SecretKeyArgs;
}

/** What an import makes of the source's databases. */
export const ImportType = { Microservice: "microservice", Monolith: "monolith" } as const;
export type ImportType = (typeof ImportType)[keyof typeof ImportType];

/**
 * Begins a cluster with what `pg_dump` reads of a server elsewhere (`bootstrap.initdb.import`), from the same major
 * or an older one. What is written there after the dump began stays there. It counts only when the Cluster is created.
 */
export interface ImportFromArgs {
  /** One of `servers`. */
  server: string;
  /** Major of that server, 9 (for 9.2 to 9.6) to the cluster's own: `pg_dump` can't read a newer one. @example 17 */
  postgresMajor: number;
  /**
   * `microservice`: one database, into the first of this cluster, whose owner then owns all that is in it. `monolith`:
   * several, under the names, owners and privileges that they have.
   */
  type: ImportType;
  /** Databases of the server: one for `microservice`; for `monolith` names, or `*` alone for all. */
  databases: string[];
  /** `monolith`: roles to import, or `*` alone for all; owners of the databases have to be among them. */
  roles?: string[];
  /**
   * Which of the cluster's `databases` it is imported into (`microservice`), or the application uses. Needed if there are
   * several.
   */
  database?: string;
  /** Whether only tables, indexes and the like are imported, and no rows: what a subscription needs. @default `false` */
  schemaOnly?: boolean;
  /** Further options of `pg_dump`, such as `--jobs=4`. @default none */
  pgDumpExtraOptions?: string[];
  /** Further options of `pg_restore`, such as `--jobs=4`. @default none */
  pgRestoreExtraOptions?: string[];
  /** Further options of `pg_restore` for tables and types alone, in place of `pgRestoreExtraOptions`. @default none */
  pgRestorePredataOptions?: string[];
  /** Further options of `pg_restore` for rows alone, in place of `pgRestoreExtraOptions`. @default none */
  pgRestoreDataOptions?: string[];
  /**
   * Further options of `pg_restore` for indexes, constraints and triggers alone, in place of `pgRestoreExtraOptions`.
   * @default none
   */
  pgRestorePostdataOptions?: string[];
  /** `microservice`: SQL run as superuser in the database, after the import. @default none */
  postImportApplicationSQL?: string[];
}

/**
 * Begins a cluster as a physical copy of a running server (`bootstrap.pg_basebackup`), of the same major and
 * processor architecture. It counts only when the Cluster is created.
 */
export interface BaseBackupFromArgs {
  /** One of `servers`, whose `user` has REPLICATION. */
  server: string;
  /** Major of that server, which has to be the cluster's. @example 17 */
  postgresMajor: number;
  /** Which of `databases` the application uses. Needed if there are several. */
  database?: string;
  /** As that of `recoverFrom`: the copy has the server's subscriptions and jobs. @default `false` */
  startWorkers?: boolean;
}

/**
 * Makes a cluster follow another one and only read (`spec.replica`). It begins by `recoverFrom`, and follows that
 * archive; or by `baseBackupFrom`, and streams from that server.
 *
 * Alone (`enabled`) it can be promoted once, for good: `enabled: false`. Of a distributed topology (`primary`, and `self`)
 * each cluster can become the primary in turn.
 */
export interface ReplicaArgs {
  /** Whether it follows; `false` promotes it, which can't be undone. Not with `primary`. @default `true` */
  enabled?: boolean;
  /** One of `servers` to stream from too, where it follows an archive. @default the one of `baseBackupFrom`, if there is one */
  server?: string;
  /** The archive of the other cluster, for one of a distributed topology that did not begin by `recoverFrom`. */
  source?: ArchiveSourceArgs;
  /** Distributed topology: name of the cluster that is the primary now. It follows if that is not `self`. */
  primary?: string;
  /** Distributed topology: this cluster's name there. @default the Cluster's */
  self?: string;
  /** `status.demotionToken` of the former primary: promotes without loss. Only as it becomes the primary. */
  promotionToken?: string;
  /** How long it waits before it applies what it is sent, such as `8h` (a Go duration). @default not at all */
  minApplyDelay?: string;
}

/** What of a database is published, for a subscription elsewhere (a Publication). */
export interface PublicationArgs {
  /** One of `databases`. */
  database: string;
  /** All tables, those made later too. Either this, or `tables` and `schemas`. @default `false` */
  allTables?: boolean;
  /** Tables as `<schema>.<table>`. */
  tables?: string[];
  /**
   * Only these columns of a table: `public.orders: [id, amount]`. The key has to be one of `tables`; not with `schemas`.
   * @default all
   */
  columns?: { [table: string]: string[] };
  /** All tables of these schemas. From Postgres 15 on. */
  schemas?: string[];
  /** `publish`, `publish_via_partition_root` and others of CREATE PUBLICATION. @default none @format scalar */
  parameters?: { [name: string]: string };
  /** What becomes of it when it is taken out of the file. @default `retain` */
  reclaimPolicy?: ReclaimPolicy;
}

/** A Subscription: a database takes in what a server elsewhere publishes. Its tables have to be there already. */
export interface SubscriptionArgs {
  /** One of `databases`. */
  database: string;
  /** One of `servers`, whose `user` has REPLICATION and may read the tables. */
  server: string;
  /** Name of the publication there. */
  publication: string;
  /** Database of the publication. @default that of the server */
  publicationDatabase?: string;
  /** `copy_data`, `slot_name` and others of CREATE SUBSCRIPTION. @default none @format scalar */
  parameters?: { [name: string]: string };
  /**
   * What becomes of it when it is taken out of the settings: `delete` drops it here, and its replication slot at the server,
   * which keeps all WAL for a slot that nobody reads.
   * @default `delete`
   */
  reclaimPolicy?: ReclaimPolicy;
}
