import type { BackupMethod } from "./backup";
import type { GcsSourceArgs, S3StoreArgs } from "./s3";

/**
 * Where in the source's history a recovery ends. Default: as far as its archive goes.
 *
 * At most one of `time`, `lsn`, `xid`, `name` and `immediate` (CNPG's webhook: "Recovery target options are mutually
 * exclusive"); the last three need `backupID`, because only a time or an LSN tells which base backup lies before it.
 */
export interface RecoveryTargetArgs {
  /** Up to this moment, in the past, with its time zone, in quotes: `"2026-11-21T03:00:00Z"`. */
  time?: string;
  /** Up to this place in the WAL: `0/3000060`. */
  lsn?: string;
  /** Up to this transaction. Needs `backupID`. @format scalar */
  xid?: string;
  /** Up to a restore point that `pg_create_restore_point` made. Needs `backupID`. */
  name?: string;
  /** `true`: only until the base backup is consistent, and no further. Needs `backupID`. */
  immediate?: boolean;
  /**
   * The base backup to start from: `status.backupId` of a Backup, such as `20261121T030000`.
   * @default the last one before the target
   */
  backupID?: string;
  /** Whether the transaction at a `time`, `lsn` or `xid` is still part of it. @default `true` */
  inclusive?: boolean;
  /** `latest`, or the number of a timeline. @default `latest` @format scalar */
  timeline?: string;
}

/** Where another cluster's archive lies, and how it is read. */
export interface ArchiveSourceArgs {
  /** Bucket with the source's archive, where stacks can't see each other. Not for a recovery in place. */
  bucket?: string;
  /**
   * The S3-compatible store that has the bucket, with credentials of its own, which should only be able to read. Without
   * `endpoint` and `region`, or with `stack`: the store that is known.
   * @default the bucket is in Google Cloud Storage
   */
  s3?: S3StoreArgs;
  /** Says that the bucket is in Google Cloud Storage: `gcs: {}`, where the cluster itself archives to S3, and only there. */
  gcs?: GcsSourceArgs;
  /** Name of the source cluster; with `stack`, its key under `clusters`. @default the cluster's own */
  cluster?: string;
  /** Folder of the source in its bucket. @default `cnpg/<cluster>` */
  objectPrefix?: string;
  /** Barman's name for the source's archive, such as `orders-db-g1`. Alone, a former archive of this cluster's own. */
  serverName?: string;
  /** Postgres major of the source, which has to be the cluster's: files of another can't be read. */
  postgresMajor?: number;
  /** How the source is read. @default as the cluster's own backups are made */
  method?: BackupMethod;
  /**
   * Whether this stack grants the cluster's identity read access to the source's folder; `false` where whoever manages that
   * bucket does (`backups.readers` of its stack). In place nothing is needed, and with S3 nothing can be granted.
   * @default `true`
   */
  grant?: boolean;
}

/**
 * Begins a cluster as a copy of another's archive instead of empty (`bootstrap.recovery`). Either with the place in
 * full (`bucket`, `serverName`, `postgresMajor`), or of its own former generation (`generation`, or `serverName` alone).
 * It counts only when the Cluster is created: raise the cluster's `generation` to recover again.
 */
export interface RecoverFromArgs extends ArchiveSourceArgs {
  /** In place: the former generation of this cluster that is recovered. Smaller than the cluster's own `generation`. */
  generation?: number;
  /**
   * Volume snapshots in the cluster's namespace in place of a base backup. Alone, or with an archive as well, from which WAL
   * is then replayed.
   */
  volumeSnapshots?: VolumeSnapshotsArgs;
  /**
   * Roles of the source that may log in to the clone, with the password that they have there, beside the owners of
   * `databases`, whose passwords are the clone's own. Everybody else is turned away. `["*"]` is everybody. Left out with
   * `masking`, before which they would come in.
   * @default none; in place everybody, whose passwords are the cluster's own
   */
  allowRoles?: string[];
  /**
   * Whether subscriptions, jobs of pg_cron and TimescaleDB, and requests of pg_net run that came with the data: with the same
   * slots and addresses as at the source. Otherwise parameters hold them back. `true` restarts Postgres. Left out with
   * `replica` and `masking`.
   * @default `false`
   */
  startWorkers?: boolean;
  /** Which of `databases` the application uses; its owner gets the credentials' password. Needed if there are several. */
  database?: string;
  /** Where to stop; at most one of `time`, `lsn`, `xid`, `name` and `immediate`. @default as far as the archive goes */
  target?: RecoveryTargetArgs;
}

/** VolumeSnapshots by name (`bootstrap.recovery.volumeSnapshots`). They have to be of one backup. */
export interface VolumeSnapshotsArgs {
  /** VolumeSnapshot of the data volume. */
  storage: string;
  /** VolumeSnapshot of the WAL volume; exactly if the source had one, and then the cluster needs one too. */
  walStorage?: string;
}

/**
 * SQL that hides what a clone must not show, run after the recovery and before the Secrets of its owners are there.
 * As the database's owner, in one transaction, and again in every new generation of the cluster. Another text is run on the live clone, on
 * data that are masked already: write statements that do no harm twice.
 */
export interface MaskingArgs {
  /**
   * SQL statements, run as the database's owner in one transaction, in their order, each by PL/pgSQL: no transaction control,
   * no psql commands, no `SELECT … INTO`. No secrets: they stand in a ConfigMap.
   */
  sql: string[];
  /** Time for all of them, from `1m` to `24h`. @default `1h` */
  timeout?: string;
}
