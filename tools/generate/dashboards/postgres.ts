import { eitherRate, max, ofCluster, perSecond, type Scope, volumes, volumeUsage } from "./expressions";
import { lines, type Row, type Step } from "./model";

const shareSteps: readonly Step[] = [
  [0, "green"],
  [0.8, "orange"],
  [0.95, "red"],
];

/** The part of `max_connections` that is used, of the instance that has most. */
export const connectionShare = ({ of }: Scope, by = ofCluster): string => {
  const pod = `${ofCluster}, pod`;
  const share = `sum by (${pod}) (cnpg_backends_total{${of}}) / ${max(`cnpg_pg_settings_setting{${of},name="max_connections"}`, pod)}`;
  return by === pod ? share : max(share, by);
};

export const connections = (scope: Scope): Row => {
  const { of, cluster, pod } = scope;
  return {
    title: "Connections",
    panels: [
      lines({
        title: "Connections used",
        description: "The part of max_connections that is used. At 100 % clients are turned away.",
        unit: "percentunit",
        max: 1,
        steps: shareSteps,
        queries: [{ expr: connectionShare(scope, `${ofCluster}, pod`), legend: pod }],
      }),
      lines({
        title: "Connections by state",
        description:
          "Backends by what they do. Many that are idle in transaction hold locks and stop vacuum.",
        unit: "short",
        queries: [
          {
            expr: `sum by (${ofCluster}, state) (cnpg_backends_total{${of}})`,
            legend: `${cluster} {{state}}`,
          },
        ],
      }),
      lines({
        title: "Longest transaction",
        description:
          "How long the oldest open transaction has been open, by the state of its backend. Vacuum can't take away what it may still see.",
        unit: "s",
        steps: [
          [0, "green"],
          [3600, "orange"],
        ],
        queries: [
          {
            expr: max(`cnpg_backends_max_tx_duration_seconds{${of}}`, `${ofCluster}, state`),
            legend: `${cluster} {{state}}`,
          },
        ],
      }),
      lines({
        title: "Backends that wait for a lock",
        description: "Backends that wait for a lock that another one holds: a count, not a time.",
        unit: "short",
        queries: [{ expr: max(`cnpg_backends_waiting_total{${of}}`, `${ofCluster}, pod`), legend: pod }],
      }),
      lines({
        title: "Deadlocks",
        description: "Deadlocks that Postgres ended by an error for one of the transactions, in an hour.",
        unit: "short",
        queries: [
          {
            expr: `sum by (${ofCluster}, datname) (increase(cnpg_pg_stat_database_deadlocks{${of}}[1h]))`,
            legend: `${cluster} {{datname}}`,
          },
        ],
      }),
      lines({
        title: "Age of the oldest transaction id",
        description:
          "Transactions since the oldest row that is not frozen, by database. Autovacuum acts at 200 million; at about 2.1 thousand million Postgres takes no more writes.",
        unit: "short",
        steps: [
          [0, "green"],
          [500e6, "orange"],
          [1200e6, "red"],
        ],
        queries: [
          {
            expr: max(`cnpg_pg_database_xid_age{${of}}`, `${ofCluster}, datname`),
            legend: `${cluster} {{datname}}`,
          },
        ],
      }),
    ],
  };
};

export const storage = (scope: Scope): Row => {
  const { of, cluster, pod } = scope;
  const wal = (value: string) => max(`cnpg_collector_pg_wal{${of},value="${value}"}`, `${ofCluster}, pod`);
  return {
    title: "Volumes",
    panels: [
      lines({
        title: "Volumes used",
        description:
          "The part of each volume that is used, by its claim: needs the kubelet's metrics. A volume that is full stops Postgres.",
        unit: "percentunit",
        max: 1,
        steps: shareSteps,
        queries: [{ expr: volumeUsage(scope), legend: "{{namespace}}/{{persistentvolumeclaim}}" }],
      }),
      lines({
        title: "WAL volume used",
        description:
          "The part of the WAL volume that WAL takes, as the instance itself says: there without the kubelet's metrics, and only where WAL has a volume of its own.",
        unit: "percentunit",
        max: 1,
        steps: shareSteps,
        queries: [{ expr: `${wal("size")} / (${wal("volume_size")} > 0)`, legend: pod }],
      }),
      lines({
        title: "Free in a day",
        description:
          "What each volume would have free in a day if it went on as in the last six hours. Below nothing it is full by then.",
        unit: "bytes",
        steps: [
          [-1e15, "red"],
          [0, "green"],
        ],
        queries: [
          {
            expr: volumes(
              scope,
              (matchers) =>
                `max by (namespace, persistentvolumeclaim) (predict_linear(kubelet_volume_stats_available_bytes{${matchers}}[6h], 86400))`,
            ),
            legend: "{{namespace}}/{{persistentvolumeclaim}}",
          },
        ],
      }),
      lines({
        title: "WAL on the volume",
        description: "Size of pg_wal. It grows while archiving fails, or for a slot that nobody reads from.",
        unit: "bytes",
        queries: [{ expr: wal("size"), legend: pod }],
      }),
      lines({
        title: "WAL written",
        description: "WAL that the primary writes, for each second.",
        unit: "Bps",
        queries: [{ expr: perSecond(`cnpg_collector_wal_bytes{${of}}`), legend: cluster }],
      }),
      lines({
        title: "Databases",
        description: "Size of each database.",
        unit: "bytes",
        queries: [
          {
            expr: max(`cnpg_pg_database_size_bytes{${of}}`, `${ofCluster}, datname`),
            legend: `${cluster} {{datname}}`,
          },
        ],
      }),
    ],
  };
};

export const queries = ({ of, cluster }: Scope): Row => {
  const database = (column: string) => `cnpg_pg_stat_database_${column}{${of}}`;
  const checkpoints = (kind: "timed" | "req") =>
    eitherRate(
      `cnpg_pg_stat_checkpointer_checkpoints_${kind}{${of}}`,
      `cnpg_pg_stat_bgwriter_checkpoints_${kind}{${of}}`,
    );
  return {
    title: "Queries",
    panels: [
      lines({
        title: "Transactions",
        description: "Transactions for each second; many that are rolled back are errors of an application.",
        unit: "cps",
        queries: [
          { expr: perSecond(database("xact_commit")), legend: `${cluster} committed` },
          { expr: perSecond(database("xact_rollback")), legend: `${cluster} rolled back` },
        ],
      }),
      lines({
        title: "Rows",
        description: "Rows that were read by queries and changed, for each second.",
        unit: "rps",
        queries: ["fetched", "inserted", "updated", "deleted"].map((what) => ({
          expr: perSecond(database(`tup_${what}`)),
          legend: `${cluster} ${what}`,
        })),
      }),
      lines({
        title: "Blocks found in memory",
        description:
          "The part of the blocks that Postgres found in its own buffers. What the system's cache had counts as not found; low is no fault in itself.",
        unit: "percentunit",
        max: 1,
        queries: [
          {
            expr: `${perSecond(database("blks_hit"))} / (${perSecond(database("blks_hit"))} + ${perSecond(database("blks_read"))} > 0)`,
            legend: cluster,
          },
        ],
      }),
      lines({
        title: "Temporary files",
        description: "What queries wrote to disk because work_mem was too small, for each second.",
        unit: "Bps",
        queries: [{ expr: perSecond(database("temp_bytes")), legend: cluster }],
      }),
      lines({
        title: "Checkpoints",
        description:
          "Checkpoints for each second: by time, and forced by WAL before their time, which means that max_wal_size is small for the writes. Postgres 17 has them under other names; both are read.",
        unit: "cps",
        queries: [
          { expr: checkpoints("timed"), legend: `${cluster} by time` },
          { expr: checkpoints("req"), legend: `${cluster} forced` },
        ],
      }),
      lines({
        title: "Time spent in checkpoints",
        description:
          "Time that checkpoints spend writing and flushing, for each second. Writing is spread on purpose and may be near one second; flushing that takes long is a slow disk.",
        unit: "s",
        queries: (["write", "sync"] as const).map((what) => ({
          expr: `${eitherRate(
            `cnpg_pg_stat_checkpointer_${what}_time{${of}}`,
            `cnpg_pg_stat_bgwriter_checkpoint_${what}_time{${of}}`,
          )} / 1000`,
          legend: `${cluster} ${what === "write" ? "writing" : "flushing"}`,
        })),
      }),
    ],
  };
};
