/** Whether a value is a map: of YAML, JSON or an object of Kubernetes. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
