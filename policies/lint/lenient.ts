import { mayHavePlaceholders, withoutPlaceholders } from "./placeholders";
import { type Parsed, parse } from "./yaml";

/** Parses a text, if need be with something else in the place of its placeholders. @throws Unreadable */
export function parseLeniently(text: string): Parsed {
  try {
    return parse(text);
  } catch (error) {
    const filled = mayHavePlaceholders(text) ? withoutPlaceholders(text) : text;
    if (filled === text) throw error;
    try {
      return parse(filled);
    } catch {
      throw error;
    }
  }
}
