import type { View } from "./view";

const KiB = 1024;
const GiB = KiB ** 3;

/** The largest file that Postgres writes. Barman ends an archive only before the next file. */
export const LARGEST_FILE = GiB;

/** What Barman takes for the size of an archive where nobody says one. */
const byDefault = 100 * GiB;

/**
 * The size at which Barman ends an archive, in bytes, and whether somebody says it. A size that Barman could not read counts as
 * none.
 */
export function archiveSizeOf(store: View): { readonly bytes: number; readonly said: boolean } {
  const given = store.texts("data", "additionalCommandArgs");
  for (const [i, text] of given.entries()) {
    const [, joined] = /^(?:--max-archive-size|-S)(?:=(.*))?$/.exec(text) ?? [];
    const separate = text === "--max-archive-size" || text === "-S" ? given[i + 1] : undefined;
    const bytes = barmanBytes(joined ?? separate ?? "");
    if (bytes !== undefined) return { bytes, said: true };
  }
  return { bytes: byDefault, said: false };
}

/** A size as Barman reads it (`check_size`): `GB` counts in 1024s, `GiB` in 1000s, and a number alone in bytes. */
function barmanBytes(text: string): number | undefined {
  const [, digits, prefix = "", si, unit] =
    /^(\d+(?:\.\d+)?)(?:([KMGT])?(I)?(B))?$/.exec(text.toUpperCase()) ?? [];
  if (digits === undefined || (si !== undefined && prefix === "")) return undefined;
  const power = unit === undefined || prefix === "" ? 0 : "KMGT".indexOf(prefix) + 1;
  return Number(digits) * (si === undefined ? KiB : 1000) ** power;
}
