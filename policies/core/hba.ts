/** A line of pg_hba.conf, as far as rules read it. */
export interface HbaLine {
  /** `host`, `hostssl`, `hostnossl`, `hostgssenc`, `hostnogssenc` or `local`. */
  readonly type: string;
  /** Where clients are; empty for `local`. With a separate mask only the address. */
  readonly address: string;
  /** `scram-sha-256`, `trust`, `md5`... */
  readonly method: string;
}

/** Reads what one item of `spec.postgresql.pg_hba` holds: mostly one line. Comments and what is no rule are left out. */
export function readHba(item: string): HbaLine[] {
  return item.split("\n").flatMap((line) => {
    // Quoted words may hold spaces and `#`.
    const words = [...line.matchAll(/#.*|(?:"[^"]*"|[^\s",#])+(?:,\s*(?:"[^"]*"|[^\s",#])+)*/g)]
      .map(([word]) => word)
      .filter((word) => !word.startsWith("#"));
    const type = words[0]?.toLowerCase() ?? "";
    if (type === "local") return [{ type, address: "", method: bare(words[3]) }];
    if (!/^host(ssl|nossl|gssenc|nogssenc)?$/.test(type)) return [];
    const separateMask = /^[\d.]+$|^[\da-f:]*:[\da-f:.]*$/i.test(words[4] ?? "");
    return [{ type, address: bare(words[3]), method: bare(words[separateMask ? 5 : 4]) }];
  });
}

/** Whether clients at the address are in the instance's own pod. */
export function isLoopback(address: string): boolean {
  return /^(127\.|::1(\/|$)|localhost$)/.test(address);
}

function bare(word = ""): string {
  return word.replaceAll('"', "").toLowerCase();
}
