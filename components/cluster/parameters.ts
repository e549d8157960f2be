import type { Check } from "../check";
import type { PostgresParameters } from "../plan/cluster";
import { formatPostgresMemory } from "../units";
import { checkParameters, type ParameterServer } from "./parameterChecks";
import { checkTogether, numberOf } from "./parametersTogether";

const MB = 1024n * 1024n;
const GB = 1024n * MB;

/** What the parameters are derived from. */
export interface ParameterBasis {
  /** Memory request of an instance, in bytes. */
  readonly memory: bigint;
  /** Memory as it was written; undefined if it could not be read, and nothing can be held against it. */
  readonly memoryText: string | undefined;
  /** Size of the volume that WAL is written to, in bytes; undefined when it is to be chosen to fit. */
  readonly walVolume: bigint | undefined;
  /** Whether that volume is WAL's own. */
  readonly ownWalVolume: boolean;
  /** Size of a WAL segment, in bytes; initdb decides it. */
  readonly walSegment: bigint;
  readonly server: ParameterServer;
}

/**
 * How many times `max_wal_size` the volume under the WAL has to hold. CNPG refuses to start an instance that is
 * short of disk space, and `max_wal_size` is a soft limit: WAL that could not be archived yet, and that
 * replicas still need, comes on top. A volume shared with data has to hold the data too.
 */
export const walVolumeFactor = { own: 3n, shared: 4n } as const;

/** Autovacuum workers that Postgres starts by default. */
const defaultAutovacuumWorkers = 3n;

/** Parameters in bytes that the memory sum is made of, with the bytes of their unit (`pg_settings.unit`). */
const memoryParameters = {
  shared_buffers: 8192n,
  wal_buffers: 8192n,
  maintenance_work_mem: 1024n,
  work_mem: 1024n,
  effective_cache_size: 8192n,
  max_wal_size: MB,
  min_wal_size: MB,
} as const;
type MemoryParameter = keyof typeof memoryParameters;

/** What CNPG's webhook reads of those that it looks at; Postgres reads more. */
const readByCnpg: { readonly [K in MemoryParameter]?: RegExp } = {
  shared_buffers: /^ *[0-9.]+ *[kMGT]?B$/,
  max_wal_size: /^([0-9]+| *[0-9.]+ *[kMGT]?B)$/,
  min_wal_size: /^([0-9]+| *[0-9.]+ *[kMGT]?B)$/,
};

/** CNPG compares these with what the data were written with, and reads digits alone. */
const readAsDigits = new Set(
  "max_connections max_locks_per_transaction max_prepared_transactions max_wal_senders max_worker_processes".split(
    " ",
  ),
);

/**
 * Postgres' memory and WAL parameters for an instance, under what the person set.
 *
 * The rules: `shared_buffers` a quarter of memory, `effective_cache_size` three quarters (a planner hint, it
 * allocates nothing), `maintenance_work_mem` a sixteenth (32 MB to 2 GB), `work_mem` such that every connection
 * can use it once and a quarter of the rest is left over, `max_wal_size` a quarter of WAL's own volume or an eighth of a
 * shared one (at most 16 GB), `min_wal_size` an eighth of that, `max_slot_wal_keep_size` half of the volume that WAL is on.
 *
 * @throws nothing; reports names and values that Postgres or CNPG refuse, dangerous ones, and a sum above the memory.
 */
export function decideParameters(
  check: Check,
  overrides: Readonly<Record<string, string>> | undefined,
  basis: ParameterBasis,
): PostgresParameters {
  const given = check.at("parameters");
  const checked = checkParameters(given, overrides, basis.server);
  const set: Partial<Record<MemoryParameter, bigint>> = {};
  for (const [name, unit] of Object.entries(memoryParameters) as [MemoryParameter, bigint][]) {
    const parameter = checked.get(name);
    // wal_buffers = -1 means a 32nd of shared_buffers, at most one WAL segment.
    if (typeof parameter?.value !== "number" || parameter.value < 0) continue;
    set[name] = BigInt(parameter.value) * unit;
    given.require(
      readByCnpg[name]?.test(parameter.text) ?? true,
      parameter.given,
      parameter.text,
      'with a unit at its end, such as "256MB": CNPG reads it too, and takes a number without one for MB',
    );
  }
  checkTogether(given, checked);
  const connections = numberOf(checked, "max_connections", 100n);
  // Each of them may use maintenance_work_mem.
  const workers = numberOf(checked, "autovacuum_max_workers", defaultAutovacuumWorkers);

  const { memory } = basis;
  const sharedBuffers = set.shared_buffers ?? atLeast(wholeMB(memory / 4n), 16n * MB);
  const walBuffers = set.wal_buffers ?? 16n * MB;
  const maintenance = set.maintenance_work_mem ?? atMost(atLeast(wholeMB(memory / 16n), 32n * MB), 2n * GB);
  const rest = memory - sharedBuffers - walBuffers - workers * maintenance;
  const workMem = set.work_mem ?? atMost(atLeast(wholeMB((rest * 3n) / (connections * 4n)), MB), 256n * MB);
  const maxWalSize = set.max_wal_size ?? defaultMaxWalSize(basis);
  const minWalSize =
    set.min_wal_size ??
    atMost(
      atLeast(atLeast(wholeMB(maxWalSize / 8n), 80n * MB), 2n * basis.walSegment),
      atLeast(maxWalSize - MB, 0n),
    );

  const derived: Record<string, string> = {
    max_connections: String(connections),
    shared_buffers: formatPostgresMemory(sharedBuffers),
    effective_cache_size: formatPostgresMemory(wholeMB((memory * 3n) / 4n)),
    maintenance_work_mem: formatPostgresMemory(maintenance),
    work_mem: formatPostgresMemory(workMem),
    wal_buffers: formatPostgresMemory(walBuffers),
    max_wal_size: formatPostgresMemory(maxWalSize),
    min_wal_size: formatPostgresMemory(minWalSize),
    // Without a limit the slot of a standby that is gone fills the volume of the primary.
    ...(basis.walVolume !== undefined && {
      max_slot_wal_keep_size: formatPostgresMemory(atLeast(wholeMB(basis.walVolume / 2n), maxWalSize)),
    }),
    checkpoint_completion_target: "0.9",
    checkpoint_timeout: "15min",
    random_page_cost: "1.1",
    wal_compression: "on",
  };

  const needed = sharedBuffers + walBuffers + workers * maintenance + connections * workMem;
  check.require(
    basis.memoryText === undefined || needed <= memory,
    "resources.memory",
    basis.memoryText,
    `at least ${formatPostgresMemory(needed)}, which is what the parameters can use: shared_buffers ${derived.shared_buffers} + ` +
      `wal_buffers ${derived.wal_buffers} + ${workers} x maintenance_work_mem ${derived.maintenance_work_mem} + ` +
      `${connections} connections x work_mem ${derived.work_mem}; give more memory or lower them under parameters`,
  );
  const least = 2n * basis.walSegment;
  given.require(
    minWalSize >= least && minWalSize < maxWalSize,
    set.min_wal_size === undefined ? "max_wal_size" : "min_wal_size",
    formatPostgresMemory(set.min_wal_size ?? maxWalSize),
    set.min_wal_size === undefined
      ? `more than two WAL segments (${formatPostgresMemory(least)}), the least that min_wal_size can be and CNPG wants below it`
      : `at least two WAL segments (${formatPostgresMemory(least)}) and less than max_wal_size (${formatPostgresMemory(maxWalSize)})`,
  );
  const texts = [...checked].map(
    ([name, { text, value }]) => [name, readAsDigits.has(name) ? String(value) : text] as const,
  );
  const values = { ...derived, ...Object.fromEntries(texts) };
  return { values: sorted(values), maxWalSize };
}

function defaultMaxWalSize(basis: ParameterBasis): bigint {
  const share = basis.ownWalVolume ? 4n : 8n;
  const least = atLeast(4n * basis.walSegment, 128n * MB);
  return atMost(atLeast(wholeMB((basis.walVolume ?? 8n * GB) / share), least), atLeast(16n * GB, least));
}

/** Parameters by their names, whatever order they were written in. */
export function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function wholeMB(bytes: bigint): bigint {
  return (bytes / MB) * MB;
}

function atLeast(value: bigint, least: bigint): bigint {
  return value < least ? least : value;
}

function atMost(value: bigint, most: bigint): bigint {
  return value > most ? most : value;
}
