import type { RecordedCall } from "./gate";

/**
 * The permissions that calls depend on, sorted. Google's client also looks up a bucket beside other calls, to write its
 * place into traces, and goes on without an answer: that is no need.
 */
export function asked(calls: readonly RecordedCall[]): string[] {
  const needed = calls.filter(
    ({ operation, target }) => operation !== "buckets.get" || !target.includes("projection=noAcl"),
  );
  return [...new Set(needed.flatMap(({ permissions }) => permissions))].sort();
}

/** What calls did to objects that are not below a prefix. */
export function outside(calls: readonly RecordedCall[], objectPrefix: string): string[] {
  return calls
    .flatMap(({ accesses }) => accesses)
    .filter(({ permission }) => permission !== "storage.buckets.get")
    .filter(({ object, prefix }) => !(object ?? prefix ?? "").startsWith(objectPrefix))
    .map(({ permission, object, prefix }) => `${permission} ${object ?? prefix}`);
}
