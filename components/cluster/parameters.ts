import type { Check } from "../check";
import { formatPostgresMemory, parsePostgresMemory } from "../units";
import { fixedParameters } from "./fixedParameters";

const MB = 1024n * 1024n;
const GB = 1024n * MB;

/** What the parameters are derived from. */
export interface ParameterBasis {
  /** Memory request of an instance, in bytes. */
  readonly memory: bigint;
  /** The same as it was written; undefined if it could not be read, and nothing can be held against it. */
  readonly memoryText: string | undefined;
  /** Size of the volume that WAL is written to, in bytes; undefined when it is to be chosen to fit. */
  readonly walVolume: bigint | undefined;
  /** Whether that volume is WAL's own. */
  readonly ownWalVolume: boolean;
  /** Size of a WAL segment, in bytes; initdb decides it. */
  readonly walSegment: bigint;
}

/** Parameters of `spec.postgresql.parameters`, and what follows from them. */
export interface PostgresParameters {
  readonly values: Readonly<Record<string, string>>;
  /** `max_wal_size` in bytes. */
  readonly maxWalSize: bigint;
}

/**
 * How many times `max_wal_size` the volume under the WAL has to hold. CNPG refuses to start an instance that is
 * short of disk space, and `max_wal_size` is a soft limit: WAL that could not be archived yet, and that
 * replicas still need, comes on top. A volume shared with data has to hold the data too.
 */
export const walVolumeFactor = { own: 3n, shared: 4n } as const;

/** Autovacuum workers that Postgres starts by default. */
const defaultAutovacuumWorkers = 3n;

/** Parameters in bytes that the memory sum is made of, with the unit of a bare number (Postgres' `pg_settings.unit`). */
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

/**
 * Postgres' memory and WAL parameters for an instance, under what the person set.
 *
 * The rules: `shared_buffers` a quarter of memory, `effective_cache_size` three quarters (a planner hint, it
 * allocates nothing), `maintenance_work_mem` a sixteenth (32 MB to 2 GB), `work_mem` such that every connection
 * can use it once and a quarter of the rest is left over, `max_wal_size` a quarter of WAL's own volume or an eighth of a
 * shared one (at most 16 GB), `min_wal_size` an eighth of that.
 *
 * @throws nothing; reports parameters that CNPG fixes, values without a unit, and a sum above the memory.
 */
export function decideParameters(
  check: Check,
  overrides: Readonly<Record<string, string>> | undefined,
  basis: ParameterBasis,
): PostgresParameters {
  const given = check.at("parameters");
  const set: Partial<Record<MemoryParameter, bigint>> = {};
  for (const [name, value] of Object.entries(overrides ?? {})) {
    checkName(given, name, value);
    if (isMemoryParameter(name)) {
      // wal_buffers = -1 means a 32nd of shared_buffers, at most one WAL segment.
      if (name === "wal_buffers" && value === "-1") continue;
      const bytes = given.parse(name, value, (text) =>
        parsePostgresMemory(text, Number(memoryParameters[name])),
      );
      if (bytes === undefined) continue;
      set[name] = bytes;
      given.require(
        readByCnpg[name]?.test(value) ?? true,
        name,
        value,
        'with a unit at its end, such as "256MB": CNPG reads it too, and takes a number without one for MB',
      );
    }
  }
  const connections = wholeNumber(given, overrides, "max_connections", 4n) ?? 100n;
  // Each of them may use maintenance_work_mem.
  const workers = wholeNumber(given, overrides, "autovacuum_max_workers", 1n) ?? defaultAutovacuumWorkers;

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
    checkpoint_completion_target: "0.9",
    checkpoint_timeout: "15min",
    random_page_cost: "1.1",
    wal_compression: "on",
  };

  for (const [name, value] of Object.entries(overrides ?? {})) {
    const plain = name.toLowerCase();
    if (plain === name) continue;
    if (fixedParameters.has(plain))
      given.fail(name, value, `left out: to Postgres it is ${plain}, which CNPG sets itself`);
    else if (Object.hasOwn(derived, plain))
      given.fail(name, value, `written ${plain}: to Postgres both are one, which is derived here already`);
  }

  const slots = Object.keys(overrides ?? {}).some(
    (name) => name.startsWith("pg_failover_slots.") && !fixedParameters.has(name),
  );
  given.require(
    !slots || isOn(overrides?.hot_standby_feedback),
    "hot_standby_feedback",
    overrides?.hot_standby_feedback,
    "on: parameters of pg_failover_slots are set, and CNPG refuses them without",
  );

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
  return { values: sorted({ ...derived, ...overrides }), maxWalSize };
}

function defaultMaxWalSize(basis: ParameterBasis): bigint {
  const share = basis.ownWalVolume ? 4n : 8n;
  const least = atLeast(4n * basis.walSegment, 128n * MB);
  return atMost(atLeast(wholeMB((basis.walVolume ?? 8n * GB) / share), least), atLeast(16n * GB, least));
}

/** A GUC name, with at most one dot for those of extensions, as CNPG's webhook checks it. */
const parameterName = /^[a-zA-Z_][a-zA-Z0-9_$]*(\.[a-zA-Z_][a-zA-Z0-9_$]*)?$/;

function checkName(check: Check, name: string, value: string): void {
  if (!parameterName.test(name))
    check.fail(name, value, "the name of a Postgres parameter, such as work_mem");
  if (name === "shared_preload_libraries") {
    check.fail(
      name,
      value,
      "left out: CNPG adds the libraries that a parameter's prefix asks for, such as pg_stat_statements.max",
    );
  } else if (fixedParameters.has(name)) {
    check.fail(name, value, "left out: CNPG sets this parameter itself and refuses a Cluster that names it");
  } else if (name === "wal_level") {
    const archived = value === "replica" || value === "logical";
    check.require(
      archived,
      name,
      value,
      "replica or logical: with any other, WAL can't be archived, and CNPG refuses it",
    );
  } else if (name === "wal_log_hints") {
    check.require(
      isOn(value),
      name,
      value,
      "on, or left out: a former primary is rewound with it, and CNPG refuses more than one instance without",
    );
  }
}

/** Truth values as Postgres reads them. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(on|t(rue?|r)?|y(es?)?|1)$/i.test(value);
}

/** As many backends as Postgres can have at all (MAX_BACKENDS). */
const mostBackends = 262_143n;

function wholeNumber(
  check: Check,
  values: Readonly<Record<string, string>> | undefined,
  name: string,
  least: bigint,
): bigint | undefined {
  const text = values?.[name];
  if (text === undefined) return undefined;
  const value = /^[0-9]{1,9}$/.test(text) ? BigInt(text) : undefined;
  if (value !== undefined && value >= least && value <= mostBackends) return value;
  const reserved = value !== undefined && value > 0n && value < least;
  check.fail(
    name,
    text,
    reserved
      ? `${least} or more: Postgres keeps three connections for superusers`
      : `a positive whole number up to ${mostBackends}, such as ${name === "max_connections" ? 100 : 3}`,
  );
  return undefined;
}

function isMemoryParameter(name: string): name is MemoryParameter {
  return Object.hasOwn(memoryParameters, name);
}

function sorted(values: Record<string, string>): Record<string, string> {
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
