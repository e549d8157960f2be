import { AlertSeverity } from "../../args/monitoring";
import type { WatchedEnvironment } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { compare, declared, following, hasStandbys, leading, names, on, who, withStandbys } from "./promql";

/** The instance that takes writes. */
const primary = `(cnpg_pg_replication_in_recovery == 0)`;

/**
 * Series of a primary about its own cluster's standbys: their application_name is the cluster's name and a number. A reader of
 * changes, a replica cluster and a base backup are no standbys.
 */
function ofStandbys(environment: WatchedEnvironment, series: string): string {
  const named = (expression: string, label: string, pattern: string) =>
    `label_replace(${expression}, "standby_of", "$1", "${label}", "${pattern}")`;
  const whose = named(declared(environment), "cnpg_cluster", "(.+)");
  return `(${named(series, "application_name", "(.+)-[0-9]+")} and on (${names}, standby_of) ${whose})`;
}

/** Standbys that stream. What a joining instance copies has no position yet: NaN. */
const streaming = (environment: WatchedEnvironment) =>
  `max by (${names}, application_name) ${ofStandbys(environment, "(cnpg_pg_stat_replication_flush_diff_bytes >= 0)")}`;

const synchronous = (environment: WatchedEnvironment, durability: string) =>
  declared(environment, "cluster:cnpg_sync_standbys:declared", { durability });

/** What `synchronous_standby_names` asks for: with preferred durability the operator lowers it, and commits go on. */
const requested = `max by (${names}) (cnpg_collector_sync_replicas{value="observed"})`;

/** Whether standbys are there, near, and safe to fail over to. */
export const replication: readonly Alert[] = [
  {
    name: "CNPGStandbysMissing",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `${who} has fewer standbys than declared.`,
    description:
      "Only {{ $value }} standbys stream from the primary: the others fall behind, and can't take over without losing data.",
    of: hasStandbys,
    expr: (environment) => {
      const count = `(count by (${names}) (${streaming(environment)}) or ${on} ${declared(environment)} * 0)`;
      return `${count} < ${on} (${leading(environment)} - 1) and ${on} ${primary}`;
    },
  },
  {
    name: "CNPGNoStandby",
    severity: AlertSeverity.Critical,
    for: "5m",
    summary: `${who} has no standby.`,
    description:
      "No instance streams from the primary, of {{ $value }} declared: if its node or volume fails now, all since the last archived WAL file is lost.",
    of: hasStandbys,
    expr: (environment) =>
      `${withStandbys(environment)} unless ${on} ${streaming(environment)} and ${on} ${primary}`,
  },
  {
    name: "CNPGReplicaNotStreaming",
    severity: AlertSeverity.Warning,
    for: "10m",
    summary: `Standby {{ $labels.pod }} of ${who} does not stream.`,
    description:
      "Its WAL receiver is not connected to the primary: it is behind by what the archive does not have yet, or by everything since.",
    of: hasStandbys,
    expr: (environment) => {
      const standby = `max by (${names}, pod) (cnpg_pg_replication_in_recovery) == 1`;
      const down = `max by (${names}, pod) (cnpg_pg_replication_is_wal_receiver_up) == 0`;
      return `${down} and on (${names}, pod) (${standby}) and ${on} ${leading(environment)}`;
    },
  },
  {
    name: "CNPGReplicationBehind",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `Standby {{ $labels.application_name }} of ${who} is {{ $value | humanize1024 }}B behind.`,
    description:
      "It has yet to replay that much WAL: reads from it are old, and a failover to it takes as long as the replay does.",
    of: hasStandbys,
    expr: (environment) =>
      compare(environment, {
        value: `max by (${names}, application_name) ${ofStandbys(environment, "cnpg_pg_stat_replication_replay_diff_bytes")}`,
        operator: ">",
        limit: "replicationLagSize",
        scoped: true,
      }),
  },
  {
    name: "CNPGReplicationLag",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `Standby {{ $labels.pod }} of ${who} is {{ $value | humanizeDuration }} behind.`,
    description: "Applications that read from it see data of that age.",
    of: hasStandbys,
    expr: (environment) =>
      compare(environment, {
        value: `max by (${names}, pod) (cnpg_pg_replication_lag)`,
        operator: ">",
        limit: "replicationLag",
        scope: leading(environment),
      }),
  },
  {
    name: "CNPGReplicaClusterBehind",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `${who} is {{ $value | humanizeDuration }} behind the cluster that it follows.`,
    description:
      "That is the age of the last transaction that it has: what came after is lost if it has to take over, and what its source's retention deletes before it comes never arrives.",
    of: ({ follows }) => follows,
    expr: (environment) =>
      compare(environment, {
        value: `max by (${names}) (cnpg_pg_replication_lag)`,
        operator: ">",
        limit: "replicaClusterLag",
        scope: following(environment),
      }),
  },
  {
    name: "CNPGReplicaClusterNotStreaming",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `Pod {{ $labels.pod }} of ${who} does not stream from the cluster that it follows.`,
    description:
      "Its WAL receiver is not connected: it gets what the archive has, which is behind by a WAL file, or nothing.",
    of: ({ streams }) => streams,
    expr: (environment) => {
      const streams = declared(environment, "cluster:cnpg_streams:declared");
      return `max by (${names}, pod) (cnpg_pg_replication_is_wal_receiver_up) == 0 and ${on} ${streams}`;
    },
  },
  {
    name: "CNPGInstancesOnOneNode",
    severity: AlertSeverity.Warning,
    for: "30m",
    summary: `All instances of ${who} run on one node.`,
    description: "When that node fails, all of them do, and there is no standby to fail over to.",
    of: ({ instances }) => instances > 1,
    expr: (environment) =>
      `max by (${names}) (cnpg_collector_nodes_used) == 1 and ${on} (${declared(environment)} > 1)`,
  },
  {
    name: "CNPGSlotHoldsWAL",
    severity: AlertSeverity.Warning,
    for: "30m",
    summary: `Replication slot {{ $labels.slot_name }} of ${who} holds {{ $value | humanize1024 }}B of WAL.`,
    description:
      "Its reader does not keep up or is gone: Postgres keeps WAL for it until the volume is full, and then stops.",
    expr: (environment) =>
      compare(environment, {
        value: `max by (${names}, slot_name) (cnpg_pg_replication_slots_pg_wal_lsn_diff and on (namespace, pod) ${primary})`,
        operator: ">",
        limit: "slotWal",
      }),
  },
  {
    name: "CNPGSyncReduced",
    severity: AlertSeverity.Warning,
    for: "5m",
    summary: `Commits of ${who} wait for {{ $value }} standbys only.`,
    description:
      "Fewer standbys are ready than it should wait for, and the operator has lowered the number so that writes go on: a failover may lose commits.",
    of: ({ follows, synchronous }) => !follows && synchronous?.required === false,
    expr: (environment) => `${requested} < ${on} group_left () ${synchronous(environment, "preferred")}`,
  },
  {
    name: "CNPGSyncBlocked",
    severity: AlertSeverity.Critical,
    for: "5m",
    summary: `Commits of ${who} hang.`,
    description:
      "Each waits for {{ $value }} standbys, and fewer stream: applications that write stand still until a standby is back.",
    of: ({ follows, synchronous }) => !follows && synchronous?.required === true,
    expr: (environment) => {
      const required = synchronous(environment, "required");
      const there = `(count by (${names}) (${streaming(environment)}) or ${on} ${declared(environment)} * 0)`;
      return `${requested} > ${on} ${there} and ${on} ${required} and ${on} ${primary}`;
    },
  },
];
