import { COARSE, cut, hours, minutes, QUARTER, type Scenario, set } from "./scenario";
import { HOUR } from "./series";

const inTree = (name: string) => `cnpg_collector_${name}`;

/** What happens to environments of other kinds. */
export const scenariosOfKinds: readonly Scenario[] = [
  ...(
    ["one instance", "two instances", "a replica cluster", "in-tree backups", "no WAL volume"] as const
  ).map(
    (environment): Scenario => ({
      name: `two hours of ${environment}`,
      environment,
      clusters: environment === "a replica cluster" ? ["follower"] : ["pg"],
      step: COARSE,
      expect: minutes({ 30: [], 120: [] }),
    }),
  ),
  {
    name: "one instance that is down",
    environment: "one instance",
    edits: [set("cnpg_collector_up", 0), set("cnpg_pg_*", null)],
    expect: minutes({ 21: [], 31: ["shop/pg CNPGInstanceDown", "shop/pg CNPGNoPrimary"] }),
  },
  {
    name: "a first backup that is not due before tomorrow",
    environment: "one instance",
    step: QUARTER,
    from: 0,
    edits: [set("barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", 0)],
    expect: hours({ 4: [], 26: [], 27: ["shop/pg CNPGFirstBackupMissing"] }),
  },
  {
    name: "the only standby, gone",
    environment: "two instances",
    edits: cut("pg-2"),
    expect: minutes({
      22: [],
      26: ["shop/pg CNPGNoStandby"],
      36: ["shop/pg CNPGNoStandby", "shop/pg CNPGStandbysMissing"],
    }),
  },
  {
    name: "backups in-tree that are old",
    environment: "in-tree backups",
    step: QUARTER,
    from: 0,
    edits: [set(inTree("last_available_backup_timestamp"), 1)],
    expect: hours({ 26: [], 27: ["shop/pg CNPGBackupTooOld"] }),
  },
  {
    name: "backups in-tree that never were, and one that failed",
    environment: "in-tree backups",
    step: COARSE,
    from: 0,
    edits: [
      set(inTree("last_available_backup_timestamp"), 0),
      set(inTree("last_failed_backup_timestamp"), HOUR),
    ],
    expect: minutes({
      100: ["shop/pg CNPGBackupFailed"],
      140: ["shop/pg CNPGBackupFailed", "shop/pg CNPGFirstBackupMissing"],
    }),
  },
  {
    name: "half of the limits, for one of two clusters",
    environment: "limits of its own",
    clusters: ["pg", "other", "own"],
    step: COARSE,
    expect: minutes({
      120: [
        "CNPGConnectionsHigh 3",
        "CNPGConnectionsCritical 3",
        "CNPGDeadlocks",
        "CNPGForcedCheckpoints 3",
        "CNPGIdleInTransaction",
        "CNPGLongTransaction",
        "CNPGPoolerWaiting",
        "CNPGReplicationBehind 2",
        "CNPGReplicationLag 2",
        "CNPGSlotHoldsWAL",
        "CNPGSlowCheckpoints 3",
        "CNPGTransactionIdAge",
        "CNPGVolumeFilling 9",
        "CNPGVolumeFull 9",
        "CNPGWALVolumeFilling 3",
      ].map((fires) => `shop/own ${fires}`),
    }),
  },
];
