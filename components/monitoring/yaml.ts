/** A text of YAML. The library is read when the first one is written: most stacks have none. */
export function yaml(value: unknown): string {
  const { dump }: typeof import("js-yaml") = require("js-yaml");
  return dump(value, { lineWidth: -1, noRefs: true });
}
