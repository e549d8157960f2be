import { basename, dirname } from "node:path";

/** What only a strategic merge has among its keys. */
const directive = /^\$(?:patch|retainKeys|setElementOrder\/|deleteFromPrimitiveList\/)/;

/** Whether an object has a directive of a strategic merge at one of its own levels; what stands in a text is no level. */
export function patches(object: Readonly<Record<string, unknown>>): boolean {
  const seen = new Set<object>();
  const inside = (value: unknown): boolean => {
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    seen.add(value);
    if (Array.isArray(value)) return value.some(inside);
    return Object.entries(value).some(
      ([key, one]) => (key.startsWith("$") && directive.test(key)) || inside(one),
    );
  };
  return inside(object);
}

/** Fields of `spec` that every whole object has: the operator refuses it without. */
const needed: Readonly<Record<string, readonly string[]>> = {
  Cluster: ["storage"],
  Database: ["cluster", "name", "owner"],
  ObjectStore: ["configuration"],
  Pooler: ["cluster", "pgbouncer"],
  ScheduledBackup: ["cluster", "schedule"],
};

/**
 * Whether an object of CloudNativePG is a part of one. It lacks what makes it whole, and its place says that it is a patch:
 * neither is enough by itself.
 */
export function isPartial(object: Readonly<Record<string, unknown>>, file: string): boolean {
  if (!isPatchName(file)) return false;
  const { kind, spec } = object;
  const fields = needed[String(kind)];
  if (fields === undefined) return false;
  const has = typeof spec === "object" && spec !== null ? (spec as Record<string, unknown>) : {};
  return fields.some((field) => has[field] === undefined);
}

function isPatchName(file: string): boolean {
  return (
    /(?:^|[-_.])patch(?:es)?(?:[-_.]|$)/i.test(basename(file)) ||
    /^(?:patches|overlays?|components)$/.test(basename(dirname(file))) ||
    /(?:^|\/)overlays?\//.test(file)
  );
}
