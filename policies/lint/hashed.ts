import { EVENT_ID, type Event } from "js-yaml";
import { sealed } from "../core/placeholder";

/** `###X###`, `#{X}`, `#{ x | lower }#`, `#X#`: what YAML takes for a comment where it has no quotes. */
const ONE = "(?:#{2,}[\\w.-]+#{2,}|#\\{[^{}\\n]{1,100}\\}#?|#[A-Z][A-Z\\d_]+#)";

/** One behind a key or a dash, perhaps with other text behind it: all that stands in its line. */
const behind = new RegExp(
  `["']?[ \\t]*(?::|(?:[^\\n]*\\n[ \\t]*)?-)[ \\t]+(${ONE}(?:${ONE}|[^\\s#])*)[ \\t]*(?:[ \\t]#[^\\n]*)?(?=\\r?\\n|$)`,
  "y",
);
const anywhere = new RegExp(`[ \\t]${ONE}`);

/** A text whose empty values are placeholders where a comment is one. */
export interface Unhashed {
  readonly text: string;
  /** Their lines, from 0. */
  readonly lines: readonly number[];
}

/**
 * A text with its placeholders sealed that YAML takes for comments: `imageName: ###IMAGE###` is an empty value to YAML, and
 * none to the tool that fills it in. Undefined if there are none. Lines stay the same.
 *
 * @param events of the text
 */
export function unhashed(text: string, events: () => readonly Event[]): Unhashed | undefined {
  if (!anywhere.test(text)) return undefined;
  const found: { readonly start: number; readonly end: number }[] = [];
  let at = 0;
  for (const event of events()) {
    if (event.type !== EVENT_ID.SCALAR || event.valueStart >= 0) {
      at = Math.max(at, endOf(event));
      continue;
    }
    behind.lastIndex = at;
    const [whole = "", placeholder] = behind.exec(text) ?? [];
    if (placeholder === undefined) continue;
    const start = at + whole.indexOf(placeholder);
    at = start + placeholder.length;
    found.push({ start, end: at });
  }
  if (found.length === 0) return undefined;
  let filled = "";
  let done = 0;
  for (const { start, end } of found) {
    filled += text.slice(done, start) + sealed(text.slice(start, end));
    done = end;
  }
  const lines = found.map(({ start }) => text.slice(0, start).split("\n").length - 1);
  return { text: filled + text.slice(done), lines };
}

function endOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueEnd;
  if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) return event.start;
  return event.type === EVENT_ID.ALIAS ? event.anchorEnd : 0;
}
