import { bad, good, type Parsed } from "./parsed";

/** Postgres memory units, largest first; multiples of 1024 although they are spelt like decimal ones. */
const UNITS = [
  ["TB", 1n << 40n],
  ["GB", 1n << 30n],
  ["MB", 1n << 20n],
  ["kB", 1n << 10n],
  ["B", 1n],
] as const;

const KILOBYTE = 1024n;

const MEMORY = /^[ \t\n\v\f\r]*(0|[1-9][0-9]*)(?:\.([0-9]+))?[ \t\n\v\f\r]*(TB|GB|MB|kB|B)?[ \t\n\v\f\r]*$/;

/**
 * Writes bytes as a Postgres memory setting, in the largest of kB, MB and GB that is exact: "256MB", "2GB", "1536kB".
 * Rounds down to whole kilobytes, so that what was worked out as a share of the memory never becomes more than that.
 *
 * @throws RangeError for a negative number.
 */
export function formatPostgresMemory(bytes: bigint): string {
  if (bytes < 0n) throw new RangeError("a Postgres memory setting can't be negative");
  const whole = bytes - (bytes % KILOBYTE);
  if (whole === 0n) return "0kB";
  for (const [suffix, unit] of UNITS) {
    if (suffix !== "TB" && whole % unit === 0n) return `${whole / unit}${suffix}`;
  }
  return `${whole / KILOBYTE}kB`;
}

/** `numerator / denominator` to the nearest whole number, halves to the even one, as C's rint does. */
function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const doubled = 2n * (numerator - quotient * denominator);
  const up = doubled > denominator || (doubled === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/**
 * Reads a Postgres memory setting and returns bytes, as Postgres does (`parse_int` and `convert_to_base_unit` in
 * guc.c): a number, optional white space, and one of B, kB, MB, GB, TB, case-sensitive, each 1024 of the one before.
 * A fraction rounds to whole next smaller units ("30.1GB" is 30822MB).
 *
 * @param baseUnit bytes in one unit of the setting, for instance 8192 for shared_buffers, 1024 for work_mem, 1048576
 *   for max_wal_size. With it a number without a unit counts in that unit and every value rounds to it, as in
 *   Postgres; without it a number without a unit is rejected, because what it means depends on the setting.
 *
 * Rejected: other units and spellings, negative numbers (-1 is a switch in some settings, not an amount), and the
 * octal, hexadecimal and exponent forms that Postgres would take ("010MB" is 8 MB there).
 */
export function parsePostgresMemory(text: string, baseUnit?: number): Parsed<bigint> {
  const allowed = 'a Postgres memory value, a number and one of kB, MB, GB, TB, such as "256MB"';
  const match = MEMORY.exec(text);
  if (!match) return bad(`${allowed} (upper and lower case as written here)`);
  const [, whole = "", fraction = "", suffix] = match;
  const numerator = BigInt(whole + fraction);
  const denominator = 10n ** BigInt(fraction.length);
  const base = baseUnit === undefined ? undefined : BigInt(baseUnit);
  if (suffix === undefined) {
    return base === undefined ? bad(allowed) : good(divideHalfEven(numerator, denominator) * base);
  }
  const at = UNITS.findIndex(([name]) => name === suffix);
  const unit = UNITS[at]?.[1] ?? 1n;
  const smaller = UNITS[at + 1]?.[1] ?? 1n;
  const bytes = divideHalfEven(numerator * unit, denominator * smaller) * smaller;
  return good(base === undefined ? bytes : divideHalfEven(bytes, base) * base);
}
