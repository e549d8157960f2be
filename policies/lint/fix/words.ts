import type { FixedValue } from "../../core/rule";
import { parse } from "../yaml";
import type { Node } from "./layout";

/** How a value is written where it comes to stand. */
export interface Style {
  /** Within braces or brackets. */
  readonly flow: boolean;
  /** As the text before it was written, or the keys beside it. */
  readonly quotes: Node["style"];
}

/** A value on one line. */
export function inline(value: FixedValue, style: Style): string {
  if (typeof value === "string") return text(value, style);
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${text(key, { ...style, flow: true })}: ${inline(inner, { ...style, flow: true })}`,
  );
  return `{ ${entries.join(", ")} }`;
}

/** A key and its value on lines of their own, without the first indentation. */
export function lines(key: string, value: FixedValue, style: Style): string[] {
  if (typeof value !== "object") return [`${text(key, style)}: ${inline(value, style)}`];
  return [
    `${text(key, style)}:`,
    ...Object.entries(value).flatMap(([name, inner]) => lines(name, inner, style).map((line) => `  ${line}`)),
  ];
}

/** A text in the quotes that stood there; without any where it needs none. */
export function text(value: string, { flow, quotes }: Style): string {
  if (quotes === "single" && /^[\x20-\x7e]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  if (quotes === "plain" && isPlain(value, flow)) return value;
  return JSON.stringify(value);
}

/** Whether a text may stand without quotes, and is read as that text. */
function isPlain(value: string, flow: boolean): boolean {
  const written = flow ? `{ k: ${value} }` : `k: ${value}`;
  if (!/^[\x20-\x7e]+$/.test(value) || value !== value.trim()) return false;
  try {
    return (parse(written).documents[0] as { k?: unknown }).k === value;
  } catch {
    return false;
  }
}
