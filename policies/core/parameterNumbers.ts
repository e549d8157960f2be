// Numbers as Postgres reads them in its configuration: `parse_int`, `parse_real` and `convert_to_base_unit` of guc.c.

/** In bytes, the largest first. */
export const memoryUnits: ReadonlyMap<string, number> = new Map([
  ["TB", 1024 ** 4],
  ["GB", 1024 ** 3],
  ["MB", 1024 ** 2],
  ["kB", 1024],
  ["B", 1],
]);

/** In microseconds. */
export const timeUnits: ReadonlyMap<string, number> = new Map([
  ["d", 86_400_000_000],
  ["h", 3_600_000_000],
  ["min", 60_000_000],
  ["s", 1_000_000],
  ["ms", 1000],
  ["us", 1],
]);

const space = "[ \\t\\n\\v\\f\\r]*";

/** What C's strtod reads as a number, without infinities; with a unit after it, perhaps. */
const written = new RegExp(
  `^${space}([+-]?)(0[xX](?:[0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)(?:[pP][+-]?\\d+)?|(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)(.*)$`,
  "s",
);
const unitAlone = new RegExp(`^${space}(.*?)${space}$`, "s");

/** What C's strtol reads: octal with a zero before it, hexadecimal with 0x. */
const whole = new RegExp(`^${space}([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\\d*)(.*)$`, "s");

/** A whole number in the parameter's own unit. */
export function readInteger(text: string, unit: string): number | undefined {
  const [, sign = "", digits, rest = ""] = whole.exec(text) ?? [];
  // A point or a power makes a fraction of it, as does a number too large for C's long.
  const fraction =
    digits === undefined ? text.startsWith(".") : /^[.eE]/.test(rest) || tooLarge(sign, digits);
  if (digits === undefined && !fraction) return undefined;
  const value = fraction ? readFraction(text, unit) : inUnit(signed(sign, natural(digits ?? "")), rest, unit);
  const rounded = value === undefined ? undefined : halfEven(value);
  return rounded !== undefined && rounded <= 2_147_483_647 && rounded >= -2_147_483_648 ? rounded : undefined;
}

/** A number in the parameter's own unit, which may be a fraction. */
export function readFraction(text: string, unit: string): number | undefined {
  const [, sign = "", digits = "", rest = ""] = written.exec(text) ?? [];
  if (digits === "") return undefined;
  const hex = /^0x/i.test(digits);
  const value = hex ? hexadecimal(digits) : Number(digits);
  const mantissa = hex ? digits.slice(2).replace(/p.*/i, "") : digits.replace(/e.*/i, "");
  // Out of what a double can hold with all its digits, in either direction, is refused.
  if (!Number.isFinite(value) || (/[1-9a-f]/i.test(mantissa) && value < 2 ** -1022)) return undefined;
  return inUnit(signed(sign, value), rest, unit);
}

/** A number with its unit in a parameter's own unit; undefined for a unit that it does not have. */
function inUnit(value: number, rest: string, unit: string): number | undefined {
  const [, said = ""] = unitAlone.exec(rest) ?? [];
  if (said === "") return value;
  const [, times, base = ""] = /^(\d*)([a-zA-Z]+)$/.exec(unit) ?? [];
  const units = base.endsWith("B") ? memoryUnits : timeUnits;
  const [size, own] = [units.get(said), units.get(base)];
  if (size === undefined || own === undefined) return undefined;
  const one = own * Number(times || 1);
  const converted = value * share(size, one);
  // A fraction becomes a whole number of the next smaller unit.
  const sizes = [...units.values()];
  const next = sizes[sizes.indexOf(size) + 1];
  return next === undefined ? converted : halfEven(converted / share(next, one)) * share(next, one);
}

/** A unit over another one, as guc.c has it: a whole number, or one over a whole number. */
function share(unit: number, one: number): number {
  return unit >= one ? unit / one : 1 / (one / unit);
}

const signed = (sign: string, value: number) => (sign === "-" ? -value : value);

function natural(digits: string): number {
  if (/^0x/i.test(digits)) return Number(digits);
  return digits.startsWith("0") ? Number.parseInt(digits, 8) : Number(digits);
}

function tooLarge(sign: string, digits: string): boolean {
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return value > (sign === "-" ? 2n ** 63n : 2n ** 63n - 1n);
}

function hexadecimal(digits: string): number {
  const [, integer = "", fraction = "", power = "0"] =
    /^0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/i.exec(digits) ?? [];
  const mantissa = Number(`0x${integer}${fraction}` || "0");
  return mantissa * 2 ** (Number(power) - 4 * fraction.length);
}

/** To the nearest whole number, halves to the even one, as C's rint does. */
function halfEven(value: number): number {
  const floor = Math.floor(value);
  const over = value - floor;
  if (over !== 0.5) return over < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A size as Postgres takes it for a parameter, rounded down: whole gigabytes, or megabytes. */
export function showPostgresBytes(bytes: number): string {
  const megabytes = Math.floor(bytes / 1024 ** 2);
  return megabytes >= 1024 && megabytes % 1024 === 0 ? `${megabytes / 1024}GB` : `${megabytes}MB`;
}
