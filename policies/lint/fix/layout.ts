import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from "js-yaml";
import type { Path } from "../../core/view";

/** A value where it stands in a text; `start` and `end` hold its quotes or braces. */
export interface Node {
  readonly kind: "map" | "list" | "scalar" | "alias";
  readonly start: number;
  readonly end: number;
  /** A map or list within braces or brackets. */
  readonly flow: boolean;
  /** Of a scalar: how it is written. */
  readonly style: "plain" | "single" | "double" | "block";
  /** Of a scalar: what it says. */
  readonly text: string;
  /** Name that aliases use; of an alias: whom it stands for. */
  readonly anchor: string;
  readonly entries: readonly Entry[];
  readonly items: readonly Node[];
}

/** A key of a map with its value. */
export interface Entry {
  readonly key: Node;
  readonly value: Node;
}

const styles = new Map<number, Node["style"]>([
  [SCALAR_STYLE.SINGLE_QUOTED, "single"],
  [SCALAR_STYLE.DOUBLE_QUOTED, "double"],
  [SCALAR_STYLE.LITERAL_BLOCK, "block"],
  [SCALAR_STYLE.FOLDED_BLOCK, "block"],
]);

/** Where everything stands in a text with one document; undefined for one that can't be read, or that has none or several. */
export function layoutOf(text: string): Layout | undefined {
  try {
    const layout = new Layout(text, parseEvents(text, { maxDepth: 1000 }));
    return layout.root === undefined ? undefined : layout;
  } catch {
    return undefined;
  }
}

export class Layout {
  readonly root: Node | undefined;
  /** Anchors that an alias uses: what they name stands in more than one place. */
  readonly used = new Set<string>();
  /** Every scalar: what looks like a comment in one is none. */
  readonly scalars: Node[] = [];
  private at = 0;
  /** Behind what was read last. */
  private behind = 0;

  constructor(
    readonly text: string,
    private readonly events: readonly Event[],
  ) {
    let documents = 0;
    let root: Node | undefined;
    while (this.at < events.length)
      if (events[this.at++]?.type === EVENT_ID.DOCUMENT) {
        documents++;
        root = this.value();
      }
    this.root = documents === 1 ? root : undefined;
  }

  /** The value behind a path, with all around it, outermost first; as far as there are some. */
  chain(path: Path): { readonly nodes: readonly Node[]; readonly entry: Entry | undefined } {
    const nodes: Node[] = this.root === undefined ? [] : [this.root];
    let entry: Entry | undefined;
    for (const key of path) {
      const last = nodes.at(-1);
      entry =
        typeof key === "string" ? last?.entries.findLast(({ key: { text } }) => text === key) : undefined;
      const inner = typeof key === "number" ? last?.items[key] : entry?.value;
      if (inner === undefined) break;
      nodes.push(inner);
    }
    return { nodes, entry };
  }

  private value(): Node | undefined {
    const event = this.events[this.at++];
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return undefined;
    const { text } = this;
    const base = { flow: false, style: "plain", text: "", entries: [], items: [] } as const;
    const anchor = event.anchorStart < 0 ? "" : text.slice(event.anchorStart, event.anchorEnd);
    if (event.type === EVENT_ID.ALIAS) {
      this.used.add(anchor);
      this.behind = event.anchorEnd;
      return { ...base, kind: "alias", anchor, start: event.anchorStart - 1, end: event.anchorEnd };
    }
    if (event.type === EVENT_ID.SCALAR) {
      const style = styles.get(event.style) ?? "plain";
      const quotes = style === "single" || style === "double" ? 1 : 0;
      const [start, end] =
        event.valueStart < 0
          ? [this.behind, this.behind]
          : [event.valueStart - quotes, event.valueEnd + quotes];
      const said = event.valueStart < 0 ? "" : getScalarValue(text, event);
      const node: Node = { ...base, kind: "scalar", anchor, style, text: said, start, end };
      this.scalars.push(node);
      this.behind = end;
      return node;
    }
    const flow = event.style === COLLECTION_STYLE.FLOW;
    const { start } = event;
    if (flow) this.behind = start + 1;
    const [entries, items]: [Entry[], Node[]] = [[], []];
    if (event.type === EVENT_ID.SEQUENCE)
      for (let item = this.value(); item !== undefined; item = this.value()) items.push(item);
    else
      for (let key = this.value(); key !== undefined; key = this.value()) {
        // An empty value stands behind the colon.
        this.behind = this.skip(this.behind, /[\s:?]/);
        const value = this.value();
        if (value !== undefined) entries.push({ key, value });
      }
    if (flow) this.behind = this.skip(this.behind, /[\s,]/) + 1;
    const kind = event.type === EVENT_ID.SEQUENCE ? "list" : "map";
    return { ...base, kind, anchor, flow, start, end: this.behind, entries, items };
  }

  /** The next place that is neither one of some characters nor in a comment. */
  private skip(from: number, over: RegExp): number {
    let at = from;
    for (;;) {
      const next = this.text[at];
      if (next === "#" && /\s/.test(this.text[at - 1] ?? "\n")) {
        const end = this.text.indexOf("\n", at);
        at = end < 0 ? this.text.length : end;
      } else if (next !== undefined && over.test(next)) at++;
      else return at;
    }
  }
}
