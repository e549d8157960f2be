import type { JsonSchema } from "./jsonSchema";

/** Reports what is wrong with the value at hand. */
export type Say = (problem: string) => void;

/** Judges what a string alone can be wrong in. */
export function checkString(value: string, schema: JsonSchema, say: Say): void {
  const { pattern, format, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const length = [...value].length;
  if (length < minLength)
    say(minLength === 1 ? "must not be empty" : `must have ${minLength} characters or more`);
  if (length > maxLength) say(`must have ${maxLength} characters or fewer`);
  if (pattern !== undefined && !regExp(pattern).test(value)) {
    const quantity = pattern.includes("[KMGTPE]i")
      ? "be a Kubernetes quantity such as 500m, 2 or 10Gi"
      : undefined;
    say(`must ${schema["x-says"] ?? quantity ?? `match ${pattern}`}`);
  }
  if (format === "date-time" && !isDateTime(value))
    say("must be an RFC 3339 time such as 2026-11-21T03:00:00Z");
  if (format === "byte" && !base64.test(value.replace(/[\r\n]/g, ""))) say("must be base64");
}

/** The same of a number. */
export function checkNumber(value: number, schema: JsonSchema, say: Say): void {
  if (value < (schema.minimum ?? value)) say(`must be ${schema.minimum} or more`);
  if (value > (schema.maximum ?? value)) say(`must be ${schema.maximum} or less`);
  const bits = schema.format === "int32" ? 31 : 63;
  if (schema.type === "integer" && (value < -(2 ** bits) || value >= 2 ** bits))
    say(`must fit ${bits + 1} bits`);
}

/** How many items or fields there may be. */
export function checkCount(count: number, what: string, least = 0, most = count, say: Say): void {
  if (count < least) say(`must have ${least} ${what} or more`);
  if (count > most) say(`must have ${most} ${what} or fewer`);
}

function isDateTime(value: string): boolean {
  const parts =
    /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/.exec(
      value,
    );
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const patterns = new Map<string, RegExp>();

/** A schema's pattern, compiled once. */
export function regExp(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, "u");
  patterns.set(pattern, known);
  return known;
}
