/**
 * What every check in this folder answers: the value in its checked form, or what to write instead.
 *
 * `allowed` is a short English phrase that completes "<path>: got <value>, expected <allowed>", so that the
 * caller, who knows where the value stood, prints one complete error. It carries an example, and never the value.
 */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly allowed: string };

/** The answer for text that is right. */
export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** The answer for text that is wrong; see {@link Parsed} for what the phrase must read like. */
export function bad(allowed: string): Parsed<never> {
  return { ok: false, allowed };
}

/** The text itself if a regular expression matches all of it (give one anchored at both ends), else `allowed`. */
export function matching(text: string, pattern: RegExp, allowed: string): Parsed<string> {
  return pattern.test(text) ? good(text) : bad(allowed);
}
