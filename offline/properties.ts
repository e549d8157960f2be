import type { Properties } from "./provider";

/** What stands at a path; undefined if nothing does. */
export function get(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Properties)[key] : undefined),
    value,
  );
}

/** The text at a path; empty if there is none. */
export function text(value: unknown, ...path: string[]): string {
  const found = get(value, ...path);
  return typeof found === "string" ? found : "";
}

/** Whether a value is a map. */
export function isMap(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON with sorted keys: the order of a map's keys says nothing. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
