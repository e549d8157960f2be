import { EVENT_ID, type Event, getScalarValue, parseEvents } from "js-yaml";
import type { Origin } from "../core/resource";
import type { Path } from "../core/view";

/** Where something within a document is. Looked up only when it is printed: most have no findings. */
export function within(origin: Origin, inner: Path): Origin {
  const lineOf = (path: Path) => origin.lineOf?.([...inner, ...path]);
  return {
    file: origin.file ?? "",
    lineOf,
    get line() {
      return lineOf([]) ?? origin.line ?? 1;
    },
  };
}

interface Place {
  readonly line: number;
  readonly entries?: Map<string, Place>;
  readonly items?: Place[];
}

/** The places of the text that was asked about last: findings come document by document. */
let last: { readonly text: string; readonly places: readonly (Place | undefined)[] } | undefined;

/**
 * Line of a path in a text, from 0; of the nearest value around it where it is not there. Nothing is worked out before
 * somebody asks: most documents have no findings.
 *
 * @param index which of the documents in the text
 */
export function lineIn(text: string, index: number, path: Path): number | undefined {
  if (last?.text !== text) last = { text, places: placesOf(text) };
  let place = last.places[index];
  for (const key of path) {
    const inner: Place | undefined = typeof key === "number" ? place?.items?.[key] : place?.entries?.get(key);
    if (inner === undefined) break;
    place = inner;
  }
  return place?.line;
}

function placesOf(text: string): (Place | undefined)[] {
  try {
    return new Reader(text, parseEvents(text, { maxDepth: 10_000 })).documents();
  } catch {
    // What JSON.parse can read and YAML can't; or nothing at all.
    return [];
  }
}

class Reader {
  private at = 0;
  private position = 0;
  private line = 0;

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
  ) {}

  documents(): (Place | undefined)[] {
    const documents: (Place | undefined)[] = [];
    while (this.at < this.events.length)
      if (this.events[this.at++]?.type === EVENT_ID.DOCUMENT) documents.push(this.value());
    return documents;
  }

  /** The next value; undefined at the end of what it would be in. `from`: the line of its key. */
  private value(from?: number): Place | undefined {
    const event = this.events[this.at++];
    if (event === undefined || event.type === EVENT_ID.POP) return undefined;
    const line = from ?? this.lineAt(startOf(event));
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: Place[] = [];
      for (let item = this.value(); item !== undefined; item = this.value()) items.push(item);
      return { line, items };
    }
    if (event.type !== EVENT_ID.MAPPING) return { line };
    const entries = new Map<string, Place>();
    for (;;) {
      const key = this.events[this.at];
      const place = this.value();
      if (key === undefined || place === undefined) return { line, entries };
      const value = this.value(place.line);
      if (key.type === EVENT_ID.SCALAR && value !== undefined)
        entries.set(getScalarValue(this.text, key), value);
    }
  }

  /** Positions only grow, so each line is counted once. */
  private lineAt(position: number): number {
    for (;;) {
      const next = this.text.indexOf("\n", this.position);
      if (next < 0 || next >= position) return this.line;
      this.position = next + 1;
      this.line++;
    }
  }
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) return event.start;
  return event.type === EVENT_ID.ALIAS ? event.anchorStart : 0;
}
