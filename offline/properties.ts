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
