import { bad, good, type Parsed } from "./parsed";

const NANO = 1_000_000_000n;
const NANO_PER_MILLI = 1_000_000n;
const INT64_MAX = 2n ** 63n - 1n;

/** Powers of two behind the binary suffixes. */
const BINARY = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n } as const;

/** Powers of ten behind the decimal suffixes. */
const DECIMAL = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 } as const;

const QUANTITY = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/;

/** Nobody means more zeros than this, and a power of ten without limit would be a way to hang the program. */
const MAX_EXPONENT = 1000;

/**
 * A Kubernetes resource quantity, held exactly in billionths as Kubernetes holds it. Made by {@link parseQuantity},
 * {@link parseSize} and {@link parseCpu} only.
 */
export class Quantity {
  /** As it was written: what goes into a manifest. */
  readonly text: string;
  /** The value in billionths. */
  readonly nano: bigint;

  constructor(text: string, nano: bigint) {
    this.text = text;
    this.nano = nano;
  }

  /** The value in whole units (bytes for storage and memory), rounded up as `Quantity.Value()` does. */
  bytes(): bigint {
    return divideAwayFromZero(this.nano, NANO);
  }

  /** The value in thousandths (millicores for CPU), rounded up as `Quantity.MilliValue()` does. */
  milli(): bigint {
    return divideAwayFromZero(this.nano, NANO_PER_MILLI);
  }

  /** -1, 0 or 1 as this one is smaller, equal or bigger; "1Gi" and "1024Mi" are equal. */
  compare(other: Quantity): -1 | 0 | 1 {
    if (this.nano === other.nano) return 0;
    return this.nano < other.nano ? -1 : 1;
  }
}

/** Rounds up, and a negative value down, where Kubernetes means to but has "-0.5m" as 1 whole unit. */
function divideAwayFromZero(value: bigint, by: bigint): bigint {
  if (value < 0n) return -divideAwayFromZero(-value, by);
  return (value + by - 1n) / by;
}

function scaleByTen(mantissa: bigint, digits: number, power: number): bigint {
  if (power >= 0) return mantissa * 10n ** BigInt(power);
  // All digits lie behind the smallest one that counts: what is left rounds up to one, without a huge divisor.
  if (-power > digits) return mantissa === 0n ? 0n : 1n;
  return divideAwayFromZero(mantissa, 10n ** BigInt(-power));
}

/**
 * Reads a Kubernetes quantity by the grammar of `k8s.io/apimachinery/pkg/api/resource`: a signed decimal number
 * ("1.", ".5" and "+1" are legal), then nothing, a binary suffix (Ki Mi Gi Ti Pi Ei), a decimal one
 * (n u m k M G T P E) or an exponent (e3, E-2); no spaces. Like Kubernetes, a value finer than a billionth rounds away
 * from zero and one with a binary suffix is capped at 2^63-1.
 *
 * Rejected: anything else, and exponents above 1000. Also what Go's parser lets through although neither its grammar
 * nor the pattern in the CRDs has it: a sign, a point or a suffix without any digit.
 */
export function parseQuantity(text: string): Parsed<Quantity> {
  const match = QUANTITY.exec(text);
  if (!match) {
    return bad(
      'a Kubernetes quantity: a number and a suffix such as Mi, Gi, m or k, for example "500m" or "2Gi"',
    );
  }
  const [, sign, whole = "", fraction = "", bareFraction = "", suffix = ""] = match;
  const decimals = fraction + bareFraction;
  const digits = whole + decimals;
  const mantissa = BigInt(digits);
  let nano: bigint;
  if (suffix in BINARY) {
    const shifted = mantissa << BINARY[suffix as keyof typeof BINARY];
    nano = divideAwayFromZero(shifted * NANO, 10n ** BigInt(decimals.length));
    if (nano > INT64_MAX * NANO) nano = INT64_MAX * NANO;
  } else {
    const exponent = suffix in DECIMAL ? DECIMAL[suffix as keyof typeof DECIMAL] : Number(suffix.slice(1));
    if (exponent > MAX_EXPONENT && mantissa !== 0n) {
      return bad(`a Kubernetes quantity with an exponent of at most ${MAX_EXPONENT}, for example "1e3"`);
    }
    nano = mantissa === 0n ? 0n : scaleByTen(mantissa, digits.length, exponent - decimals.length + 9);
  }
  return good(new Quantity(text, sign === "-" ? -nano : nano));
}

/** What people write for a size when they think of another program's units, with the Kubernetes suffix they meant. */
const FOREIGN_SIZE = /^\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgtp])(?:i?b|i)?\s*$/i;

function sizeHint(text: string): string {
  const match = FOREIGN_SIZE.exec(text);
  if (!match) return "";
  const [, amount = "", letter = ""] = match;
  const why = /^[0-9.]+m$/.test(text) ? 'a lower-case "m" means thousandths of a byte, ' : "";
  return `; ${why}write "${amount}${letter.toUpperCase()}i"`;
}

/**
 * Reads an amount of storage or memory: a {@link parseQuantity quantity} of at least one byte and at most 2^63-1.
 *
 * Rejected on top of what is no quantity: zero, negative and too large values, and the suffixes m, u and n, which
 * Kubernetes takes and reads as fractions of a byte ("512m" is half a byte). "512MB", "10gb" and "8 Gi" get the
 * Kubernetes spelling as a hint.
 */
export function parseSize(text: string): Parsed<Quantity> {
  const parsed = parseQuantity(text);
  const allowed = 'a positive size with a Kubernetes suffix, such as "512Mi" or "100Gi"';
  if (!parsed.ok || /[mun]$/.test(text)) return bad(allowed + sizeHint(text));
  const { nano } = parsed.value;
  if (nano < NANO) return bad(`${allowed}, at least one byte`);
  if (nano > INT64_MAX * NANO) return bad(`${allowed}, less than 8Ei`);
  return parsed;
}

/**
 * Reads an amount of CPU in cores: a positive {@link parseQuantity quantity}, not finer than 1m (a thousandth of a
 * core), which is the finest that Kubernetes takes for CPU ("500m", "2", "1.5").
 *
 * Rejected on top of what is no quantity: zero, negative and finer values, and binary suffixes, which Kubernetes
 * would take: "8Gi" of CPU is a memory size in the wrong place.
 */
export function parseCpu(text: string): Parsed<Quantity> {
  const parsed = parseQuantity(text);
  const allowed =
    'a positive number of CPU cores, in steps of 1m (a thousandth), such as "500m", "2" or "1.5"';
  if (!parsed.ok) return bad(allowed);
  if (text.endsWith("i")) return bad(`${allowed}; Ki, Mi and Gi are for memory`);
  const { nano } = parsed.value;
  return nano > 0n && nano % NANO_PER_MILLI === 0n ? parsed : bad(allowed);
}

/** Writes bytes with the largest binary suffix that is exact, which is also the shortest: "2Gi", "1536Mi", "1000". */
export function formatBytes(bytes: bigint): string {
  if (bytes === 0n) return "0";
  for (const [suffix, power] of Object.entries(BINARY).reverse()) {
    const unit = 1n << power;
    if (bytes % unit === 0n) return `${bytes / unit}${suffix}`;
  }
  return `${bytes}`;
}
