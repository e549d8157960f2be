import { strict as assert } from "node:assert";
import type { Parsed } from "../../../components/units/parsed";

/** The value of an answer that has to be right. */
export function value<T>(parsed: Parsed<T>): T {
  assert(parsed.ok, parsed.ok ? "" : parsed.allowed);
  return parsed.value;
}

/** What an answer that has to be wrong says should be written instead. */
export function allowed(parsed: Parsed<unknown>): string {
  assert(!parsed.ok, parsed.ok ? `accepted: ${String(parsed.value)}` : "");
  return parsed.allowed;
}

/** Every text is refused, each time with a phrase that carries an example in quotes or a list of what there is. */
export function rejects(parse: (text: string) => Parsed<unknown>, texts: readonly string[]): void {
  for (const text of texts) {
    const answer = parse(text);
    assert(!answer.ok, `accepted: ${JSON.stringify(text)}`);
    assert.match(answer.allowed, /"[^"]+"/);
  }
}

/** Every text is accepted and comes back as it was. */
export function keeps(parse: (text: string) => Parsed<string>, texts: readonly string[]): void {
  for (const text of texts) assert.deepEqual(parse(text), { ok: true, value: text }, text);
}
