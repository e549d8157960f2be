import type { Entry } from "./report";

/**
 * What findings are known by when lines move and messages are worded anew, in the order of the entries.
 *
 * @param fileOf what their files are called, wherever the linter is run
 */
export function fingerprintsOf(
  entries: readonly Entry[],
  fileOf: (file: string) => string = (file) => file,
): string[] {
  // Only asked for by some formats, and slow to load.
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  const seen = new Map<string, number>();
  return entries.map(({ rule, file, object, path }) => {
    const identity = [rule.id, fileOf(file), object?.type, object?.namespace, object?.name, path].join("\0");
    const nth = seen.get(identity) ?? 0;
    seen.set(identity, nth + 1);
    return createHash("sha256").update(`${identity}\0${nth}`).digest("hex").slice(0, 32);
  });
}
