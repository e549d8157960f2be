import {
  COARSE,
  cluster,
  cut,
  DAILY,
  hours,
  minutes,
  pg,
  pod,
  QUARTER,
  type Scenario,
  set,
  standby,
} from "./scenario";
import { MINUTE } from "./series";

const GIB = 2 ** 30;
const recovery = "cnpg_pg_replication_in_recovery";
const required = cluster("required");
/** How many standbys `synchronous_standby_names` asks for. */
const observed = (standbys: number, of = pg) =>
  set("cnpg_collector_sync_replicas", standbys, { ...of, value: "observed" });
const dead = [set("cnpg_pg_*", null), set("cnpg_backends_*", null)];

/** What happens to instances. */
const instances: readonly Scenario[] = [
  {
    name: "a cluster that nothing scrapes",
    until: 58 * MINUTE,
    edits: [...dead, set("cnpg_collector_*", null), set("cnpg_last_error", null), set("barman_*", null)],
    expect: minutes({ 25: [], 31: ["shop/pg CNPGMetricsAbsent"], 54: ["shop/pg CNPGMetricsAbsent"], 60: [] }),
    silent: ["CNPGInstanceDown", "CNPGNoPrimary", "CNPGBackupMetricsAbsent"],
  },
  {
    name: "an instance that is down",
    until: 45 * MINUTE,
    edits: [set("cnpg_collector_up", 0, pod("pg-3")), ...cut("pg-3")],
    expect: minutes({
      25: [],
      32: ["shop/pg CNPGInstanceDown"],
      37: ["shop/pg CNPGInstanceDown", "shop/pg CNPGStandbysMissing"],
      50: [],
    }),
    silent: ["CNPGNoStandby"],
  },
  {
    name: "Postgres down everywhere",
    edits: [set("cnpg_collector_up", 0), ...dead],
    expect: minutes({
      21: [],
      25: ["shop/pg CNPGNoPrimary"],
      37: ["shop/pg CNPGInstanceDown", "shop/pg CNPGNoPrimary"],
    }),
    silent: ["CNPGStandbysMissing", "CNPGNoStandby"],
  },
  {
    name: "a primary that is gone, before a standby takes over",
    clusters: ["pg", "required"],
    edits: [pg, required].flatMap((of) => [
      set("cnpg_collector_up", 0, pod(`${of.cnpg_cluster}-1`, of)),
      set("cnpg_pg_*", null, pod(`${of.cnpg_cluster}-1`, of)),
    ]),
    expect: minutes({
      22: [],
      26: ["shop/pg CNPGNoPrimary", "shop/required CNPGNoPrimary"],
      36: ["pg", "required"].flatMap((name) => [
        `shop/${name} CNPGInstanceDown`,
        `shop/${name} CNPGNoPrimary`,
      ]),
    }),
    silent: ["CNPGStandbysMissing", "CNPGNoStandby", "CNPGSyncBlocked"],
  },
  {
    name: "a restart of two minutes",
    until: 22 * MINUTE,
    edits: [set("cnpg_collector_up", 0, pod("pg-1")), set("cnpg_pg_*", null, pod("pg-1"))],
    expect: minutes({ 22: [], 30: [] }),
    silent: ["CNPGNoPrimary", "CNPGInstanceDown", "CNPGStandbysMissing", "CNPGFailover", "CNPGNoStandby"],
  },
  {
    name: "a failover",
    edits: [
      set(recovery, 1, pod("pg-1")),
      set(recovery, 0, pod("pg-2")),
      set("cnpg_pg_replication_is_wal_receiver_up", 1, pod("pg-1")),
      set("cnpg_pg_replication_is_wal_receiver_up", 0, pod("pg-2")),
      set("cnpg_pg_replication_slots_pg_wal_lsn_diff", 0, pod("pg-2")),
    ],
    expect: minutes({ 19: [], 21: ["shop/pg CNPGFailover"], 34: ["shop/pg CNPGFailover"], 37: [] }),
    silent: ["CNPGNoPrimary", "CNPGTwoPrimaries", "CNPGReplicaNotStreaming"],
  },
  {
    name: "two primaries",
    edits: [set(recovery, 0, pod("pg-2")), set("cnpg_pg_replication_slots_pg_wal_lsn_diff", 0, pod("pg-2"))],
    expect: minutes({
      21: ["shop/pg CNPGFailover"],
      24: ["shop/pg CNPGFailover", "shop/pg CNPGTwoPrimaries"],
      37: ["shop/pg CNPGTwoPrimaries"],
    }),
  },
  {
    name: "a replica cluster that gets nothing for a day",
    clusters: ["follower"],
    until: 60 * MINUTE,
    edits: [set("cnpg_pg_replication_lag", 90_000, pod("follower-1", cluster("follower")))],
    expect: minutes({
      32: [],
      36: ["shop/follower CNPGReplicaClusterBehind"],
      59: ["shop/follower CNPGReplicaClusterBehind"],
      62: [],
    }),
    silent: ["CNPGReplicationLag", "CNPGReplicaClusterNotStreaming"],
  },
  {
    name: "a replica cluster that no longer streams, beside one that never did",
    environment: "replica clusters",
    clusters: ["follower", "streaming"],
    until: 60 * MINUTE,
    edits: [set("cnpg_pg_replication_is_wal_receiver_up", 0, pod("streaming-1", cluster("streaming")))],
    expect: minutes({
      32: [],
      36: ["shop/streaming CNPGReplicaClusterNotStreaming"],
      59: ["shop/streaming CNPGReplicaClusterNotStreaming"],
      62: [],
    }),
    silent: ["CNPGReplicaNotStreaming"],
  },
  {
    name: "a replica cluster that was promoted",
    clusters: ["follower"],
    until: 40 * MINUTE,
    edits: [set(recovery, 0, pod("follower-1", cluster("follower")))],
    expect: minutes({
      22: [],
      26: ["shop/follower CNPGReplicaClusterPromoted"],
      37: ["shop/follower CNPGReplicaClusterPromoted"],
      41: [],
    }),
    silent: ["CNPGFailover", "CNPGNoPrimary", "CNPGStandbysMissing", "CNPGNoStandby"],
  },
  {
    name: "an instance that is fenced",
    until: 40 * MINUTE,
    edits: [set("cnpg_collector_fencing_on", 1, pod("pg-2"))],
    expect: minutes({ 27: [], 36: ["shop/pg CNPGFenced"], 41: [] }),
  },
  {
    name: "a switchover that is waited for",
    edits: [set("cnpg_collector_manual_switchover_required", 1)],
    expect: minutes({ 35: [], 51: ["shop/pg CNPGSwitchoverRequired"] }),
  },
  ...["cnpg_collector_last_collection_error", "cnpg_last_error"].map((metric) => ({
    name: `${metric} of one instance`,
    edits: [set(metric, 1, pod("pg-2"))],
    expect: minutes({ 35: [], 51: ["shop/pg CNPGCollectionErrors"] }),
  })),
];

/** What happens to standbys. */
const replication: readonly Scenario[] = [
  {
    name: "no standby, and readers of changes",
    until: 45 * MINUTE,
    edits: [...cut("pg-2"), ...cut("pg-3")],
    expect: minutes({
      22: [],
      26: ["shop/pg CNPGNoStandby"],
      37: ["shop/pg CNPGNoStandby", "shop/pg CNPGStandbysMissing"],
      46: [],
    }),
  },
  {
    name: "an instance that joins",
    edits: [
      set("cnpg_pg_stat_replication_flush_diff_bytes", Number.NaN, standby("pg-3")),
      set("cnpg_pg_stat_replication_replay_diff_bytes", 0, standby("pg-3")),
    ],
    expect: minutes({ 27: [], 37: ["shop/pg CNPGStandbysMissing"] }),
  },
  {
    name: "a standby whose receiver is broken, for which the lag is 0",
    until: 40 * MINUTE,
    edits: [
      set("cnpg_pg_replication_is_wal_receiver_up", 0, pod("pg-3")),
      set("cnpg_pg_replication_lag", 0, pod("pg-3")),
      ...cut("pg-3"),
    ],
    expect: minutes({
      25: [],
      31: ["shop/pg CNPGReplicaNotStreaming"],
      37: ["shop/pg CNPGReplicaNotStreaming", "shop/pg CNPGStandbysMissing"],
      41: [],
    }),
  },
  {
    name: "a standby that is a GiB behind",
    edits: [set("cnpg_pg_stat_replication_replay_diff_bytes", GIB, standby("pg-2"))],
    expect: minutes({ 27: [], 36: ["shop/pg CNPGReplicationBehind"] }),
  },
  {
    name: "a standby that is seven minutes behind",
    edits: [set("cnpg_pg_replication_lag", 420, pod("pg-2"))],
    expect: minutes({ 27: [], 36: ["shop/pg CNPGReplicationLag"] }),
  },
  {
    name: "all instances on one node",
    edits: [set("cnpg_collector_nodes_used", 1)],
    expect: minutes({ 35: [], 51: ["shop/pg CNPGInstancesOnOneNode"] }),
  },
  {
    name: "a slot that holds 2 GiB",
    edits: [set("cnpg_pg_replication_slots_pg_wal_lsn_diff", 2 * GIB, pod("pg-1"))],
    expect: minutes({ 35: [], 51: ["shop/pg CNPGSlotHoldsWAL"] }),
  },
  {
    name: "a number of synchronous standbys that the operator lowered",
    clusters: ["pg", "required"],
    until: 30 * MINUTE,
    edits: [observed(0), observed(0, required)],
    expect: minutes({ 22: [], 26: ["shop/pg CNPGSyncReduced"], 31: [] }),
    silent: ["CNPGSyncBlocked"],
  },
  {
    name: "commits that wait for standbys that are gone",
    clusters: ["required"],
    edits: [...cut("required-2", required), ...cut("required-3", required)],
    expect: minutes({ 22: [], 26: ["shop/required CNPGNoStandby", "shop/required CNPGSyncBlocked"] }),
  },
  {
    name: "more synchronous standbys asked for than there are",
    clusters: ["pg", "required"],
    edits: [observed(3, required), observed(3)],
    expect: minutes({ 22: [], 26: ["shop/required CNPGSyncBlocked"] }),
  },
  {
    name: "Postgres down everywhere, where commits wait",
    clusters: ["required"],
    edits: [set("cnpg_pg_*", null, required)],
    expect: minutes({ 26: ["shop/required CNPGNoPrimary"] }),
    silent: ["CNPGSyncBlocked"],
  },
];

const all = ["pg", "required", "follower", "alone"];

/** All that is well, for an hour and more. */
export const well: readonly Scenario[] = [
  { name: "a healthy hour", clusters: all, expect: minutes({ 5: [], 47: [], 57: [], 64: [] }) },
  { name: "two healthy hours", clusters: all, step: COARSE, expect: minutes({ 30: [], 120: [] }) },
  { name: "two healthy days", clusters: all, step: QUARTER, expect: hours({ 48: [], 54: [] }) },
  { name: "five healthy weeks", clusters: all, step: DAILY, expect: hours({ 120: [], 864: [] }) },
];

export const scenariosOfClusters: readonly Scenario[] = [...instances, ...replication];
