import { backupTime, max, perSecond, type Scope } from "./expressions";
import { type Chart, lines, type Panel, type Query, type Row } from "./model";

/** Age of the last base backup. */
export const backupAge = (scope: Scope): string =>
  `time() - ${backupTime(scope, "last_available_backup_timestamp")}`;

/** The same as a part of the longest time that the schedule leaves between two. */
export const backupDue = (scope: Scope): string =>
  `(${backupAge(scope)}) / ${max(`cluster:cnpg_backup_interval_seconds:declared{${scope.of}}`)}`;

/** Age of the last WAL file that was archived; -1 stands for never. */
export const walAge = ({ of }: Scope): string =>
  `time() - ${max(`cnpg_pg_stat_archiver_last_archived_time{${of}} > 0`)}`;

/** How far back a recovery can go. */
export const recoveryWindow = (scope: Scope): string =>
  `time() - ${backupTime(scope, "first_recoverability_point")}`;

/** WAL files that wait to be archived. */
export const walBacklog = ({ of }: Scope): string =>
  max(`cnpg_collector_pg_wal_archive_status{${of},value="ready"}`);

/** 1 where the archiver's last attempt failed, also if none ever worked. */
export const archivingFails = ({ of }: Scope): string =>
  max(`cnpg_pg_stat_archiver_last_failed_time{${of}} > bool cnpg_pg_stat_archiver_last_archived_time{${of}}`);

/** 1 where a base backup failed after the last good one. */
const backupFails = ({ of }: Scope): string => {
  const compared = (prefix: string) =>
    `${max(`${prefix}_last_failed_backup_timestamp{${of}}`)} > bool ${max(`${prefix}_last_available_backup_timestamp{${of}}`)}`;
  return `(${compared("barman_cloud_cloudnative_pg_io")}) or (${compared("cnpg_collector")})`;
};

export const backlogSteps = [
  [0, "green"],
  [10, "orange"],
  [100, "red"],
] as const;
export const dueSteps = [
  [0, "green"],
  [1.05, "orange"],
  [1.25, "red"],
] as const;
export const worksOrFails = { "0": ["works", "green"], "1": ["fails", "red"] } as const;

const number = (panel: Omit<Chart, "kind" | "width" | "height" | "queries"> & { expr: string }): Panel => {
  const { expr, ...rest } = panel;
  return { kind: "number", width: 4, height: 4, queries: [{ expr, legend: panel.title }], ...rest };
};

/** One cluster's backups in six numbers. */
export const backupNumbers = (scope: Scope): Panel[] => [
  number({
    title: "Last base backup",
    description:
      "Age of the last base backup that succeeded. A recovery starts from one and replays WAL from there on: the older, the longer it takes.",
    unit: "s",
    nothing: "no backup",
    expr: backupAge(scope),
  }),
  number({
    title: "Age against the schedule",
    description:
      "Age of the last base backup as a part of the longest time that its schedule leaves between two. More than 100 % means that one was missed. Empty where no rules of the stack are there to say the schedule.",
    unit: "percentunit",
    steps: dueSteps,
    nothing: "not declared",
    expr: backupDue(scope),
  }),
  number({
    title: "Last archived WAL",
    description:
      "Age of the last WAL file in the archive: what would be lost with the cluster's volumes. An idle database archives one each archive_timeout, and none where nothing is written.",
    unit: "s",
    nothing: "never archived",
    expr: walAge(scope),
  }),
  number({
    title: "Recoverability window",
    description:
      "How far back a recovery can go: the age of the oldest base backup in the catalogue. It has to be at least the retention, once the cluster is that old.",
    unit: "s",
    nothing: "no way back",
    expr: recoveryWindow(scope),
  }),
  number({
    title: "Archiving",
    description:
      "Whether the archiver's last attempt worked. While it fails, WAL is kept on the volume until that is full, and nothing after the last archived file can be recovered.",
    unit: "short",
    texts: worksOrFails,
    nothing: "no primary",
    expr: archivingFails(scope),
  }),
  number({
    title: "Base backups",
    description:
      "Whether a base backup failed after the last good one; it turns back with the next that succeeds.",
    unit: "short",
    texts: worksOrFails,
    nothing: "unknown",
    expr: backupFails(scope),
  }),
];

/** Backups over time. */
export const backupCharts = (scope: Scope): Row => {
  const { of, cluster } = scope;
  const one = (expr: string): Query[] => [{ expr, legend: cluster }];
  return {
    title: "Backups",
    panels: [
      lines({
        title: "Age of the last base backup",
        description:
          "It falls to nothing with each base backup. The dashed line is the longest time that the schedule leaves between two: a saw that crosses it has missed one.",
        unit: "s",
        queries: [
          ...one(backupAge(scope)),
          {
            expr: max(`cluster:cnpg_backup_interval_seconds:declared{${of}}`),
            legend: `${cluster} declared`,
            limit: true,
          },
        ],
      }),
      lines({
        title: "Age of the last archived WAL file",
        description:
          "What would be lost with the volumes. On a database that writes it stays below archive_timeout, which is five minutes unless set.",
        unit: "s",
        queries: one(walAge(scope)),
      }),
      lines({
        title: "Recoverability window",
        description:
          "How far back a recovery can go. A sudden fall means that base backups have gone: deleted by hand, by the bucket's lifecycle, or by another cluster at the same place.",
        unit: "s",
        queries: one(recoveryWindow(scope)),
      }),
      lines({
        title: "WAL files that wait for the archive",
        description:
          "Files that are ready and not yet archived. A few are normal; a line that only rises means that archiving fails or is slower than the writes.",
        unit: "short",
        steps: backlogSteps,
        queries: one(walBacklog(scope)),
      }),
      lines({
        title: "WAL files archived",
        description: "Files that went into the archive, for each second.",
        unit: "cps",
        queries: one(perSecond(`cnpg_pg_stat_archiver_archived_count{${of}}`)),
      }),
      lines({
        title: "Failed attempts to archive",
        description: "Attempts that failed, for each second; Postgres tries the same file again.",
        unit: "cps",
        steps: [
          [0, "green"],
          [0.001, "red"],
        ],
        queries: one(perSecond(`cnpg_pg_stat_archiver_failed_count{${of}}`)),
      }),
    ],
  };
};
