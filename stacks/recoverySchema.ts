import {
  type ArchiveSourceArgs,
  BackupMethod,
  type ClusterArgs,
  type MaskingArgs,
  type ReaderArgs,
  type RecoverFromArgs,
  type RecoveryTargetArgs,
  type ReplicaArgs,
  type VolumeSnapshotsArgs,
} from "../components/index";
import { gcs, s3 } from "./s3Schema";
import { choice, described, flag, group, listOf, mapOf, number, required, scalar, text } from "./shape";

/** What becomes of a clone whose source is not there. */
export const IfUnavailable = {
  /** Nothing: it is an error. */
  Fail: "fail",
  /** It begins empty, with a warning. */
  Initdb: "initdb",
} as const;
export type IfUnavailable = (typeof IfUnavailable)[keyof typeof IfUnavailable];

/** Where a cluster of a stack file is recovered from: a place in full, or a cluster of another stack. */
export interface StackRecoverFrom extends RecoverFromArgs {
  /** `<organization>/<project>/<stack>`, whose output `clusters` says where the archive of `cluster` lies. */
  stack?: string;
  /** What if that stack can't be read, or has no such cluster or no archive of it. Only with `stack`, only in dev. Default: `fail`. */
  ifUnavailable?: IfUnavailable;
}

/** The archive that a cluster follows without having begun from it: a place in full, or a cluster of another stack. */
export interface StackReplicaSource extends ArchiveSourceArgs {
  /** As that of {@link StackRecoverFrom}. */
  stack?: string;
}

/** What a cluster of a stack file follows. */
export interface StackReplica extends Omit<ReplicaArgs, "source"> {
  source?: StackReplicaSource;
}

/** A cluster of a stack file. */
export interface StackCluster extends Omit<ClusterArgs, "recoverFrom" | "replica"> {
  recoverFrom?: StackRecoverFrom;
  replica?: StackReplica;
}

const target = group<RecoveryTargetArgs>({
  time: text('Up to this moment, with its time zone, in quotes: `"2026-11-21T03:00:00Z"`.'),
  lsn: text("Up to this place in the WAL: `0/3000060`."),
  xid: scalar("Up to this transaction. Needs `backupID`."),
  name: text("Up to a restore point that `pg_create_restore_point` made. Needs `backupID`."),
  immediate: flag("`true`: only until the base backup is consistent. Needs `backupID`."),
  backupID: text(
    "The base backup to start from: `status.backupId` of a Backup, such as `20261121T030000`. Default: the last one before the end.",
  ),
  inclusive: flag("Whether the transaction at `time`, `lsn` or `xid` is part of it. Default: `true`."),
  timeline: scalar("`latest`, or the number of a timeline. Default: `latest`."),
});

export const recoverFrom = group<StackRecoverFrom>(
  {
    stack: text(
      "`<organization>/<project>/<stack>`: another stack of this project, whose outputs say all that is below. Also the default of `image` and `databases`.",
    ),
    cluster: text("Name of the source; with `stack`, its key under `clusters`. Default: this cluster's."),
    bucket: text("Bucket with the source's archive, where stacks can't see each other."),
    s3: described(
      s3,
      "The S3-compatible store that has the bucket, and read-only credentials to it. Without `endpoint` and `region`, or with `stack`: where that is known. Default: Google Cloud Storage has it.",
    ),
    gcs: described(
      gcs,
      "That Google Cloud Storage has the bucket: `gcs: {}`, needed in a stack with `backups.s3` only.",
    ),
    objectPrefix: text("Folder of the source in it. Default: `cnpg/<cluster>`."),
    serverName: text(
      "Barman's name for the source's archive, such as `orders-db-g1`. Alone, a former archive of this cluster's own.",
    ),
    postgresMajor: number("Postgres major of the source, which has to be this cluster's."),
    method: choice(BackupMethod, "How the source is read. Default: `backups.method`."),
    generation: number(
      "In place: the former life of this cluster that is recovered; less than its `generation`.",
    ),
    volumeSnapshots: group<VolumeSnapshotsArgs>(
      {
        storage: required(text("VolumeSnapshot of the data volume."), "missing"),
        walStorage: text("VolumeSnapshot of the WAL volume, exactly if the source had one."),
      },
      "In place of a base backup: VolumeSnapshots in the cluster's namespace. Alone, or with a place to replay WAL from.",
    ),
    allowRoles: listOf(
      text(""),
      'Roles of the source, beside the owners of `databases`, that may log in with the password that they have there; `["*"]` is all. Left out with `masking`, before which they would come in. Default: none; in place all.',
    ),
    startWorkers: flag(
      "Whether subscriptions, pg_cron, pg_net and TimescaleDB jobs run that came with the data. Left out with `replica` and `masking`. Default: `false`.",
    ),
    database: text("Which of `databases` the application uses. Needed if there are several."),
    target: described(
      target,
      "Where to stop; at most one of its first five. Default: as far as the archive goes.",
    ),
    grant: flag(
      "Whether this stack grants its identity read access to the source; `false` where the source's stack does (`backups.readers`). Only of Cloud Storage. Default: `true`.",
    ),
    ifUnavailable: choice(
      IfUnavailable,
      "What if `stack` can't be read, or has no such cluster or archive: `fail`, or `initdb`, to begin empty with a warning; only in dev. Default: `fail`.",
    ),
  },
  "Begins as a copy of an archive instead of empty; counts only when the cluster is created.",
);

export const masking = mapOf(
  group<MaskingArgs>({
    sql: required(listOf(text(""), "SQL statements, run as the database's owner in one transaction."), []),
    timeout: text("Time for all of them, from `1m` to `24h`. Default: `1h`."),
  }),
  "By database, SQL that runs after a recovery and before the owners' Secrets appear. Default: none.",
);

export const timeToLive = text(
  "After how long the cluster deletes itself, from its creation: `72h`, `3d`. Only in dev. Default: never.",
);

export const reader = group<ReaderArgs>({
  cluster: required(text("Key of the cluster under `clusters`."), "missing"),
  member: text("IAM member. Either this or `serviceAccount`."),
  serviceAccount: text("E-mail of a Google service account."),
  expires: text('Moment after which it has no effect, in quotes: `"2027-01-31T00:00:00Z"`. Default: never.'),
});
