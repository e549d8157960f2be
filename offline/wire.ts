/*
 * How the engine marks special values on the wire (`@pulumi/pulumi/runtime/rpc`).
 */

/** A value that a preview doesn't know yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key that marks an object as a special value, */
export const SPECIAL = "4dabf18193072939515e22adb298388d";

/** marked so: a secret, the plain value being under `value`, */
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** or an output, perhaps without a value yet. */
export const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Text of a plain value; of an unknown or a secret, nothing that could be mistaken for one. */
export function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** `<id>@<project>.iam.gserviceaccount.com`: Google's rule, on its own here so that it does not agree by construction. */
export function serviceAccountEmail(id: string, project: string): string {
  const [domain, name] = project.split(":");
  return `${id}@${name === undefined ? domain : `${name}.${domain}`}.iam.gserviceaccount.com`;
}

/** Whether a value is marked as secret. */
export function isSecret(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && (value as { [key: string]: unknown })[SPECIAL] === SECRET
  );
}

/** The entries of a map, also of one that is secret as a whole; those of a Secret have values that nothing may print. */
export function contentOf(value: unknown): { readonly [key: string]: unknown } {
  const plain = isSecret(value) ? (value as { value: unknown }).value : value;
  return typeof plain === "object" && plain !== null ? (plain as { readonly [key: string]: unknown }) : {};
}
