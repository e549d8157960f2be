import { AlertSeverity } from "../../args/monitoring";
import type { WatchedEnvironment } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { compare, declared, names, on, who } from "./promql";

/** Sessions of dumps, restores and base backups: they hold one transaction for as long as they take. */
const dumps = `application_name!~"pg_dump|pg_dumpall|pg_restore|pg_basebackup|pg_[0-9]+_sync_.*"`;

/** How long transactions of each user are open. */
const open = (...matchers: string[]) =>
  `max by (${names}, datname, usename) (cnpg_backends_max_tx_duration_seconds{${matchers.join(",")}})`;

/** Multixacts are counted apart, and Postgres freezes them later: 400 million against 200 million. */
const MULTIXACT = 1.4;

function age(environment: WatchedEnvironment, limit: "transactionIdAge" | "transactionIdAgeCritical") {
  const beyond = (metric: string, factor: number) =>
    compare(environment, { value: `max by (${names}, datname) (${metric})`, operator: ">", limit, factor });
  return `${beyond("cnpg_pg_database_xid_age", 1)} or ${beyond("cnpg_pg_database_mxid_age", MULTIXACT)}`;
}

function connections(environment: WatchedEnvironment, limit: "connections" | "connectionsCritical") {
  const sessions = `sum by (${names}, pod) (cnpg_backends_total)`;
  const most = `max by (${names}, pod) (cnpg_pg_settings_setting{name="max_connections"})`;
  return compare(environment, { value: `(${sessions} / ${most})`, operator: ">", limit });
}

/** Checkpoints of each instance in an hour; Postgres 17 gave the numbers another name. */
function checkpoints(which: "req" | "timed"): string {
  const of = (view: string) => `increase(cnpg_pg_stat_${view}_checkpoints_${which}[1h])`;
  return `sum by (${names}, pod) (${of("checkpointer")} or ${of("bgwriter")})`;
}

/** Seconds of the last hour in which an instance's checkpoints waited until the volume had everything. */
function syncing(): string {
  const of = (series: string) => `increase(cnpg_pg_stat_${series}_sync_time[1h])`;
  return `sum by (${names}, pod) (${of("checkpointer")} or ${of("bgwriter_checkpoint")}) / 1000`;
}

/** Checkpoints in an hour without which a ratio of them says nothing: base backups ask for some too. */
const SOME = 6;

/** What Postgres itself tells of. */
export const postgres: readonly Alert[] = [
  {
    name: "CNPGTransactionIdAge",
    severity: AlertSeverity.Warning,
    for: "1h",
    summary: `Database {{ $labels.datname }} of ${who} is not vacuumed as it should be.`,
    description:
      "Its oldest row that is not frozen is {{ $value | humanize }} transactions old: autovacuum fails, is held up by an old transaction or slot, or is too slow.",
    expr: (environment) => age(environment, "transactionIdAge"),
  },
  {
    name: "CNPGTransactionIdAgeCritical",
    severity: AlertSeverity.Critical,
    for: "15m",
    summary: `Database {{ $labels.datname }} of ${who} runs out of transaction ids.`,
    description:
      "Its oldest row that is not frozen is {{ $value | humanize }} transactions old; at about 2.1 thousand million Postgres takes no more writes.",
    expr: (environment) => age(environment, "transactionIdAgeCritical"),
  },
  {
    name: "CNPGConnectionsHigh",
    severity: AlertSeverity.Warning,
    for: "10m",
    summary: `{{ $value | humanizePercentage }} of the connections of pod {{ $labels.pod }} of ${who} are in use.`,
    description: "When all are, applications can't connect.",
    expr: (environment) => connections(environment, "connections"),
  },
  {
    name: "CNPGConnectionsCritical",
    severity: AlertSeverity.Critical,
    for: "5m",
    summary: `{{ $value | humanizePercentage }} of the connections of pod {{ $labels.pod }} of ${who} are in use.`,
    description: "Applications are refused, or will be in a moment.",
    expr: (environment) => connections(environment, "connectionsCritical"),
  },
  {
    name: "CNPGLongTransaction",
    severity: AlertSeverity.Warning,
    for: "5m",
    summary: `{{ $labels.usename }} has a transaction open in database {{ $labels.datname }} of ${who} for {{ $value | humanizeDuration }}.`,
    description: "Vacuum can remove no row that died since, so tables grow, and its locks are held.",
    expr: (environment) =>
      compare(environment, { value: open(dumps), operator: ">", limit: "longTransaction" }),
  },
  {
    name: "CNPGIdleInTransaction",
    severity: AlertSeverity.Warning,
    for: "5m",
    summary: `A session of {{ $labels.usename }} is idle in a transaction of {{ $value | humanizeDuration }} in database {{ $labels.datname }} of ${who}.`,
    description:
      "The application began a transaction and does not end it: its locks are held, and vacuum waits.",
    expr: (environment) =>
      compare(environment, {
        value: open(`state=~"idle in transaction.*"`, dumps),
        operator: ">",
        limit: "idleInTransaction",
      }),
  },
  {
    name: "CNPGLockWait",
    severity: AlertSeverity.Warning,
    for: "5m",
    summary: `{{ $value }} sessions of pod {{ $labels.pod }} of ${who} wait for locks.`,
    description: "For ten minutes there was always one that waited: what it was to do does not happen.",
    expr: (environment) =>
      `max by (${names}, pod) (min_over_time(cnpg_backends_waiting_total[5m])) > 0 and ${on} ${declared(environment)}`,
  },
  {
    name: "CNPGDeadlocks",
    severity: AlertSeverity.Warning,
    summary: `{{ $value | humanize }} deadlocks in an hour in database {{ $labels.datname }} of ${who}.`,
    description: "Postgres ended that many transactions with an error, so that others could go on.",
    expr: (environment) =>
      compare(environment, {
        value: `sum by (${names}, datname) (increase(cnpg_pg_stat_database_deadlocks[1h]))`,
        operator: ">",
        limit: "deadlocks",
      }),
  },
  {
    name: "CNPGForcedCheckpoints",
    severity: AlertSeverity.Warning,
    for: "30m",
    summary: `{{ $value | humanizePercentage }} of the checkpoints of pod {{ $labels.pod }} of ${who} came before their time.`,
    description:
      "So much is written that `max_wal_size` is reached each time: pages are written to WAL in full more often, and writes are slower.",
    expr: (environment) => {
      const [forced, timed] = [checkpoints("req"), checkpoints("timed")];
      const often = `and on (${names}, pod) (${forced} > ${SOME})`;
      return `${compare(environment, { value: `(${forced} / (${forced} + ${timed}))`, operator: ">", limit: "forcedCheckpoints" })} ${often}`;
    },
  },
  {
    name: "CNPGSlowCheckpoints",
    severity: AlertSeverity.Warning,
    for: "30m",
    summary: `Checkpoints of pod {{ $labels.pod }} of ${who} wait for the volume {{ $value | humanizePercentage }} of the time.`,
    description:
      "The volume does not keep up with what is written: while a checkpoint waits for it, so do commits, and a crash takes longer to recover from.",
    expr: (environment) =>
      compare(environment, { value: `(${syncing()} / 3600)`, operator: ">", limit: "checkpointSync" }),
  },
];
