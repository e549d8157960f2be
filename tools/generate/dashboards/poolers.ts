import { max, ofCluster, perSecond, type Scope } from "./expressions";
import { lines, type Row } from "./model";

/** What poolers do, and whether clients wait. */
export const poolers = ({ of, cluster }: Scope): Row => {
  const by = `${ofCluster}, cnpg_pooler`;
  const sum = (column: string) => `sum by (${by}) (cnpg_pgbouncer_pools_${column}{${of}})`;
  const legend = `${cluster} {{cnpg_pooler}}`;
  const stats = (column: string) => perSecond(`cnpg_pgbouncer_stats_${column}{${of}}`, by);
  return {
    title: "Poolers",
    panels: [
      lines({
        title: "Clients that wait",
        description:
          "Clients that wait for a connection to Postgres: more than none for long is a pool that is too small.",
        unit: "short",
        queries: [{ expr: sum("cl_waiting"), legend }],
      }),
      lines({
        title: "Longest wait of a client",
        description: "How long the client that has waited longest has waited for a connection to Postgres.",
        unit: "s",
        steps: [
          [0, "green"],
          [10, "orange"],
        ],
        queries: [
          {
            expr: max(`cnpg_pgbouncer_pools_maxwait{${of}}`, `${by}, database`),
            legend: `${legend} {{database}}`,
          },
        ],
      }),
      lines({
        title: "Clients",
        description: "Clients that are connected and served.",
        unit: "short",
        queries: [{ expr: sum("cl_active"), legend }],
      }),
      lines({
        title: "Connections to Postgres",
        description: "The pooler's connections to Postgres: in use, and idle.",
        unit: "short",
        queries: [
          { expr: sum("sv_active"), legend: `${legend} in use` },
          { expr: sum("sv_idle"), legend: `${legend} idle` },
        ],
      }),
      lines({
        title: "Queries through poolers",
        description: "Queries that went through, for each second.",
        unit: "cps",
        queries: [{ expr: stats("total_query_count"), legend }],
      }),
      lines({
        title: "Wait of a query",
        description: "Time that a query waits for a connection to Postgres, on the average.",
        unit: "µs",
        queries: [{ expr: `${stats("total_wait_time")} / (${stats("total_query_count")} > 0)`, legend }],
      }),
    ],
  };
};
