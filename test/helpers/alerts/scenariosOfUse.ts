import { flickering } from "./healthy";
import { COARSE, cluster, faster, minutes, pg, pod, type Scenario, set } from "./scenario";
import { MINUTE } from "./series";

const app = { datname: "app", usename: "app" };
const transaction = (seconds: number, state: string) =>
  set("cnpg_backends_max_tx_duration_seconds", seconds, { ...pod("pg-1"), ...app, state });
const sessions = (idle: number) => set("cnpg_backends_total", idle, { ...pod("pg-1"), state: "idle" });
const age = (metric: string, transactions: number) =>
  set(`cnpg_pg_database_${metric}_age`, transactions, pod("pg-1"));
const required = cluster("required");

/** What happens in Postgres. */
const postgres: readonly Scenario[] = [
  ...(
    [
      ["xid", 600e6, 1.3e9],
      ["mxid", 750e6, 1.7e9],
    ] as const
  ).flatMap(([metric, high, critical]): Scenario[] => [
    {
      name: `an age in ${metric} that is high`,
      step: COARSE,
      edits: [age(metric, high)],
      expect: minutes({ 50: [], 85: ["shop/pg CNPGTransactionIdAge"] }),
    },
    {
      name: `an age in ${metric} that is critical`,
      step: COARSE,
      edits: [age(metric, critical)],
      expect: minutes({
        30: [],
        40: ["shop/pg CNPGTransactionIdAgeCritical"],
        85: ["shop/pg CNPGTransactionIdAge", "shop/pg CNPGTransactionIdAgeCritical"],
      }),
    },
  ]),
  {
    name: "85 % of the connections",
    edits: [sessions(50)],
    expect: minutes({ 25: [], 31: ["shop/pg CNPGConnectionsHigh"] }),
  },
  {
    name: "97 % of the connections",
    until: 35 * MINUTE,
    edits: [sessions(62)],
    expect: minutes({
      22: [],
      26: ["shop/pg CNPGConnectionsCritical"],
      31: ["shop/pg CNPGConnectionsCritical", "shop/pg CNPGConnectionsHigh"],
      36: [],
    }),
  },
  {
    name: "a transaction of more than an hour",
    until: 30 * MINUTE,
    edits: [transaction(4000, "active")],
    expect: minutes({ 22: [], 26: ["shop/pg CNPGLongTransaction"], 31: [] }),
  },
  {
    name: "a session that is idle in a transaction that failed",
    edits: [transaction(1000, "idle in transaction (aborted)")],
    expect: minutes({ 22: [], 26: ["shop/pg CNPGIdleInTransaction"] }),
  },
  {
    name: "a session that waits for a lock",
    until: 35 * MINUTE,
    edits: [set("cnpg_backends_waiting_total", 1, pod("pg-1"))],
    expect: minutes({ 27: [], 31: ["shop/pg CNPGLockWait"], 41: [] }),
  },
  {
    name: "a deadlock every five minutes",
    edits: [set("cnpg_pg_stat_database_deadlocks", faster(4, 12), pod("pg-1"))],
    expect: minutes({ 25: [], 62: ["shop/pg CNPGDeadlocks"] }),
  },
  {
    name: "deadlocks of long ago",
    step: COARSE,
    from: 0,
    edits: [set("cnpg_pg_stat_database_deadlocks", 11)],
    expect: minutes({ 120: [] }),
    silent: ["CNPGDeadlocks"],
  },
  ...(
    [
      ["checkpointer", "checkpointer", pg, "pg"],
      ["bgwriter", "bgwriter_checkpoint", required, "required"],
    ] as const
  ).flatMap(([view, syncOf, of, name]): Scenario[] => [
    {
      name: `checkpoints of pg_stat_${view} that are forced`,
      clusters: [name],
      step: COARSE,
      from: 0,
      edits: [set(`cnpg_pg_stat_${view}_checkpoints_req`, faster(0, 20, 0), pod(`${name}-1`, of))],
      expect: minutes({
        35: [],
        65: [`shop/${name} CNPGForcedCheckpoints`],
        170: [`shop/${name} CNPGForcedCheckpoints`],
      }),
    },
    {
      name: `checkpoints of Postgres with pg_stat_${view} that wait for the volume`,
      clusters: [name],
      step: COARSE,
      from: 0,
      edits: [set(`cnpg_pg_stat_${syncOf}_sync_time`, faster(0, 380_000, 0), pod(`${name}-1`, of))],
      expect: minutes({
        35: [],
        100: [`shop/${name} CNPGSlowCheckpoints`],
        170: [`shop/${name} CNPGSlowCheckpoints`],
      }),
    },
    {
      name: `few checkpoints of pg_stat_${view}, most of them forced`,
      clusters: [name],
      step: COARSE,
      from: 0,
      edits: [
        set(`cnpg_pg_stat_${view}_checkpoints_req`, faster(0, 4, 0), of),
        set(`cnpg_pg_stat_${view}_checkpoints_timed`, faster(0, 1, 0), of),
      ],
      expect: minutes({ 170: [] }),
      silent: ["CNPGForcedCheckpoints"],
    },
  ]),
];

const bouncer = (metric: string) => `cnpg_pgbouncer_${metric}`;
const queue = set(bouncer("pools_cl_waiting"), 1);
const busy = set(bouncer("pools_sv_idle"), 0);

/** What happens to poolers. */
const poolers: readonly Scenario[] = [
  {
    name: "a pooler that nothing scrapes",
    until: 35 * MINUTE,
    edits: [set(bouncer("*"), null)],
    expect: minutes({ 25: [], 31: ["shop/pg CNPGPoolerMetricsAbsent"], 36: [] }),
  },
  {
    name: "a pooler that does not answer",
    edits: [set(bouncer("last_collection_error"), 1)],
    expect: minutes({ 25: [], 31: ["shop/pg CNPGPoolerCollectionErrors"] }),
  },
  {
    name: "clients of a pooler that wait",
    edits: [set(bouncer("pools_maxwait"), 15)],
    expect: minutes({ 22: [], 26: ["shop/pg CNPGPoolerWaiting"] }),
  },
  {
    name: "a pool of which all connections are busy",
    until: 40 * MINUTE,
    edits: [queue, busy],
    expect: minutes({ 27: [], 31: ["shop/pg CNPGPoolerSaturated"], 50: [] }),
  },
  {
    name: "clients that wait while connections come free",
    edits: [queue, set(bouncer("pools_sv_idle"), (time) => 1 - flickering(time))],
    expect: minutes({ 47: [], 57: [] }),
    silent: ["CNPGPoolerSaturated"],
  },
  {
    name: "clients that wait while Postgres refuses",
    edits: [queue, busy, set(bouncer("pools_sv_active"), 0)],
    expect: minutes({ 47: [] }),
    silent: ["CNPGPoolerSaturated"],
  },
  {
    name: "clients that wait now and then for connections that are busy",
    edits: [busy],
    expect: minutes({ 47: [], 57: [] }),
    silent: ["CNPGPoolerSaturated"],
  },
  {
    name: "clients that wait while connections come and go",
    edits: [queue, busy, set(bouncer("pools_sv_active"), flickering)],
    expect: minutes({ 47: [], 57: [] }),
    silent: ["CNPGPoolerSaturated"],
  },
];

export const scenariosOfUse: readonly Scenario[] = [...postgres, ...poolers];
