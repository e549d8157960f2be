/** Bytes of a quantity of Kubernetes, such as `10Gi`, `512M`, `1e9` or `1.5Ti`; undefined for what is none. */
export function quantityBytes(text: string): number | undefined {
  const [, digits, suffix = ""] =
    /^\+?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE])?$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const factor = /^[eE][+-]?\d/.test(suffix) ? Number(`1${suffix}`) : factors.get(suffix);
  return factor === undefined ? undefined : Number(digits) * factor;
}

const factors = new Map<string, number>([
  ["", 1],
  ...["n", "u", "m"].map((suffix, i): [string, number] => [suffix, 1000 ** (i - 3)]),
  ...["k", "M", "G", "T", "P", "E"].map((suffix, i): [string, number] => [suffix, 1000 ** (i + 1)]),
  ...["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((suffix, i): [string, number] => [suffix, 1024 ** (i + 1)]),
]);

const postgresUnits = ["B", "kB", "MB", "GB", "TB"];

/**
 * Bytes of a size in Postgres's configuration, such as `256MB` or `1 GB`. A number alone counts in the parameter's own unit:
 * `8kB` for shared_buffers, `MB` for sizes of WAL, `kB` for work_mem. Undefined for what Postgres would refuse.
 */
export function postgresBytes(text: string, unit: string): number | undefined {
  const [, digits, said] = /^(\d+(?:\.\d*)?|\.\d+)\s*([a-zA-Z]+)?$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  if (said === undefined)
    return Number(digits) * (postgresBytes(/^\d/.test(unit) ? unit : `1${unit}`, "B") ?? 1);
  const power = postgresUnits.indexOf(said);
  return power < 0 ? undefined : Number(digits) * 1024 ** power;
}

/** A number of bytes as people read it: `1.5Gi`. */
export function showBytes(bytes: number): string {
  const power = Math.max(0, Math.min(4, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  return `${Math.round((bytes / 1024 ** power) * 10) / 10}${["", "Ki", "Mi", "Gi", "Ti"][power]}`;
}
