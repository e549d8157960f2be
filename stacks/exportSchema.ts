import {
  BackupTarget,
  type DumpSourceArgs,
  type ExportArgs,
  type ExportSettings,
  type ImportDumpArgs,
  type ManualBackupArgs,
} from "../components/index";
import { gcs, s3 } from "./s3Schema";
import { choice, described, flag, group, listOf, mapOf, number, required, text } from "./shape";

const storage = text("Room for the dump on its way, such as `20Gi`. Default: `10Gi`.");
const storageClass = text("StorageClass of a volume for that room. Default: none, the node's own disk.");
const timeout = text("After how long it is stopped, up to `24h`. Default: `1h`.");
const database = text("Which of `databases`. Default: the only one.");

export const exportSettings = group<ExportSettings>({
  bucket: text(
    "Bucket for dumps; another than that of the backups has to be there. Default: that of the backups, if the same store has it.",
  ),
  prefix: text("Folder in it under which every cluster has its own. Default: `exports`."),
  s3: described(
    s3,
    "The S3-compatible store that has it, with credentials of its own. Without `endpoint` and `region` that of the backups. Default: the kind of store that the backups go to.",
  ),
  image: text(
    "Image with rclone and a shell, pinned by a tag, or by a digest (`…@sha256:…`), which nobody can move. Default: `docker.io/rclone/rclone:1.71.2`.",
  ),
  env: mapOf(text(""), "Environment of rclone, such as a proxy. Default: none."),
});

export const exportJob = group<ExportArgs>({
  database,
  schedule: text(
    "When it is dumped: six cron fields, seconds first and `0`, or `@daily` and the like, in UTC. Either this or `run`.",
  ),
  run: text('Dumps it once: another text is another dump, such as `"2026-11-22"`.'),
  suspend: flag("Whether the schedule is stopped for now. Default: `false`."),
  secret: text(
    "Secret with `username` and `password` of a role that may read all of it. Default: the owner's.",
  ),
  excludeTables: listOf(text(""), "Patterns of tables that are left out, such as `audit.*`. Default: none."),
  excludeTableData: listOf(text(""), "Patterns of tables whose rows are left out. Default: none."),
  compress: text(
    'Of `pg_dump`: `none`, `"1"` to `"9"`, or from Postgres 16 on `gzip:6`, `lz4`, `zstd:3`. Default: gzip.',
  ),
  storage,
  storageClass,
  timeout,
});

const source = group<DumpSourceArgs>({
  bucket: text("Default: the bucket that this environment exports to, if the same store has it."),
  objectPrefix: required(text("Folder of the dumps, such as `exports/orders-db/orders`."), "missing"),
  s3: described(
    s3,
    "The S3-compatible store that has the bucket, with credentials of its own. Without `endpoint` and `region` the one that dumps go to. Default: the kind of store that dumps go to.",
  ),
  gcs: described(gcs, "That the bucket is in Google Cloud Storage, where dumps go to S3."),
  object: text(
    "Name of the dump, such as `20261122T020000Z-nightly-x7k2p.dump`. Default: the newest, see `export`.",
  ),
  export: text(
    "Name of the export whose newest dump it is, also if it leaves tables or rows out. Default: the newest of any export from which nothing was left out.",
  ),
});

export const importDump = group<ImportDumpArgs>(
  {
    database,
    from: required(described(source, "The dump: its folder, and if it is another, its bucket."), {
      objectPrefix: "missing",
    }),
    jobs: number("Connections that restore at the same time. Default: one transaction, all or nothing."),
    storage,
    storageClass,
    timeout,
    grant: flag("Whether this stack grants its identity read access to the folder. Default: `true`."),
  },
  "The tables of a database come from a dump; counts only when the cluster is created.",
);

export const manualBackup = group<ManualBackupArgs>({
  target: choice(BackupTarget, "Which instance it is taken of. Default: a standby, if there is one."),
  timeout: text("How long an update waits until it is completed, up to `24h`. Default: `1h`."),
});
