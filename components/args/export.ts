import type { GcsSourceArgs, S3StoreArgs } from "./s3";

/** Where dumps of an environment's databases go, and with what they are carried. */
export interface ExportSettings {
  /**
   * Bucket for dumps. One other than that of the backups has to be there already.
   * @default the backups' bucket, if the same store has it
   */
  bucket?: string;
  /** Folder in it under which every cluster has its own; it holds no backups. @default `exports` */
  prefix?: string;
  /**
   * The S3-compatible store that has the bucket, with credentials of its own, which should only be able to create objects
   * below `prefix`: those of the backups are refused. Without `endpoint` and `region` it is that of the backups.
   * @default the kind of store that the backups go to
   */
  s3?: S3StoreArgs;
  /**
   * Image with rclone and a shell, pinned by a tag, or by a digest (`…@sha256:…`), which nobody can move.
   * @default `docker.io/rclone/rclone:1.71.2`
   */
  image?: string;
  /** Environment of rclone, such as a proxy; `RCLONE_CONFIG_STORE_…` are options of the store. @default none */
  env?: { [name: string]: string };
}

/**
 * A dump of one database in the bucket: `<prefix>/<cluster>/<database>/<time>-<export>-<pod>.dump` in `pg_dump`'s custom
 * format, and beside it the same with `.sha256`, which is written last: without it a dump is not whole. A dump from which tables
 * or rows were left out ends with `.partial.dump`.
 *
 * Either `schedule` or `run`.
 */
export interface ExportArgs {
  /** Which of `databases`. @default the only one */
  database?: string;
  /**
   * When it is dumped: six cron fields, seconds first and `0`, or `@daily` and the like, in UTC; `@every` is refused. Either
   * this or `run`.
   */
  schedule?: string;
  /** Dumps it once: another text is another dump, such as `"2026-11-22"`. */
  run?: string;
  /** Whether the schedule is stopped for now. @default `false` */
  suspend?: boolean;
  /**
   * Secret in the cluster's namespace with `username` and `password` of a role that may read all of the database.
   * @default that of the database's owner
   */
  secret?: string;
  /** Patterns of tables that are left out (`pg_dump --exclude-table`), such as `audit.*`. @default none */
  excludeTables?: string[];
  /** Patterns of tables whose rows are left out (`pg_dump --exclude-table-data`). @default none */
  excludeTableData?: string[];
  /** Compression of `pg_dump`: `none`, `"1"` to `"9"`, or from Postgres 16 on `gzip:6`, `lz4`, `zstd:3`. @default gzip */
  compress?: string;
  /** Room for the dump on its way, such as `20Gi`. @default `10Gi` */
  storage?: string;
  /** StorageClass of a volume for that room, deleted with the pod. @default none, the node's own disk */
  storageClass?: string;
  /** After how long it is stopped, such as `2h`, at most `24h`. @default `1h` */
  timeout?: string;
}

/** Where a dump lies that is imported. */
export interface DumpSourceArgs {
  /** Bucket with the dumps. @default the bucket that this environment exports to, if the same store has it */
  bucket?: string;
  /**
   * The S3-compatible store that has the bucket, with credentials of its own, which should only be able to read. Without
   * `endpoint` and `region` it is the one that dumps go to.
   * @default the kind of store that dumps go to
   */
  s3?: S3StoreArgs;
  /** Says that the bucket is in Google Cloud Storage: `gcs: {}`, where dumps go to S3, and only there. */
  gcs?: GcsSourceArgs;
  /** Folder of the dumps, such as `exports/orders-db/orders`. */
  objectPrefix: string;
  /** Name of the dump in it, such as `20261122T020000Z-nightly-x7k2p.dump`. @default the newest, see `export` */
  object?: string;
  /**
   * Name of the export whose newest dump it is, also if that one leaves tables or rows out. Not with `object`.
   * @default the newest dump of any export from which nothing was left out; dumps of versions whose names have no export in
   * them don't tell that, and are named by `object`
   */
  export?: string;
}

/**
 * Fills the tables of one database from a dump. Once: a database that has tables is left alone. It counts only when
 * the Cluster is created; raise the cluster's `generation` to import again.
 */
export interface ImportDumpArgs {
  /** Which of `databases`. @default the only one */
  database?: string;
  /** The dump: its folder, and if it is another, its bucket. */
  from: DumpSourceArgs;
  /** Connections that restore at the same time; then it is not all or nothing. @default one transaction */
  jobs?: number;
  /** Room for the dump on its way, such as `20Gi`. @default `10Gi` */
  storage?: string;
  /** StorageClass of a volume for that room, deleted with the pod. @default none, the node's own disk */
  storageClass?: string;
  /** After how long it is stopped, such as `6h`, at most `24h`. @default `1h` */
  timeout?: string;
  /**
   * Whether this stack grants the import's identity read access to the folder; `false` where whoever manages that bucket does.
   * Not with S3, where nothing can be granted, nor in a stack without Google's identities.
   * @default `true`
   */
  grant?: boolean;
}

/** What a job with a Google identity of its own does in the bucket. */
export const JobPurpose = { Export: "export", Import: "import" } as const;
export type JobPurpose = (typeof JobPurpose)[keyof typeof JobPurpose];
