import type { Fix, FixedValue } from "../../core/rule";
import type { Path } from "../../core/view";
import { type Entry, type Layout, layoutOf, type Node } from "./layout";
import { inline, lines, type Style, text as textOf } from "./words";

/** A text with one change, and what was changed; or why it was not. */
export type Edit =
  | {
      readonly text: string;
      /** What stood there; empty where nothing did. */
      readonly before: string;
      /** What stands there now; empty where nothing does. */
      readonly after: string;
      /** What was taken away: more than was asked for, where nothing else was in it. */
      readonly removed?: Path;
    }
  | { readonly refused: string };

const refused = (why: string): Edit => ({ refused: why });
const shared = "it stands in more than one place, by an anchor and its alias";
const notThere = "it is not there any more";

/** Makes one change in a text with one document. Nothing else of the text changes. */
export function edit(text: string, fix: Fix): Edit {
  const layout = layoutOf(text);
  if (layout === undefined) return refused("the document can't be read as it stands");
  const { nodes, entry } = layout.chain(fix.path);
  if (nodes.some(({ kind, anchor }) => kind === "alias" || (anchor !== "" && layout.used.has(anchor))))
    return refused(shared);
  const there = nodes.length === fix.path.length + 1;
  if ("remove" in fix) return there ? remove(layout, fix.path) : refused(notThere);
  if ("key" in fix)
    return there && entry !== undefined ? rename(layout, entry, fix, nodes) : refused(notThere);
  if ("quoted" in fix) return there ? quote(layout, nodes.at(-1)) : refused(notThere);
  return there ? replace(layout, nodes, fix.value) : insert(layout, nodes, fix.path, fix.value);
}

function change({ text }: Layout, start: number, end: number, after: string, shown = after): Edit {
  const before = text.slice(start, end).trim();
  return { text: text.slice(0, start) + after + text.slice(end), before, after: shown.trim() };
}

function replace(layout: Layout, nodes: readonly Node[], value: FixedValue): Edit {
  const node = nodes.at(-1);
  if (node?.kind !== "scalar") return refused("a map or a list stands there");
  if (node.style === "block") return refused("it is a block of lines");
  if (node.start === node.end) return refused("nothing stands behind its key");
  if (layout.text.slice(node.start, node.end).includes("\n")) return refused("it runs over several lines");
  const flow = nodes.some((one) => one.flow);
  return change(layout, node.start, node.end, inline(value, { flow, quotes: node.style }));
}

function rename(layout: Layout, { key }: Entry, fix: Fix & { key: string }, nodes: readonly Node[]): Edit {
  if (nodes.at(-2)?.entries.some((other) => other.key.text === fix.key))
    return refused(`there is ${fix.key} beside it already`);
  const flow = nodes.slice(0, -1).some((one) => one.flow);
  return change(layout, key.start, key.end, textOf(fix.key, { flow, quotes: key.style }));
}

function quote(layout: Layout, node: Node | undefined): Edit {
  if (node?.kind !== "scalar" || node.style !== "plain" || node.start === node.end)
    return refused("no plain value stands there");
  return change(layout, node.start, node.end, JSON.stringify(node.text));
}

/** Takes an entry or an item away; with what is around it, where nothing else is in that. */
function remove(layout: Layout, path: Path): Edit {
  const key = path.at(-1);
  const holder = layout.chain(path.slice(0, -1)).nodes.at(-1);
  if (key === undefined || holder === undefined) return refused(notThere);
  if (holder.entries.length + holder.items.length === 1)
    return path.length > 1 ? remove(layout, path.slice(0, -1)) : refused("nothing else is in the document");
  const parts: readonly { start: number; end: number }[] =
    holder.kind === "list"
      ? holder.items
      : holder.entries.map((entry) => ({ start: entry.key.start, end: entry.value.end }));
  const index =
    typeof key === "number" ? key : holder.entries.findLastIndex((entry) => entry.key.text === key);
  const part = parts[index];
  if (part === undefined) return refused(notThere);
  const edited = holder.flow ? cut(layout, parts, index) : cutLines(layout, holder, part, parts[index + 1]);
  return "refused" in edited ? edited : { ...edited, removed: path };
}

/** Within braces: with the comma before it, or for the first one behind it. */
function cut(layout: Layout, parts: readonly { start: number; end: number }[], index: number): Edit {
  const [part, previous, next] = [parts[index], parts[index - 1], parts[index + 1]];
  const [start, end] = previous === undefined ? [part?.start, next?.start] : [previous.end, part?.end];
  if (start === undefined || end === undefined) return refused(notThere);
  if (layout.text.slice(start, end).includes("#")) return refused("a comment may stand beside it");
  return change(layout, start, end, "");
}

/** The lines of an entry or an item, with what stands behind it on the last one. */
function cutLines(
  layout: Layout,
  holder: Node,
  part: { start: number; end: number },
  next: { start: number } | undefined,
): Edit {
  const { text } = layout;
  const lineStart = text.lastIndexOf("\n", part.start - 1) + 1;
  const before = text.slice(lineStart, part.start);
  const end = lineEnd(text, part.end);
  if (/\S/.test(text.slice(part.end, end).replace(/^\s*#.*/, "")))
    return refused("something else stands on its line");
  if (holder.kind === "list" ? /^[ \t]*-[ \t]*$/.test(before) : /^[ \t]*$/.test(before))
    return change(layout, lineStart, end, "");
  // The first key behind a dash: the next one takes its place.
  if (holder.kind !== "map" || !/^[ \t]*(?:-[ \t]+)+$/.test(before) || next === undefined)
    return refused("something else stands on its line");
  if (/\S/.test(text.slice(part.end, next.start))) return refused("a comment stands beside it");
  return change(layout, part.start, next.start, "");
}

/** Behind the line on which a place is; the place itself where a line begins there. */
function lineEnd(text: string, at: number): number {
  if (text[at - 1] === "\n") return at;
  const found = text.indexOf("\n", at);
  return found < 0 ? text.length : found + 1;
}

/** Writes a key that is not there, with the maps around it that are missing. */
function insert(layout: Layout, nodes: readonly Node[], path: Path, value: FixedValue): Edit {
  const [key, ...rest] = path.slice(nodes.length - 1);
  const holder = nodes.at(-1);
  if (typeof key !== "string" || rest.some((one) => typeof one === "number")) return refused(notThere);
  if (holder?.kind !== "map") return refused("no map stands where it belongs");
  if (holder.entries.some((entry) => entry.key.text === "<<"))
    return refused("a merge key stands beside it, which may bring it");
  const whole = rest.reduceRight<FixedValue>((inner, one) => ({ [String(one)]: inner }), value);
  return holder.flow ? insertInline(layout, holder, key, whole) : insertLines(layout, holder, key, whole);
}

function insertInline(layout: Layout, holder: Node, key: string, value: FixedValue): Edit {
  const { text } = layout;
  const last = holder.entries.at(-1);
  const quotes = last?.key.style === "double" ? "double" : "plain";
  const style: Style = { flow: true, quotes };
  const written = `${textOf(key, style)}: ${inline(value, style)}`;
  if (last === undefined) return change(layout, holder.start, holder.end, `{ ${written} }`, written);
  const behind = text.slice(last.value.end, holder.end - 1);
  if (/[,#]/.test(behind)) return refused("a comma or a comment stands behind the last key");
  const gap = /\s*$/.exec(text.slice(0, last.key.start))?.[0] ?? "";
  const first = holder.entries.length === 1;
  // Each on a line of its own, or all on one.
  const between = gap.includes("\n") || !first ? gap : " ";
  return change(layout, last.value.end, last.value.end, `,${between}${written}`, written);
}

function insertLines(layout: Layout, holder: Node, key: string, value: FixedValue): Edit {
  const { text } = layout;
  const isSimple = ({ value: { kind, style, start, end } }: Entry) =>
    kind === "scalar" && style !== "block" && start !== end && !text.slice(start, end).includes("\n");
  // Behind the last one that stands on one line: what is nested may end with anything.
  const after = holder.entries.findLast(isSimple);
  const [first] = holder.entries;
  if (after === undefined || first === undefined) return insertBefore(layout, first, key, value);
  const end = lineEnd(text, after.value.end);
  if (/\S/.test(text.slice(after.value.end, end).replace(/^\s*#.*/, "")))
    return refused("something else stands on the line before it");
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const indent = " ".repeat(columnOf(text, first.key.start));
  const written = lines(key, value, { flow: false, quotes: "plain" }).map((line) => `${indent}${line}`);
  const block = written.join(eol);
  return text[end - 1] === "\n"
    ? change(layout, end, end, `${block}${eol}`, block)
    : change(layout, end, end, `${eol}${block}`, block);
}

/** Before the first key, where no entry stands on one line. */
function insertBefore(layout: Layout, first: Entry | undefined, key: string, value: FixedValue): Edit {
  const { text } = layout;
  const at = first?.key.start;
  const lineStart = at === undefined ? -1 : text.lastIndexOf("\n", at - 1) + 1;
  if (at === undefined || !/^[ ]*$/.test(text.slice(lineStart, at)))
    return refused("no line can be written before the first key");
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const indent = text.slice(lineStart, at);
  const block = lines(key, value, { flow: false, quotes: "plain" })
    .map((line) => `${indent}${line}${eol}`)
    .join("");
  return change(layout, lineStart, lineStart, block);
}

/** Column of a key, in which what stands before it on its line is dashes. */
function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf("\n", at - 1) + 1);
}
