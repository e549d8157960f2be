import { mayHavePlaceholders, withoutPlaceholders } from "./placeholders";
import { type Parsed, parse } from "./yaml";

/** Parses a text, if need be with something else in the place of its placeholders. @throws Unreadable */
export function parseLeniently(text: string): Parsed {
  try {
    return parse(text);
  } catch (error) {
    const plain = mayHavePlaceholders(text) ? withoutPlaceholders(text) : text;
    // `*app:` is a key to Go's reader, and an alias called `app:` to ours.
    const filled = plain.replace(/^(\s*(?:- +)*\*[\w-]+):(?=\s|$)/gm, "$1 :");
    if (filled === text) throw error;
    try {
      return parse(filled);
    } catch {
      throw error;
    }
  }
}
