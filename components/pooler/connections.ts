import { PoolerType } from "../args/pooler";
import type { Check } from "../check";
import type { PoolerPlan } from "../plan/pooler";

/** Connections that are not for poolers: Postgres' superuser_reserved_connections, and what CNPG's instance manager opens. */
const reserved = 10;

/** The two kinds of instance that a connection can end at, and which poolers lead there. */
const targets = [
  { what: "the primary", types: [PoolerType.ReadWrite, PoolerType.Any] },
  { what: "a replica", types: [PoolerType.ReadOnly, PoolerType.Any] },
] as const;

/**
 * Whether Postgres can take what its poolers may ask of it. PgBouncer keeps a pool for every pair of role and database;
 * counted is one role for each database, the least that uses it, so more roles need a smaller pool or `max_db_connections`.
 * The pools of all PgBouncers add up, and of `ro` and `r` all may meet at one instance.
 */
export function checkConnections(
  check: Check,
  poolers: readonly PoolerPlan[],
  { databases, maxConnections }: { readonly databases: number; readonly maxConnections: number },
): void {
  const most = maxConnections - reserved;
  for (const { what, types } of targets) {
    const counted = poolers
      .filter(({ spec }) => types.some((type) => type === spec.type))
      .map((pooler) => ({ pooler, ...demandOf(pooler, databases) }));
    const sum = counted.reduce((all, { connections }) => all + connections, 0);
    const last = counted.at(-1);
    if (last === undefined || sum <= most) continue;
    check.fail(
      `${last.pooler.key}.parameters.${last.limit}`,
      last.pooler.spec.pgbouncer.parameters?.[last.limit],
      `smaller: at ${what} the poolers may open ${counted.map(({ text }) => text).join(" + ")} = ${sum} connections, and it takes ${most} ` +
        `(max_connections ${maxConnections}, less ${reserved} for Postgres and CNPG); or a larger parameters.max_connections`,
    );
    return;
  }
}

function demandOf({ key, spec, instances }: PoolerPlan, databases: number) {
  const of = (name: string) => {
    const text = spec.pgbouncer.parameters?.[name] ?? "0";
    return /^[0-9]+$/.test(text) ? Number(text) : 0;
  };
  const pool = of("default_pool_size") + of("reserve_pool_size");
  const limit = of("max_db_connections");
  const limited = limit > 0 && limit < pool;
  const each = limited ? limit : pool;
  return {
    connections: instances * databases * each,
    text: `${instances} x ${databases} ${databases === 1 ? "database" : "databases"} x ${each} (${key})`,
    limit: limited ? "max_db_connections" : "default_pool_size",
  };
}
