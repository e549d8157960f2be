const TWO_63 = 1n << 63n;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  // U+00B5, the micro sign, and U+03BC, the Greek letter.
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Go stops taking in digits of a fraction where they would overflow, and keeps the scale that it had. */
function fraction(digits: string): { readonly value: bigint; readonly scale: number } {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > (TWO_63 - 1n) / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > TWO_63) break;
    value = next;
    scale *= 10;
  }
  return { value, scale };
}

/**
 * Reads a duration exactly as Go's `time.ParseDuration` does and returns nanoseconds, or nothing where Go returns an
 * error: an optional sign, then numbers with an optional fraction, each with a unit out of ns, us, ms, s, m, h, in
 * any order ("1h30m", "-1.5h", ".5s"); "0" needs no unit. Follows Go in its arithmetic too, overflow included.
 */
export function parseGoDuration(text: string): bigint | undefined {
  const [, sign = "", body = ""] = /^([+-]?)([\s\S]*)$/.exec(text) ?? [];
  if (body === "0") return 0n;
  if (body === "") return undefined;
  const part = /([0-9]*)(?:\.([0-9]*))?([^.0-9]+)/y;
  let total = 0n;
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    if (!match) return undefined;
    const [, whole = "", decimals = "", name = ""] = match;
    const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
    if (unit === undefined || whole + decimals === "") return undefined;
    let value = BigInt(whole || "0");
    if (value > TWO_63 / unit) return undefined;
    value *= unit;
    const { value: numerator, scale } = fraction(decimals);
    if (numerator > 0n) {
      value += BigInt(Math.trunc(Number(numerator) * (Number(unit) / scale)));
      if (value > TWO_63) return undefined;
    }
    // The sum wraps at 64 bits in Go, where it is checked only afterwards.
    total = BigInt.asUintN(64, total + value);
    if (total > TWO_63) return undefined;
  }
  if (sign === "-") return -total;
  return total > TWO_63 - 1n ? undefined : total;
}
